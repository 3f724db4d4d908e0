"""A converted torch model as what a chip holds: its own cores, and a forward of its own.

Torch is not imported before a model needs it: whoever made the model has it.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

from aimc.backend import Array, Batches
from aimc.backend import batches as each_of
from aimc.chip.batched import run_batches
from aimc.chip.mapping import Mapping
from aimc.chip.torch_model import count_vectors, map_model, matrices_of, trace_network
from aimc.cores import Core, Gain, Noises
from aimc.validation import check_integer, warn_caller

__all__ = ["ConvertedModel"]


class ConvertedModel:
    """A model of `aimc.nn.convert` on a chip; used like an `aimc.chip.execute.StoredNetwork`.

    Parameters
    ----------
    model : torch.nn.Module
        The converted model.
    serial : int
        Serial number of the chip, which has to be that of the model's cores.
    """

    def __init__(self, model: Any, serial: int) -> None:
        self.model, self.serial = model, serial

    @property
    def cores(self) -> dict[int, Core]:
        """The model's cores by their numbers.

        Raises
        ------
        ValueError
            If they are of another chip.
        """
        found = [core for _, matrix in matrices_of(self.model).values() for core in matrix.cores]
        serials = {core.serial for core in found}
        if serials != {self.serial}:
            raise ValueError(
                f"the model is on chip {sorted(serials)}, this is chip {self.serial}: convert it "
                f"with serial={self.serial}"
            )
        return {core.index: core for core in found}

    def map(self, sample: Any, copies: dict[str, int], share: bool) -> Mapping:
        """Return the mapping that the model has already; see `aimc.chip.Chip.map`."""
        found = matrices_of(self.model)
        if sample is None:
            raise ValueError("sample=None: a model is mapped with inputs, to count its vectors")
        if share:
            raise ValueError("share=True is not allowed: a converted model has its cores already")
        _ = self.cores  # those of another chip are refused
        unknown = sorted(set(copies) - set(found))
        if unknown:
            raise ValueError(f"copies names {unknown[0]!r}: choose from the layers {list(found)}")
        for name, count in copies.items():
            check_integer(name, count, low=1)
        network = trace_network(self.model, next(iter(each_of(sample, "sample"))))
        return map_model(self.model, network, copies)

    def program(self) -> None:
        """Write the model's weights to its cores."""
        from aimc.nn import program

        program(self.model)

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noises = "split") -> None:
        """Go to ``t`` seconds after programming; see `aimc.chip.Chip.at`."""
        from aimc.nn import at

        at(self.model, t, gain, noise=noise)

    def run(
        self, x: Batches, forward: Callable[..., Array] | None = None
    ) -> tuple[Any, int, dict[str, int], float]:
        """Return outputs, inferences, vectors by layer, and time (s); see `aimc.chip.Chip.run`.

        Warns
        -----
        RangeWarning
            If not all layers compute with their devices, or the model is in training mode.
        """
        if forward is not None:
            raise ValueError("forward is not allowed: a converted model is its own forward")
        _warn_of_other_outputs(self.model)
        t, vectors = _time_of(self.model), dict[str, int]()
        with count_vectors(vectors, [], self.model):
            outputs, inferences = run_batches(self.model, x)
        return outputs, inferences, vectors, t


def _time_of(model: Any) -> float:
    """Return the time since programming of a converted model, s; the longest of its layers."""
    views = [view for _, matrix in matrices_of(model).values() for view in matrix.views]
    times = {view.t for view in views}
    if len(times) > 1:
        warn_caller(
            f"layers of the model are at different times after programming, from {min(times):g} s "
            f"to {max(times):g} s: the time of the run is the longest"
        )
    return max(times, default=0.0)


def _warn_of_other_outputs(model: Any) -> None:
    """Warn if a forward of a converted model does not compute what its cores would."""
    layers = {name: layer for name, (layer, _) in matrices_of(model).items()}
    digital = [name for name, layer in layers.items() if layer.digital]
    noisy = [
        name
        for name, layer in layers.items()
        if layer.weight_noise is not None and not layer.digital
    ]
    for names, how in ((digital, "in floating point (digital)"), (noisy, "with weight_noise")):
        if names:
            warn_caller(
                f"{len(names)} of {len(layers)} matrices compute {how} in place of devices, the "
                f"first of them {names[0]!r}: the costs are not those of these outputs"
            )
    if any(module.training and _differs_in_training(module) for module in model.modules()):
        warn_caller(
            "the model is in training mode, in which dropout and batch normalisation compute "
            "otherwise: call model.eval()"
        )


def _differs_in_training(module: Any) -> bool:
    shares = (getattr(module, name, None) for name in ("p", "dropout"))  # of dropped values
    drops = any(isinstance(share, Real) and float(share) > 0 for share in shares)
    return drops or getattr(module, "running_mean", None) is not None
