r"""Costs of one chip for three scopes: its MVMs, one vector through a layer, a whole network.

All three use one set of constants (`aimc.chip.constants`) and one mapping. The energy is

.. math:: E = \sum \bigl(a\,E_\text{MVM} + n\,e_\text{value}\bigr)
          + a\,p\,n_\text{cores}\,t,

summed over all MVMs of all cores, with :math:`n` values that a core passes on, the standing power
:math:`p` of a core and the time :math:`t` during which it is powered: the latency for a single
vector, the interval for a network that runs continuously.

The energy of an MVM is taken to be that of a whole core, however little of it is used: the paper
prints it for 86 to 100 % used cores only, and the ADCs run in any case.
"""

from __future__ import annotations

import math

from aimc.chip.constants import ChipConstants, hermes_constants
from aimc.chip.cost import PARTS, Performance
from aimc.chip.groups import Group
from aimc.chip.schedule import Schedule
from aimc.validation import check_integer, check_number

__all__ = ["layer_performance", "mvm_performance", "network_performance", "peak_performance"]


def peak_performance(
    *, read_mode: str, cores: int | None = None, constants: ChipConstants | None = None
) -> Performance:
    """Return the cost of one MVM on every core of a chip, each filled with weights.

    Parameters
    ----------
    read_mode : {"1-phase", "4-phase"}
        How the cores read.
    cores : int, optional
        Cores at work; all of the chip by default.
    constants : ChipConstants, optional
        Those of the 64-core chip by default.
    """
    chip = hermes_constants() if constants is None else constants
    count = chip.chip_cores if cores is None else check_integer("cores", cores, low=1)
    weights = count * chip.rows * chip.columns
    return _mvm(chip, read_mode, "MVMs at peak", count, weights, 1.0)


def mvm_performance(
    group: Group,
    *,
    read_mode: str,
    activity: float = 1.0,
    constants: ChipConstants | None = None,
) -> Performance:
    """Return the cost of one vector's MVMs in one group of layers: crossbars, ADCs and PWM only.

    Parameters
    ----------
    group : Group
        Layers whose sums are added.
    read_mode : {"1-phase", "4-phase"}
        How the cores read.
    activity : float
        Energy of an MVM of a core relative to that at peak.
    constants : ChipConstants, optional
        Those of the 64-core chip by default.
    """
    chip = hermes_constants() if constants is None else constants
    return _mvm(chip, read_mode, f"MVMs of {group.name}", group.cores, group.weights, activity)


def layer_performance(
    group: Group,
    *,
    read_mode: str,
    activity: float = 1.0,
    constants: ChipConstants | None = None,
) -> Performance:
    """Return the cost of one vector through one group of layers, with links and digital units.

    Parameters
    ----------
    group, read_mode, activity, constants
        As in `mvm_performance`.
    """
    chip = hermes_constants() if constants is None else constants
    check_number("activity", activity, low=0.0, open_low=True)
    latency = chip.latency(group, read_mode)
    parts = (
        group.cores * chip.read_energy(read_mode, activity),
        group.values * chip.energy_value,
        group.cores * activity * chip.standing_power * latency,
    )
    return Performance(
        name=group.name,
        per="vector",
        read_mode=read_mode,
        scope="layer",
        cores=group.cores,
        utilisation=group.utilisation(chip.core),
        operations=2.0 * group.weights,
        energies=dict(zip(PARTS, parts, strict=True)),
        seconds=latency,
        period=chip.interval(group, read_mode),
        areas=_areas(chip, group.cores),
        activity=activity,
    )


def network_performance(plan: Schedule, *, activity: float = 1.0) -> Performance:
    """Return the cost of one inference of a scheduled network that runs without a pause.

    Parameters
    ----------
    plan : Schedule
        From `aimc.chip.schedule.schedule`; its read mode is that of the result.
    activity : float
        Energy of an MVM of a core relative to that at peak, the mean over the network.
    """
    chip, mode = plan.constants, plan.read_mode
    reads = sum(group.mvms * group.cores for group in plan.groups)
    values = sum(group.mvms * group.values for group in plan.groups)
    parts = (
        reads * chip.read_energy(mode, activity),
        values * chip.energy_value,
        plan.mapping.cores * activity * chip.standing_power * plan.interval,
    )
    network = plan.mapping.network
    return Performance(
        name=network.name,
        per=network.per,
        read_mode=mode,
        scope="network",
        cores=plan.mapping.cores,
        utilisation=plan.mapping.utilisation,
        operations=2.0 * sum(layer.macs for layer in network.static),
        energies=dict(zip(PARTS, parts, strict=True)),
        seconds=plan.latency,
        period=plan.interval,
        areas=_areas(chip, plan.mapping.cores),
        activity=activity,
    )


def _mvm(
    chip: ChipConstants, read_mode: str, name: str, cores: int, weights: int, activity: float
) -> Performance:
    time = chip.read_time(read_mode)
    return Performance(
        name=name,
        per="MVM",
        read_mode=read_mode,
        scope="mvm",
        cores=cores,
        utilisation=weights / (cores * chip.rows * chip.columns),
        operations=2.0 * weights,
        energies={PARTS[0]: cores * chip.read_energy(read_mode, activity)},
        seconds=time,
        period=time,
        areas=_areas(chip, cores),
        activity=activity,
    )


def _areas(chip: ChipConstants, cores: int) -> dict[str, float]:
    dies = math.ceil(cores / chip.chip_cores)
    return {"MVM area": cores * chip.mvm_area, "die": dies * chip.die_area}
