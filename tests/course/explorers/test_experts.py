"""The explorer of the chapter on experts in three dimensions."""

import json
import warnings

import pytest

from aimc_course.explorers import browser_shell
from aimc_course.explorers.outlook.experts import (
    DENSE,
    EXPERTS,
    MIXTURE,
    NETWORKS,
    PLACES,
    TIERS,
    energy_until,
    run,
    way,
)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("strategy", PLACES)
@pytest.mark.parametrize("corner", [0, 1])
def test_corners_answer_in_json_and_without_warning(
    network: str, strategy: str, corner: int
) -> None:
    ends = {
        "tiers": (0, len(TIERS) - 1)[corner],
        "tokens": (1, 32)[corner],
        "token": (32, 1)[corner],
        "moment": (0, 100)[corner],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = EXPERTS.answer(network=network, strategy=strategy, **ends)
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert "token 1 " in answer.sentence


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("tokens", "token"), [(16, 5), (1, 1), (24, 24)])
def test_the_scene_holds_what_every_moment_of_the_slider_shows(
    network: str, tokens: int, token: int
) -> None:
    state = {"network": network, "tokens": tokens, "token": token}
    scene = EXPERTS.answer(**state).scene
    for moment in (0, 37, 43, 99, 100):
        answer = EXPERTS.answer(**state, moment=moment)
        assert answer.scene == scene
        name = "mixture" if network == MIXTURE else "dense"
        spent = answer.values[f"energy_{name}_now"]
        assert scene["energy"][moment] == pytest.approx(spent, rel=1e-9)
        assert moment / 100 * scene["end"] == pytest.approx(answer.values["now"], rel=1e-12)
        assert f"token {token} {scene['words'][scene['doing'][moment]]};" in answer.sentence
        others, ours = answer.charts[0].marks[1:]
        for marks, mine in ((others, False), (ours, True)):
            shown = sorted(zip(marks.x, marks.y, marks.texts, strict=True))
            kept = [scene["parts"][k] for k, t in scene["busy"][moment] if (t == token - 1) == mine]
            assert shown == sorted(
                (tile + 1.0, tier + 1.0, letters) for tile, tier, letters in kept
            )
        states = scene["tokens"][moment]
        assert len(states) == tokens
        assert {t for _, t in scene["busy"][moment]} <= {
            k for k, s in enumerate(states) if s == "r"
        }
    assert scene["tokens"][100][token - 1] == "d"


def test_the_scene_ends_when_the_token_is_through_to_the_bit() -> None:
    state = {"network": DENSE, "tokens": 1, "token": 1, "strategy": "tile after tile"}
    scene = EXPERTS.answer(**state).scene
    for moment in (50, 100):
        said = EXPERTS.answer(**state, moment=moment).sentence
        assert f"token 1 {scene['words'][scene['doing'][moment]]};" in said
    assert scene["words"][scene["doing"][100]] == "is done"


def test_same_state_same_answer() -> None:
    one = browser_shell.plain(EXPERTS.answer(moment=30).as_json())
    assert one == browser_shell.plain(EXPERTS.answer(moment=30).as_json())


@pytest.mark.parametrize("moment", range(0, 101, 10))
def test_never_more_than_one_tier_of_a_tile_is_shown_at_work(moment: int) -> None:
    for network in NETWORKS:
        stack = EXPERTS.answer(network=network, tokens=24, moment=moment).charts[0]
        _, others, ours = stack.marks
        tiles = [*others.x, *ours.x]
        assert len(set(tiles)) == len(tiles)


def test_a_token_ends_where_its_way_ends_and_the_scrubber_moves_along_it() -> None:
    line = run(MIXTURE, "spread", 8, 16)
    steps = way(line, 4)
    assert [s[0] for s in steps[:6]] == [
        "1: queries, keys, values",
        "1: attention",
        "1: output",
        "1: router",
        "1: up",
        "1: down",
    ]
    assert all(ready <= start < end for _, ready, start, end in steps)
    assert EXPERTS.answer(token=5, moment=100).values["now"] == steps[-1][3]
    assert "is done" in EXPERTS.answer(token=5, moment=100).sentence
    assert EXPERTS.answer(token=5, moment=50).values["now"] == pytest.approx(0.5 * steps[-1][3])


def test_energy_so_far_grows_to_the_energy_of_the_prompt() -> None:
    for network in NETWORKS:
        line = run(network, "spread", 8, 16)
        whole = sum(line.energy.values())
        course = [energy_until(line, share * line.latency) for share in (0.0, 0.25, 0.5, 1.0, 2.0)]
        assert course[0] == 0.0
        assert course == sorted(course)
        assert course[-2:] == pytest.approx([whole, whole])


def test_the_mixture_wins_on_a_stack_and_on_a_flat_chip_only_in_energy() -> None:
    """Without tiers that exclude each other, all parts of the dense network compute at once."""
    stacked, flat = EXPERTS.answer().values, EXPERTS.answer(tiers=0).values
    assert stacked["latency_mixture"] < 0.6 * stacked["latency_dense"]
    assert stacked["energy_mixture"] < 0.6 * stacked["energy_dense"]
    assert flat["latency_mixture"] > flat["latency_dense"]
    assert flat["energy_mixture"] < flat["energy_dense"]


def test_both_networks_have_as_many_weights() -> None:
    sizes = [NETWORKS[name].weights for name in (MIXTURE, DENSE)]
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-3)
