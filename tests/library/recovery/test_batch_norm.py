"""Compensations on torch models: factors of cores, statistics from data, nothing left behind."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import aimc
import aimc.nn
from aimc.cores.views import CorrectedCore
from aimc.recovery.compensation import (
    AdaBS,
    BatchNormRefresh,
    GlobalDrift,
    Recalibration,
    compensation,
)


def made(serial: int = 3, norm: bool = True) -> tuple[nn.Module, torch.Tensor]:
    torch.manual_seed(1)
    digital = nn.Sequential(
        nn.Conv2d(1, 6, 3, bias=False),
        nn.BatchNorm2d(6) if norm else nn.Identity(),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(6 * 36, 12),
        nn.BatchNorm1d(12) if norm else nn.Identity(),
    )
    x = torch.rand(64, 1, 8, 8)
    digital.train()
    with torch.no_grad():
        for _ in range(40):
            digital(x)
    analog = aimc.nn.convert(digital.eval(), aimc.presets.joshi2020)
    aimc.nn.calibrate(analog, x)
    aimc.nn.program(analog, serial)
    return analog, x


def statistics(model: nn.Module) -> list[torch.Tensor]:
    return [buffer.clone() for buffer in model.buffers()]


@torch.no_grad()
def spread(model: nn.Module, x: torch.Tensor) -> float:
    """Standard deviation of the outputs, which a batch normalisation sets to one."""
    return float(model(x).std(dim=0).mean())


@pytest.mark.parametrize("name", ["global", "test_vectors", "affine"])
def test_every_core_of_a_model_is_corrected_in_place(name: str) -> None:
    analog, _ = made()
    correct = compensation(name)
    correct.prepare(analog)
    spent = correct.apply(analog, "1 d")
    assert spent.view is analog
    views: list[Any] = [
        v for layer in aimc.nn.analog_layers(analog).values() for v in layer.matrices[0].views
    ]
    assert all(view.t == 86400.0 for view in views)
    if name == "affine":
        assert all(isinstance(view, CorrectedCore) for view in views)
        assert all(1.0 < float(np.median(view.gain.factor)) < 2.0 for view in views)
    else:
        assert all(1.0 < view.gain < 2.0 for view in views)
    aimc.nn.at(analog, 5.0)  # what was corrected is gone with its time
    assert all(
        type(view).__name__ == "CoreAtTime" and view.gain == 1.0
        for layer in aimc.nn.analog_layers(analog).values()
        for view in layer.matrices[0].views
    )


@pytest.mark.parametrize("correct", [AdaBS(), BatchNormRefresh()])
def test_statistics_follow_the_chip(correct: BatchNormRefresh) -> None:
    analog, x = made()
    before = statistics(analog)
    correct.prepare(analog, list(x.split(16)))
    aimc.nn.at(analog, 1e6)
    drifted = spread(analog, x)
    correct.apply(analog, 1e6)
    assert abs(spread(analog, x) - 1.0) < 0.2 * abs(drifted - 1.0)
    assert not analog.training
    assert not any(module.training for module in analog.modules())
    correct.restore(analog)
    for was, now in zip(before, statistics(analog), strict=True):
        torch.testing.assert_close(was, now)


def test_old_statistics_keep_the_published_share() -> None:
    analog, x = made()
    norm = analog[1]
    correct = AdaBS(GlobalDrift())
    correct.prepare(analog)
    share = 0.015
    old = norm.running_mean.clone()
    seen: list[torch.Tensor] = []
    hook = norm.register_forward_hook(lambda _, given, __: seen.append(given[0].mean((0, 2, 3))))
    batches = list(x.split(16))
    correct.apply(analog, "1 h", batches)
    hook.remove()
    p = share ** (1 / len(batches))
    expected = old
    for mean in seen:
        expected = p * expected + (1 - p) * mean
    torch.testing.assert_close(norm.running_mean, expected, rtol=1e-4, atol=1e-6)
    assert norm.momentum == 0.1  # as it was


def test_what_adabs_learns_does_not_depend_on_where_it_has_been() -> None:
    learned = []
    for times in (("1 d",), ("1 y", "1 d")):
        analog, x = made()
        torch.manual_seed(2)
        correct = AdaBS(compensation("none"))
        correct.prepare(analog, x)
        for t in times:
            correct.apply(analog, t)
        learned.append(analog[1].running_var.clone())
    torch.testing.assert_close(*learned, rtol=0.02, atol=1e-6)


def test_the_cost_of_data_counts_every_forward() -> None:
    analog, x = made()
    correct = AdaBS(compensation("none"))
    correct.prepare(analog, list(x.split(16)))
    spent = correct.apply(analog, "1 h")
    assert spent.vectors == 64
    assert spent.reads == 64 * 36 + 64  # 36 positions of the filters, one vector for the layer
    assert spent.time_s == pytest.approx(spent.reads * 520e-9)


def test_statistics_stay_between_the_times_of_a_schedule() -> None:
    analog, x = made()
    plan = Recalibration("adabs", ["1 h"])
    plan.prepare(analog, list(x.split(16)))
    first = plan.apply(analog, "1 h")
    learned = statistics(analog)
    later = plan.apply(analog, "1 y")
    assert first.reads > 0
    assert later.reads == 0
    for was, now in zip(learned, statistics(analog), strict=True):
        torch.testing.assert_close(was, now)


def test_a_model_without_batch_normalisation_is_refused() -> None:
    analog, x = made(norm=False)
    with pytest.raises(ValueError, match="no batch normalisation"):
        AdaBS().prepare(analog, x)
    analog, x = made()
    correct = AdaBS()
    correct.prepare(analog)
    with pytest.raises(ValueError, match="batches"):
        correct.apply(analog, "1 h")
    with pytest.raises(ValueError, match="old"):
        AdaBS(old=1.0)
    with pytest.raises(TypeError, match="factor"):
        AdaBS(factor="global")  # type: ignore[arg-type]
