"""The explorer of the cost chapter."""

import json

import pytest

from aimc.chip.table_one import PEAK, USE_CASES
from aimc_course.explorers.chip.table_one import TABLE_ONE


@pytest.mark.parametrize("use_case", USE_CASES)
@pytest.mark.parametrize("read_mode", ["1-phase", "4-phase"])
@pytest.mark.parametrize(("clock", "lanes"), [(400.0, 1), (100.0, 1), (1600.0, 16)])
def test_every_corner_answers_in_json(
    use_case: str, read_mode: str, clock: float, lanes: int
) -> None:
    answer = TABLE_ONE.answer(use_case=use_case, read_mode=read_mode, clock=clock, lanes=lanes)
    values = json.loads(json.dumps(answer.as_json(), allow_nan=False))["values"]
    assert sum(values["times"].values()) == pytest.approx(values["model"]["latency"])
    assert sum(values["energies"].values()) == pytest.approx(values["model"]["energy"])
    assert values["as_built"] == ((clock, lanes) == (400.0, 1))
    assert answer.sentence.endswith(".")
    assert f"{read_mode} read" in answer.sentence
    assert len(answer.charts) == 4


@pytest.mark.parametrize("use_case", USE_CASES)
def test_the_chip_as_built_is_the_printed_one(use_case: str) -> None:
    for read_mode in ("1-phase", "4-phase"):
        values = TABLE_ONE.answer(use_case=use_case, read_mode=read_mode).values
        assert max(abs(x) for x in values["difference"].values()) < 0.013


def test_a_faster_digital_side_shortens_all_but_the_mvm() -> None:
    slow, fast, wide = (
        TABLE_ONE.answer(**state).values for state in ({}, {"clock": 800.0}, {"lanes": 4})
    )
    outside = [v["model"]["latency"] - v["times"]["MVM"] for v in (slow, fast)]
    assert outside[0] == pytest.approx(2 * outside[1])
    assert wide["times"]["values leave"] * 4 == pytest.approx(slow["times"]["values leave"])
    assert wide["times"]["hops"] == slow["times"]["hops"]
    assert fast["model"]["throughput"] == slow["model"]["throughput"]
    assert fast["model"]["energy"] < slow["model"]["energy"]


def test_the_peak_is_never_reached_by_a_layer() -> None:
    values = TABLE_ONE.answer().values["throughputs"]
    alone, stream, single = values.values()
    assert alone > stream > single
    at_peak = TABLE_ONE.answer(use_case=PEAK).values
    assert at_peak["outside"] == pytest.approx(0)
