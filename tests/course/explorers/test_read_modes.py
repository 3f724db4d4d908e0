"""The explorer of the chapter on the inside of a core."""

import json
import math
import warnings

import pytest

from aimc.published import fact
from aimc_course.explorers.chip.read_modes import DEVICES, FOUR, ONE, READ_MODES

IDEAL, TWO = DEVICES[0], DEVICES[2]


@pytest.mark.parametrize("mode", [ONE, FOUR])
@pytest.mark.parametrize("asymmetry", [0.0, 20.0])
@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("devices", DEVICES)
@pytest.mark.parametrize("correct", [False, True])
def test_every_corner_answers_in_json_and_warns_of_nothing(
    mode: str, asymmetry: float, bits: int, devices: str, correct: bool
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = READ_MODES.answer(
            mode=mode, asymmetry=asymmetry, bits=bits, devices=devices, correct=correct
        )
    values = json.loads(json.dumps(answer.as_json(), allow_nan=False))["values"]
    assert values["error"] == values["errors"][mode]
    assert all(0 < e < 2 for e in (*values["errors"].values(), *values["curve"]))
    assert answer.sentence.endswith(".")
    assert len(answer.charts) == 3


def test_same_state_same_answer() -> None:
    assert READ_MODES.answer(asymmetry=3.0) == READ_MODES.answer(asymmetry=3.0)


def test_printed_latencies_and_energies() -> None:
    values = READ_MODES.answer().values
    cores = fact("A002").number
    for mode, latency, energy in ((ONE, "A029", "A037"), (FOUR, "A030", "A038")):
        assert 1e9 * values["times"][mode] == pytest.approx(fact(latency).number)
        assert 1e6 * cores * values["energies"][mode] == pytest.approx(fact(energy).number)
    assert values["levels"] == 422


def test_shorter_pulses_save_time_energy_and_counts() -> None:
    long, short = (READ_MODES.answer(bits=b, devices=IDEAL).values for b in (8, 5))
    for mode in (ONE, FOUR):
        assert short["times"][mode] < long["times"][mode] / 4
        assert short["energies"][mode] < long["energies"][mode] / 4
    assert short["levels"] == 52
    assert short["errors"][FOUR] > 4 * long["errors"][FOUR]


def test_asymmetry_hurts_one_phase_only() -> None:
    even, uneven = (READ_MODES.answer(asymmetry=a, devices=IDEAL).values for a in (0.0, 10.0))
    assert even["errors"][FOUR] == uneven["errors"][FOUR]
    assert uneven["errors"][ONE] > 20 * even["errors"][ONE]
    assert uneven["curve"] == sorted(uneven["curve"])


def test_error_follows_the_law_of_the_chapter() -> None:
    """(a/2) sqrt(N) E|x| E|w| / (rms x rms w), for a share z of zeros: see the page."""
    share, zeros = 0.05, 0.3
    mean, rms = 0.5 * (1 - zeros), math.sqrt((1 - zeros) / 3)
    law = 0.5 * share * math.sqrt(256) * (mean / rms) ** 2
    got = READ_MODES.answer(asymmetry=100 * share, devices=IDEAL).values["errors"][ONE]
    assert got == pytest.approx(law, rel=0.1)


def test_one_phase_needs_no_more_counts_without_asymmetry() -> None:
    """One conversion instead of four has less rounding noise."""
    errors = READ_MODES.answer(asymmetry=0.0, devices=IDEAL, bits=5).values["errors"]
    assert errors[ONE] < errors[FOUR]


def test_the_mean_load_is_most_of_the_error() -> None:
    raw, mended = (
        READ_MODES.answer(asymmetry=5.0, devices=TWO, correct=c).values for c in (False, True)
    )
    assert mended["errors"][ONE] < 0.5 * raw["errors"][ONE]
    assert mended["errors"][FOUR] == raw["errors"][FOUR]
    assert mended["errors"][ONE] < 1.05 * mended["errors"][FOUR]


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("mode", "two-phase", ValueError),
        ("asymmetry", 21.0, ValueError),
        ("bits", 4.5, ValueError),
        ("bits", 9, ValueError),
        ("devices", "flash", ValueError),
        ("correct", 1, TypeError),
    ],
)
def test_bad_input_is_named(name: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        READ_MODES.answer(**{name: value})
