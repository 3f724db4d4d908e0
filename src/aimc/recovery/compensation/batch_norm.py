r"""Batch normalisations that learn the statistics of the drifted chip from data.

Adaptive batch normalisation statistics (AdaBS) send calibration batches through the network and
let each batch normalisation update its running mean and variance,

.. math:: \mu \leftarrow p\,\mu + (1 - p)\,\mu_\text{batch},\qquad p = 0.015^{1/n},

so that after :math:`n` batches the old statistics count with 1.5 % (C016)
:cite:p:`joshi2020accurate`. Only forward passes and no labels are needed. A refresh forgets the old
statistics altogether. Both come after a factor for each core, since the last layer has no batch
normalisation behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aimc.backend import Batches
from aimc.backend import batches as each_of
from aimc.cores import Core
from aimc.published import fact
from aimc.recovery.compensation.base import Compensation
from aimc.recovery.compensation.cost import CompensationCost, ReadCost
from aimc.recovery.compensation.global_drift import GlobalDrift
from aimc.recovery.compensation.machine import is_network
from aimc.validation import check_number

__all__ = ["AdaBS", "BatchNormRefresh"]


@dataclass(eq=False)
class BatchNormRefresh(Compensation):
    """Statistics of all batch normalisations anew from data, each batch with equal weight.

    Parameters
    ----------
    factor : Compensation
        What corrects each core first; global drift compensation by default.
    read : ReadCost, optional
        Cost of one read of a core.
    """

    name = "batch_norm"
    sources = ("joshi2020accurate",)

    factor: Compensation = field(default_factory=GlobalDrift)
    read: ReadCost | None = None
    _kept: list[Any] = field(default_factory=list, init=False, repr=False)
    _found: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.factor, Compensation):
            raise TypeError(f"factor must be a Compensation, got {type(self.factor).__name__}")

    def restore(self, model: Any) -> None:
        """Give the batch normalisations back the statistics that they had at `prepare`."""
        for path, norm in _batch_norms(model).items():
            for name, value in self._found[path].items():
                getattr(norm, name).copy_(value)

    def _prepare(
        self, model: Any, cores: Sequence[Core], batches: Batches | None
    ) -> CompensationCost:
        self._found = {
            path: {name: each.clone() for name, each in norm.named_buffers()}
            for path, norm in _batch_norms(model).items()
        }
        self._kept = [] if batches is None else list(each_of(batches, named=True))
        return self.factor.prepare(model, batches)

    def _calibrate(
        self, model: Any, cores: Sequence[Core], t: float, batches: Batches | None
    ) -> CompensationCost:
        given = self._kept if batches is None else list(each_of(batches, named=True))
        if not given:
            raise ValueError(
                "batches=None: this compensation learns from data; pass inputs of the network to "
                "prepare or apply"
            )
        self.restore(model)
        spent = self.factor.apply(model, t, batches)
        self.corrections = self.factor.corrections
        return spent + self._learn(model, given)

    def _momentum(self, batches: int) -> float | None:
        """Share of each new batch in the statistics; None weighs all batches alike."""
        return None

    def _learn(self, model: Any, given: Sequence[Any]) -> CompensationCost:
        import torch

        from aimc.nn.batch import run, size_of

        norms = list(_batch_norms(model).values())
        momentum = self._momentum(len(given))
        training = {module: module.training for module in model.modules()}
        before = [norm.momentum for norm in norms]
        try:
            model.eval()
            for norm in norms:
                norm.train()
                norm.momentum = momentum
                if momentum is None:
                    norm.reset_running_stats()
            with torch.no_grad(), _counted(model, self) as spent:
                for batch in given:
                    run(model, batch)
        finally:
            for norm, value in zip(norms, before, strict=True):
                norm.momentum = value
            for module, was in training.items():
                module.training = was
        return spent[0] + CompensationCost(vectors=sum(size_of(batch) for batch in given))


@dataclass(eq=False)
class AdaBS(BatchNormRefresh):
    """Adaptive batch normalisation statistics :cite:p:`joshi2020accurate`.

    Parameters
    ----------
    factor : Compensation
        What corrects each core first; global drift compensation by default.
    read : ReadCost, optional
        Cost of one read of a core.
    old : float
        Share of the old statistics after all batches, above 0 and below 1; the published 0.015 by
        default (C016).

    Examples
    --------
    The published calibration set is 2,600 images, 5 % of the training data (C016)::

        correct = AdaBS()
        correct.prepare(analog, loader)
        correct.apply(analog, "1 d")
    """

    name = "adabs"

    old: float = field(default_factory=lambda: fact("C016").number)

    def __post_init__(self) -> None:
        # zero-argument super() does not know a dataclass with slots; this one has none
        super().__post_init__()
        check_number("old", self.old, low=0.0, high=1.0, open_low=True)
        if self.old == 1.0:
            raise ValueError("old=1.0 is not allowed: nothing would be learned; it must be below 1")

    def _momentum(self, batches: int) -> float:
        return float(1.0 - self.old ** (1.0 / batches))


def _batch_norms(model: Any) -> dict[str, Any]:
    """Return the batch normalisations with running statistics, by name."""
    if not is_network(model):
        raise TypeError(
            f"model must be a torch model with batch normalisations, got {type(model).__name__}"
        )
    from torch.nn.modules.batchnorm import _BatchNorm

    norms = {
        path: module
        for path, module in model.named_modules()
        if isinstance(module, _BatchNorm) and module.running_mean is not None
    }
    if not norms:
        raise ValueError(
            "model holds no batch normalisation with running statistics; if they were folded with "
            "aimc.nn.fold_batch_norm, convert the model without folding them"
        )
    return norms


@contextmanager
def _counted(model: Any, owner: Compensation) -> Iterator[list[CompensationCost]]:
    """Count the reads of all layers in a block; the layers follow each other."""
    from aimc.nn import analog_layers

    spent = [CompensationCost()]

    def count(layer: Any, inputs: Any, named: Any, output: Any) -> None:
        for name, vectors in layer.counts(inputs, named, output).items():
            cores = layer.matrix(name).cores
            each = owner.cost_of(cores, [int(vectors)] * len(cores))
            spent[0] += CompensationCost(each.time_s, each.energy_J, each.reads)

    layers = analog_layers(model).values()
    hooks = [layer.register_forward_hook(count, with_kwargs=True) for layer in layers]
    try:
        yield spent
    finally:
        for hook in hooks:
            hook.remove()
