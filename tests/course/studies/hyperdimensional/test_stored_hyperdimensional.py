"""Stored results of resonator networks: the published order, and a part computed again."""

from typing import Any

import measure_beyond
import pytest

from aimc.statistics import Interval, share_interval
from aimc_course.studies import results

pytestmark = pytest.mark.native("it repeats for long what other tests run there")


def share(entry: dict[str, Any]) -> Interval:
    return share_interval(entry["solved"], entry["tried"])


@pytest.mark.parametrize("name", ["plain", "threshold", "noise"])
def test_stored_shares_are_computed_again(name: str) -> None:
    stored = results.stored("resonator_network")["sizes"][name]["16"]
    again = measure_beyond.resonate(
        16, measure_beyond.PROBLEMS, measure_beyond.ROUNDS, **measure_beyond.VARIANTS[name]
    )
    assert again == stored


def test_noise_solves_more_than_a_threshold_alone_and_from_32_on_than_the_plain_network() -> None:
    sizes = results.stored("resonator_network")["sizes"]
    for size, entry in sizes["noise"].items():
        assert share(entry).low > share(sizes["threshold"][size]).high
        if int(size) < 32:
            assert share(sizes["plain"][size]).low > 0.97
        else:
            assert share(entry).low > share(sizes["plain"][size]).high
    assert share(sizes["noise"]["64"]).mean > 0.98
    assert share(sizes["noise"]["96"]).mean > 0.9
    assert share(sizes["plain"]["96"]).high < 0.05


def test_shapes_that_the_text_beside_the_figure_tells() -> None:
    sizes = results.stored("resonator_network")["sizes"]
    plain, quiet, noise = ({int(k): share(v).mean for k, v in sizes[n].items()} for n in sizes)
    assert plain[48] == pytest.approx(0.5, abs=0.05)
    assert plain[96] < 0.05
    assert max(quiet[m] for m in (16, 24, 32)) < 0.2
    assert quiet[64] > 0.8
    assert quiet[128] == pytest.approx(0.4, abs=0.05)
    assert noise[96] == pytest.approx(0.9, abs=0.05)
    assert noise[128] == pytest.approx(0.6, abs=0.05)


def test_turned_signs_approach_three_solutions_in_four() -> None:
    plain = results.stored("resonator_network")["sizes"]["plain"]
    turned = {m: plain[m]["turned"] / plain[m]["solved"] for m in ("8", "16", "32")}
    for size, printed in {"8": 0.25, "16": 0.46, "32": 0.67}.items():
        assert turned[size] == pytest.approx(printed, abs=0.006)  # as the exercise prints them
    noise = results.stored("resonator_network")["sizes"]["noise"]
    assert all(entry["turned"] <= 0.02 * entry["solved"] for entry in noise.values())


def test_what_stops_a_network_without_noise() -> None:
    sizes = results.stored("resonator_network")["sizes"]
    # 64 entries: still wandering; 128: caught in cycles; a threshold freezes codebooks of 32
    assert sizes["plain"]["64"]["cycles"] == 0
    assert sizes["plain"]["128"]["cycles"] > 0.8 * (400 - sizes["plain"]["128"]["solved"])
    frozen = sizes["threshold"]["32"]
    assert frozen["cycles"] == frozen["tried"] - frozen["solved"]
    assert frozen["still"] > 0.75 * frozen["cycles"]
    assert sizes["threshold"]["96"]["cycles"] == 0
    assert share(sizes["noise"]["96"]).low > share(sizes["threshold"]["96"]).high


def test_the_problem_of_the_released_code_needs_noise() -> None:
    large = results.stored("resonator_network")["large"]
    assert share(large["noise"]).low > share(large["quiet"]).high
    limit = results.stored("resonator_network")["settings_of_large"]["rounds"]
    assert large["noise"]["median"] < limit / 4  # of what comparing with everything would take


def test_success_rises_with_noise_and_falls_again() -> None:
    noise = results.stored("resonator_network")["noise"]
    shares = {float(level): share(entry) for level, entry in noise.items()}
    plateau = [shares[level] for level in (0.01, 0.02, 0.03, 0.04, 0.05)]
    assert all(p.low > 0.9 for p in plateau)
    assert shares[0.0].high < 0.3
    assert shares[0.1].high < 0.3


def test_what_keeps_a_network_on_a_chip_moving_is_noise_that_is_fresh() -> None:
    found = results.stored("resonator_network")
    chips, quiet = found["chips"], found["sizes"]["threshold"]
    for size in ("16", "32"):
        split, fresh, frozen = (share(chips[k][size]) for k in ("split", "fresh", "momentary"))
        assert fresh.low > frozen.high
        assert split.low > frozen.high
        assert fresh.mean > split.mean
    assert share(chips["split"]["32"]).low > share(quiet["32"]).high
    assert share(chips["split"]["16"]).high < share(found["sizes"]["plain"]["16"]).low


@pytest.mark.filterwarnings("ignore::aimc.validation.RangeWarning")
def test_a_stored_share_of_a_chip_is_computed_again() -> None:
    again = measure_beyond.on_chips(32, "split")
    stored = results.stored("resonator_network")["chips"]["split"]["32"]
    assert again["tried"] == stored["tried"]
    assert again["solved"] == pytest.approx(stored["solved"], abs=12)  # last digits may differ
