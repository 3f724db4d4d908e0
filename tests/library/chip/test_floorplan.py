"""The floorplan: published sizes, links by rule, routes that are links."""

from collections import deque
from itertools import pairwise

import pytest

from aimc.chip.floorplan import Floorplan, hermes_floorplan
from aimc.published import fact

PLAN = hermes_floorplan()
GRIDS = [
    PLAN,
    Floorplan(1, 1, (1e-3, 1e-3), (5e-4, 5e-4), (1e-3, 1e-3)),
    Floorplan(3, 5, (1e-3, 1e-3), (5e-4, 5e-4), (6e-3, 6e-3), reach=(2, 3)),
    Floorplan(2, 7, (1e-3, 2e-3), (1e-3, 1e-3), (8e-3, 5e-3), (5e-4, 5e-4), 1),
]


def core(row: int, column: int) -> int:
    """Return the core that the paper calls (row, column)."""
    return PLAN.core_at(row - 1, column - 1)


def test_published_numbers_and_areas() -> None:
    assert PLAN.cores == fact("A002").number
    assert PLAN.gdpus == fact("A003").number
    budget = PLAN.areas()
    assert budget.die * 1e6 == pytest.approx(fact("A004").number)
    assert budget.cores * 1e6 / 64 == pytest.approx(fact("A005").number)
    # The paper prints these two areas rounded to the third digit.
    assert budget.mvm * 1e6 / 64 == pytest.approx(fact("A006").number, abs=5e-4)
    assert budget.gdpu * 1e6 / 8 == pytest.approx(fact("A007").number, abs=5e-4)
    shares = budget.shares()
    assert sum(shares.values()) == pytest.approx(1)
    assert 0.28 < shares["mvm"] < 0.285
    # the trap: the MVM area is less than half of the cores, and the cores are not the die
    assert budget.mvm < 0.5 * budget.cores < 0.5 * budget.die


def test_area_density_of_table_one_needs_the_mvm_area() -> None:
    per_mm2 = fact("A031").number / (PLAN.areas().mvm * 1e6)
    assert per_mm2 == pytest.approx(fact("A035").number, rel=0.005)
    assert fact("A031").number / (PLAN.areas().die * 1e6) < 0.3 * fact("A035").number


def test_neighbours_of_the_two_cores_of_the_published_example() -> None:
    for row in (3, 4):
        expected = [(row - 1, 5), (row + 1, 5), *((row, c) for c in (3, 4, 6, 7))]
        assert set(PLAN.neighbours(core(row, 5))) == {core(*place) for place in expected}


def test_the_rule_gives_328_links_and_the_paper_prints_more() -> None:
    links = PLAN.links()
    assert len(links) == len(set(links)) == 320
    assert len(PLAN.gdpu_links()) == 8
    most = max(len(PLAN.neighbours(k)) for k in range(64))
    assert most == 6
    # even six receivers everywhere stay below the printed number: the text does not explain it
    assert 64 * most + PLAN.gdpus < fact("A017").number


@pytest.mark.parametrize("plan", GRIDS)
def test_links_are_symmetric_and_agree_with_neighbours(plan: Floorplan) -> None:
    pairs = set(plan.links())
    for a in range(plan.cores):
        for b in range(plan.cores):
            assert plan.is_link(a, b) == ((a, b) in pairs) == plan.is_link(b, a)


@pytest.mark.parametrize("plan", GRIDS)
def test_routes_are_shortest_and_use_links_only(plan: Floorplan) -> None:
    for start in range(0, plan.cores, 5):
        steps = {start: 0}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for there in plan.neighbours(here):
                if there not in steps:
                    steps[there] = steps[here] + 1
                    queue.append(there)
        for end in range(plan.cores):
            way = plan.route(start, end)
            assert (way[0], way[-1]) == (start, end)
            assert all(plan.is_link(a, b) for a, b in pairwise(way))
            assert len(way) - 1 == plan.hops(start, end) == steps[end]


def test_gdpus_stand_below_the_fourth_row() -> None:
    for sender, gdpu in PLAN.gdpu_links():
        x, y = PLAN.position(sender)
        u, v = PLAN.gdpu_position(gdpu)
        assert u == pytest.approx(x)
        assert y - v == pytest.approx(0.5 * (PLAN.core[1] + PLAN.gdpu[1]))
        assert PLAN.row_column(sender) == (3, gdpu)
        assert PLAN.position(core(5, gdpu + 1))[1] < v


def test_nothing_overlaps_and_all_is_on_the_die() -> None:
    boxes = [(*PLAN.position(k), *PLAN.core) for k in range(64)]
    boxes += [(*PLAN.gdpu_position(k), *PLAN.gdpu) for k in range(8)]
    for i, (x, y, wide, tall) in enumerate(boxes):
        assert x > wide / 2
        assert y > tall / 2
        assert x + wide / 2 < PLAN.die[0]
        assert y + tall / 2 < PLAN.die[1]
        for u, v, w, h in boxes[:i]:
            apart = abs(x - u) > (wide + w) / 2 - 1e-9 or abs(y - v) > (tall + h) / 2 - 1e-9
            assert apart
    assert PLAN.position(0)[1] > PLAN.position(63)[1]


def test_names_and_numbers() -> None:
    assert PLAN.name(0) == "(1,1)"
    assert PLAN.name(63) == "(8,8)"
    assert [PLAN.core_at(*PLAN.row_column(k)) for k in range(64)] == list(range(64))
    assert PLAN.distance(0, 1) == pytest.approx(PLAN.core[0])
    assert PLAN.distance(core(4, 1), core(5, 1)) == pytest.approx(PLAN.core[1] + PLAN.gdpu[1])


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="core=64"):
        PLAN.row_column(64)
    with pytest.raises(ValueError, match="column=8"):
        PLAN.core_at(0, 8)
    with pytest.raises(ValueError, match="die="):
        Floorplan(4, 4, (1e-3, 1e-3), (5e-4, 5e-4), (3e-3, 4e-3))
    with pytest.raises(ValueError, match="mvm="):
        Floorplan(1, 1, (1e-3, 1e-3), (2e-3, 5e-4), (3e-3, 4e-3))
    with pytest.raises(ValueError, match="gdpu="):
        Floorplan(1, 1, (1e-3, 1e-3), (1e-3, 5e-4), (3e-3, 4e-3), (2e-3, 1e-3), 1)
    with pytest.raises(ValueError, match="no GDPU"):
        GRIDS[1].gdpu_position(0)
