"""The stored measurement of a billion weights is of the decoder that the benchmark makes."""

import sys
from pathlib import Path

import pytest

from aimc_course.studies import results

pytestmark = pytest.mark.torch
BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def test_the_decoder_has_the_stored_size(monkeypatch: pytest.MonkeyPatch) -> None:
    analog = pytest.importorskip("aimc.nn")
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    import billion

    stored = results.stored("billion_weights")
    with analog.without_weights():
        model = billion.Decoder(billion.SIZES["billion"])
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "table" not in name]
    assert stored["weights"] == sum(p.numel() for p in model.parameters()) > 1e9
    assert stored["on cores"] == sum(p.numel() for p in matrices)
    assert stored["peak resident memory (GB)"] < 8
