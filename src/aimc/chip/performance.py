r"""Costs of one chip for three scopes: its MVMs, one vector through a layer, a whole network.

All three use one set of constants (`aimc.chip.hermes`) and one mapping. The energy is

.. math:: E = \sum \bigl(E_\text{read}(\chi, u) + n\,e_\text{value}\bigr)
          + \chi\,p\,n_\text{cores}\,t,

summed over all MVMs of all cores, with the activity :math:`\chi` of the network and the utilisation
:math:`u` of the cores, :math:`n` values that a core passes on, the standing power
:math:`p` of a core and the time :math:`t` during which it is powered: the latency for a single
vector, the interval for a network that runs continuously.

A sum that takes a detour takes more time, but no more energy here: what a value takes in a link
controller that only hands it on was not published, and the table from which :math:`e_\text{value}`
was fitted cannot tell links from digital units.

The energy of an MVM has a part that flows however empty a core is, and a part that follows the
current and so the share of its cells that hold a weight. The paper prints it for 86 to 100 % used
cores only: how the two divide is inferred and known within a range (`aimc.chip.activity`), and so
is every cost of emptier cores (`Performance.energy_range`). The other two constants are fitted to
four printed energies, which leave them a range as well (`aimc.chip.hermes.fit_energies`): central
numbers are at its lower end.
"""

from __future__ import annotations

import math

from aimc.chip.activity import Activity, as_activity
from aimc.chip.assumptions import assumed
from aimc.chip.chains import Group
from aimc.chip.cost import PARTS, Performance
from aimc.chip.hermes import ChipConstants, hermes_constants
from aimc.chip.schedule import Schedule
from aimc.validation import check_integer

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
    return _mvm(chip, read_mode, "MVMs at peak", count, weights, Activity())


def mvm_performance(
    group: Group,
    *,
    read_mode: str,
    activity: float | Activity = 1.0,
    constants: ChipConstants | None = None,
) -> Performance:
    """Return the cost of one vector's MVMs in one group of layers: crossbars, ADCs and PWM only.

    Parameters
    ----------
    group : Group
        Layers whose sums are added.
    read_mode : {"1-phase", "4-phase"}
        How the cores read.
    activity : float or Activity
        Energy of an MVM of a core relative to that at peak; a number is that of a full core.
    constants : ChipConstants, optional
        Those of the 64-core chip by default.
    """
    chip = hermes_constants() if constants is None else constants
    name, found = f"MVMs of {group.name}", as_activity(activity)
    return _mvm(chip, read_mode, name, group.cores, group.weights, found)


def layer_performance(
    group: Group,
    *,
    read_mode: str,
    activity: float | Activity = 1.0,
    constants: ChipConstants | None = None,
) -> Performance:
    """Return the cost of one vector through one group of layers, with links and digital units.

    Parameters
    ----------
    group, read_mode, activity, constants
        As in `mvm_performance`.
    """
    chip = hermes_constants() if constants is None else constants
    found, latency = as_activity(activity), chip.latency(group, read_mode)
    low, read, high = chip.read_energies(read_mode, found, group.utilisation(chip.core))
    parts = (
        group.cores * read,
        group.values * chip.energy_value,
        group.cores * found.value * chip.standing_power * latency,
    )
    reading = parts[2] * chip.read_time(read_mode) / latency
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
        activity=found.value,
        reads_range=(group.cores * low, group.cores * high),
        rest_range=chip.beside_reads(*parts[1:], reading),
        assumed=assumed((group,), chip),
    )


def network_performance(plan: Schedule, *, activity: float | Activity = 1.0) -> Performance:
    """Return the cost of one inference of a scheduled network that runs without a pause.

    If some layers of the network are not on cores (`Network.digital`), it is the cost of a part of
    an inference, and its scope says so.

    Parameters
    ----------
    plan : Schedule
        From `aimc.chip.schedule.schedule`; its read mode is that of the result.
    activity : float or Activity
        Energy of an MVM of a core relative to that at peak, the mean over the network; a number is
        that of a full core.
    """
    chip, mode, found = plan.constants, plan.read_mode, as_activity(activity)
    low = read = high = every = 0.0
    for group in plan.groups:
        reads = group.mvms * group.cores
        every += reads
        once = chip.read_energies(mode, found, group.utilisation(chip.core))
        low, read, high = (
            total + reads * energy for total, energy in zip((low, read, high), once, strict=True)
        )
    values = sum(group.mvms * group.values for group in plan.groups)
    parts = (
        read,
        values * chip.energy_value,
        plan.mapping.cores * found.value * chip.standing_power * plan.interval,
    )
    network = plan.mapping.network
    reading = found.value * chip.standing_power * chip.read_time(mode) * every
    return Performance(
        name=network.name,
        per=network.per,
        read_mode=mode,
        scope="part" if network.digital else "network",
        cores=plan.mapping.cores,
        utilisation=plan.mapping.utilisation,
        operations=2.0 * sum(layer.macs for layer in network.static),
        energies=dict(zip(PARTS, parts, strict=True)),
        seconds=plan.latency,
        period=plan.interval,
        areas=_areas(chip, plan.mapping.cores),
        activity=found.value,
        reads_range=(low, high),
        rest_range=chip.beside_reads(*parts[1:], reading),
        digital=network.digital,
        other=network.other,
        assumed=plan.assumed,
    )


def _mvm(
    chip: ChipConstants, read_mode: str, name: str, cores: int, weights: int, activity: Activity
) -> Performance:
    time, used = chip.read_time(read_mode), weights / (cores * chip.rows * chip.columns)
    low, read, high = chip.read_energies(read_mode, activity, used)
    return Performance(
        name=name,
        per="MVM",
        read_mode=read_mode,
        scope="mvm",
        cores=cores,
        utilisation=used,
        operations=2.0 * weights,
        energies={PARTS[0]: cores * read},
        seconds=time,
        period=time,
        areas=_areas(chip, cores),
        activity=activity.value,
        reads_range=(cores * low, cores * high),
    )


def _areas(chip: ChipConstants, cores: int) -> dict[str, float]:
    dies = math.ceil(cores / chip.chip_cores)
    return {"MVM area": cores * chip.mvm_area, "die": dies * chip.die_area}
