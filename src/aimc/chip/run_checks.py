"""Whether the outputs of a run and its costs are of one chip: the same cores, read the same way."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any

from aimc.backend import Batches
from aimc.chip.batched import run_batches
from aimc.chip.torch_model import count_vectors, matrices_of
from aimc.core import Core
from aimc.devices import pcm_hermes
from aimc.layers.workload import Network
from aimc.validation import check_integer, warn_caller

__all__ = [
    "check_cores",
    "check_counts",
    "check_made",
    "check_mappable",
    "check_serial_of",
    "cores_of",
    "devices_of",
    "run_model",
    "takes",
    "time_of",
    "warn_of_other_outputs",
]


def devices_of(core: Core) -> int | None:
    """Return the devices per polarity that carry a weight, if its device model says so."""
    names = {pcm_hermes(devices).name: devices for devices in (1, 2)}
    return names.get(getattr(core.device, "name", ""))


def cores_of(model: Any) -> list[Core]:
    """Return all cores of a converted model."""
    return [core for _, matrix in matrices_of(model).values() for core in matrix.cores]


def time_of(model: Any) -> float:
    """Return the time since programming of a converted model, s; the longest of its layers."""
    views = [view for _, matrix in matrices_of(model).values() for view in matrix.views]
    times = {view.t for view in views}
    if len(times) > 1:
        warn_caller(
            f"layers of the model are at different times after programming, from {min(times):g} s "
            f"to {max(times):g} s: the time of the run is the longest"
        )
    return max(times, default=0.0)


def check_serial_of(model: Any, serial: int) -> None:
    """Raise a ValueError if a converted model is on another chip."""
    serials = {core.serial for core in cores_of(model)}
    if serials != {serial}:
        raise ValueError(
            f"the model is on chip {sorted(serials)}, this is chip {serial}: convert it with "
            f"serial={serial}"
        )


def takes(preset: Callable[..., Core], option: str) -> bool:
    """Return whether a preset has an option."""
    parameters = inspect.signature(preset).parameters.values()
    return any(p.name == option or p.kind is p.VAR_KEYWORD for p in parameters)


def check_made(core: Core, asked: dict[str, Any], found: dict[str, Any]) -> None:
    """Raise a ValueError if a preset makes other cores than were asked for.

    Parameters
    ----------
    core : Core
        One that it made.
    asked, found : dict
        Properties by name; what was not asked for is ``None``.
    """
    for name, has in found.items():
        if asked[name] not in (None, has):
            raise ValueError(
                f"{name}={asked[name]!r} is not allowed: the preset makes cores of "
                f"{name}={has!r} ({core.name})"
            )


def check_mappable(
    model: Any, sample: Any, copies: dict[str, int], share: bool, serial: int
) -> None:
    """Raise an error if a converted model cannot be mapped in this way on this chip."""
    found = matrices_of(model)
    if sample is None:
        raise ValueError("sample=None: a model is mapped with inputs, to count its vectors")
    if share:
        raise ValueError("share=True is not allowed: a converted model has its cores already")
    check_serial_of(model, serial)
    unknown = sorted(set(copies) - set(found))
    if unknown:
        raise ValueError(f"copies names {unknown[0]!r}: choose from the layers {list(found)}")
    for name, count in copies.items():
        check_integer(name, count, low=1)


def warn_of_other_outputs(model: Any) -> None:
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


def check_cores(cores: Iterable[Core], read_mode: str, devices: int | None) -> None:
    """Warn if cores do not read as their costs are counted.

    Parameters
    ----------
    cores : iterable of Core
        What computes the outputs.
    read_mode : {"4-phase", "1-phase"}
        Read mode of the costs.
    devices : {1, 2, None}
        Devices per polarity of the costs; ``None`` if they do not depend on it.
    """
    found = list(cores)
    modes = {core.periphery.read_mode for core in found}
    if modes != {read_mode}:
        warn_caller(
            f"the outputs are of cores with a {' or '.join(sorted(modes))} read, the costs of a "
            f"{read_mode} read: make the cores with read_mode={read_mode!r}"
        )
    elif read_mode == "1-phase" and not any(core.periphery.polarity_asymmetry for core in found):
        warn_caller(
            "a one-phase read of devices that conduct alike in both directions is as good as a "
            "four-phase read, which those of the chip are not: set polarity_asymmetry"
        )
    others = {devices_of(core) for core in found} - {None, devices}
    if devices is not None and others:
        warn_caller(
            f"the outputs are of cores with devices={others.pop()}, the costs of cores with "
            f"devices={devices}: make chip and cores alike"
        )


def check_counts(network: Network, vectors: dict[str, int], inferences: int) -> None:
    """Warn if layers met another number of vectors than the costs count.

    Parameters
    ----------
    network : Network
        What the plan counts.
    vectors : dict
        Vectors that each layer met.
    inferences : int
        For how many inferences.
    """
    for layer in network.static:
        met = vectors.get(layer.name, 0)
        if met != layer.mvms * inferences:
            warn_caller(
                f"layer {layer.name!r} met {met / inferences:g} vectors per inference, the "
                f"plan counts {layer.mvms}: the cost is not that of this run"
            )


def run_model(model: Any, x: Batches) -> tuple[Any, int, dict[str, int], float]:
    """Return outputs, inferences, vectors by layer, and time (s) of a converted model.

    Warns
    -----
    RangeWarning
        If not all layers compute with their devices, or the model is in training mode.
    """
    warn_of_other_outputs(model)
    t, vectors = time_of(model), dict[str, int]()
    with count_vectors(vectors, [], model):
        outputs, inferences = run_batches(model, x)
    return outputs, inferences, vectors, t
