"""Whether the outputs of a run and its costs are of one chip: the same cores, read the same way."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from aimc.cores import Core
from aimc.devices import pcm_hermes
from aimc.layers.workload import Network
from aimc.validation import warn_caller

__all__ = [
    "check_cores",
    "check_counts",
    "check_made",
    "devices_of",
    "takes",
]


def devices_of(core: Core) -> int | None:
    """Return the devices per polarity that carry a weight, if its device model says so."""
    names = {pcm_hermes(devices).name: devices for devices in (1, 2)}
    return names.get(getattr(core.device, "name", ""))


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
