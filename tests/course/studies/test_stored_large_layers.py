"""The stored cost of a simulated weight is what the benchmark measures."""

import sys
from pathlib import Path

import pytest

from aimc_course.studies import results

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.native("starts a process and counts its memory")
def test_a_weight_takes_the_stored_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    import large

    stored = results.stored("large_layers")
    assert stored["fields"] == large.FIELDS
    assert {*stored["found"], *stored["missing"]} == {*large.PEERS}
    found = large.alone("aimc", 4, "float32")
    for name in ("programmed", "reading"):
        assert found[name] == pytest.approx(stored["found"]["aimc"]["4 M"][name], rel=0.1)
