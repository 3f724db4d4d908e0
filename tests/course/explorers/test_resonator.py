"""The explorer of the chapter beyond deep networks."""

import json
import warnings

import pytest

from aimc_course.explorers import browser_shell
from aimc_course.explorers.outlook.resonator import RESONATOR, networks, solve

pytestmark = pytest.mark.native("the pages of the site compare its answers")


@pytest.mark.parametrize("corner", [0, 1])
@pytest.mark.parametrize("factors", [2, 4])
def test_corners_answer_in_json_and_without_warning(corner: int, factors: int) -> None:
    ends = {
        "entries": (4, 40)[corner],
        "dimensions": (512, 128)[corner],
        "threshold": (0.0, 2.5)[corner],
        "noise": (1.6, 0.0)[corner],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = RESONATOR.answer(factors=factors, **ends)
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert len(answer.charts[0].marks) == factors + 1


def test_same_state_same_answer() -> None:
    one = browser_shell.plain(RESONATOR.answer(noise=0.2).as_json())
    assert one == browser_shell.plain(RESONATOR.answer(noise=0.2).as_json())


def test_some_noise_solves_what_none_and_too_much_do_not() -> None:
    some, none, much = (
        RESONATOR.answer(entries=24, noise=noise).values for noise in (0.4, 0.0, 1.6)
    )
    assert some["solved_noisy"] >= 20
    # Of 24 products: three standard deviations of a difference of shares are at most 10.
    assert some["solved_noisy"] > some["solved_quiet"] + 10
    assert none["solved_noisy"] == none["solved_quiet"] == some["solved_quiet"]
    assert some["solved_noisy"] > much["solved_noisy"] + 10


def test_the_plain_network_fails_where_codebooks_are_large() -> None:
    small, large = (RESONATOR.answer(entries=entries).values for entries in (16, 40))
    assert small["solved_plain"] == small["products"]
    assert small["solved_quiet"] < small["products"] / 2  # a threshold freezes it
    assert large["solved_noisy"] > large["solved_plain"] + 10


def test_the_plain_network_solves_many_products_with_turned_signs() -> None:
    found = RESONATOR.answer(entries=16).values
    assert 4 <= found["turned_plain"] < found["solved_plain"]


def test_small_problems_need_no_noise() -> None:
    easy = RESONATOR.answer(factors=2, entries=8, dimensions=512).values
    assert easy["solved_plain"] == easy["solved_noisy"] == easy["products"]


def test_networks_share_products_and_find_right_factors() -> None:
    three = networks(3, 24, 256, 1.3, 0.4)
    for network in three.values():
        wanted, found = solve(network)
        assert (found.factors[found.solved] == wanted[found.solved]).all()
    asked = [solve(network)[0].tolist() for network in three.values()]
    assert asked[0] == asked[1] == asked[2]
