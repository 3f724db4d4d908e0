r"""What one read of a core takes: a part that always flows, and a part that follows its current.

The paper prints the energy of an MVM for three fillings of the cores :cite:p:`legallo2023hermes`:
all cells in use (A037, A038), and, through throughput over efficiency, 86 % of them in a ResNet-9
layer (A042, A045, A046) and 97 % in an LSTM (A047, A050, A051). **Nothing emptier was measured.**
What a read of a nearly empty core takes is therefore inferred, and known within a range only.

With the energy :math:`E_\text{MVM}` at peak, a fixed share :math:`\psi` of it, and the *activity*
:math:`\chi` of a network, found on cores of which the share :math:`u_0` held weights, a read of
cores of which the share :math:`u` does is taken to cost

.. math:: E(u) = E_\text{MVM} \left[ \psi + (\chi - \psi)\, \frac{u}{u_0} \right] ,

so that every printed operating point (:math:`u = u_0`) comes out as printed, whatever
:math:`\psi` is.

How large :math:`\psi` is follows from two observations.

1. *The charge of the array.* With weights and inputs as in the paper's test of all cores (uniform,
   30 % zeros, one device per polarity; A061, A066) the devices pass the charge
   :math:`N G_\max V_\text{read}\, \overline{|w|}\, \overline{|x|}\, T` per read. In a one-phase
   read nearly half of it goes in a circle: what some cells push into a line feeds what others draw
   from it, and the supply of 0.85 V (A013) delivers the larger of the two only
   (`aimc.circuits.read_currents`). This is 7 % of the printed energy, so at least this much
   follows the current: :math:`\psi \le 0.93`. In a four-phase read nothing cancels, but a read
   takes four times the energy: 3 %. A copy of the current of a line feeds each oscillator, and a
   second one its feed-forward :cite:p:`khaddam2022hermes`. They copy what is left on the line, 1.5
   % each with one phase and 3 % each with four; with two copies of the full current the share is a
   tenth in either mode. Charge alone thus gives a :math:`\psi` of about 0.9 or more.
2. *Two networks.* The layer (two devices per weight) takes 21 % more per read than the LSTM (one
   device). If the fixed part is the same for both, and a full core of the first draws :math:`r`
   times the current of a full core of the second,

   .. math:: \psi = \frac{r\,u_1\,\chi_2 - u_2\,\chi_1}{r\,u_1 - u_2}

   with 1 the layer and 2 the LSTM. Two devices hold twice the conductance of one, :math:`r = 2`,
   which gives :math:`\psi = 0.74`: this is the central value, and it rests on this comparison
   alone. With the full scales that the paper names for these layers (120-140 counts, A101, against
   80, A059), :math:`r = 1.6` and :math:`\psi = 0.54`: the low end of the range.

The range is one of explanations, not a confidence interval: weights and inputs of the two networks
were not published. The two observations do not agree, and what else follows the current is open.
Both activities agree between the read modes within 1 %, so one share serves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from aimc.chip.chains import Group, group_of
from aimc.circuits.mvm_error import random_sparse_uniform
from aimc.circuits.read_currents import read_charge
from aimc.circuits.read_modes import READ_MODES
from aimc.layers.workload import caption_lstm, resnet9_cifar10
from aimc.published import fact
from aimc.units import MICRO, NANO, TERA
from aimc.validation import check_choice, check_integer, check_number

__all__ = [
    "LAYER",
    "LSTM",
    "Activity",
    "activity",
    "as_activity",
    "fixed_share",
    "peak_energies",
    "table_one_group",
]

LAYER, LSTM = "ResNet-9 layer", "LSTM time step"
# The test of all cores (A066): uniform in -1 to 1, 30 % of them set to zero.
_MEAN_MAGNITUDE = 0.5 * 0.7
_READ_VOLTAGE = 0.2


@dataclass(frozen=True, slots=True)
class Activity:
    """Energy of an MVM of a core relative to that at peak, and on how full a core it was found."""

    value: float = 1.0
    """Energy relative to that at peak."""
    utilisation: float = 1.0
    """Share of the cells that held a weight, above 0 to 1."""

    def __post_init__(self) -> None:
        check_number("activity", self.value, low=0.0, open_low=True)
        check_number("utilisation", self.utilisation, low=0.0, high=1.0, open_low=True)


def as_activity(activity: float | Activity) -> Activity:
    """Return an activity; a number is that of a full core."""
    return activity if isinstance(activity, Activity) else Activity(activity)


def peak_energies() -> tuple[float, float]:
    """Return the energy of one MVM on one full core, 1-phase and 4-phase, J (A037, A038)."""
    cores = fact("A002").number
    return fact("A037").number * MICRO / cores, fact("A038").number * MICRO / cores


def table_one_group(use_case: str) -> Group:
    """Return the layers that Table I measures: 8 or 32 cores of two published networks.

    Parameters
    ----------
    use_case : {"ResNet-9 layer", "LSTM time step"}
        The 2016 x 224 convolution (A042), or the gates of the caption LSTM (A047).
    """
    check_choice("use_case", use_case, (LAYER, LSTM))
    if use_case == LAYER:
        return group_of((next(x for x in resnet9_cifar10().layers if x.name == "conv6"),))
    return group_of(tuple(x for x in caption_lstm().layers if x.kind == "recurrent"))


@cache
def activity(use_case: str) -> Activity:
    r"""Return how much more than at peak one MVM of a core takes in a published network.

    Throughput over efficiency is the power of the MVMs, times the latency of an MVM their energy
    (A045, A046; A050, A051). Per core and relative to the energy at peak (A037, A038) this is

    .. math:: a = \frac{2 N / \eta}{n_\text{cores}\,E_\text{MVM}},

    the mean over both read modes, which agree within 1 %. **Inferred.** It is 1.22 in the ResNet-9
    layer, programmed with two devices per weight and so more conductive, and 1.01 in the LSTM,
    programmed with one.

    Parameters
    ----------
    use_case : {"ResNet-9 layer", "LSTM time step"}
        Which column of Table I.
    """
    group = table_one_group(use_case)
    efficiencies = fact("A046" if use_case == LAYER else "A051").numbers
    ratios = [
        2 * group.weights / (eta * TERA) / (group.cores * e)
        for eta, e in zip(efficiencies, peak_energies(), strict=True)
    ]
    return Activity(float(np.mean(ratios)), group.utilisation())


@cache
def array_share(read_mode: str = "1-phase", copies: int = 0) -> float:
    """Return what the weights' current takes of a read at peak, one device per polarity.

    A read of a full core with the weights and inputs of the paper's test (A066), counted at the
    supply (A013); devices without a weight, which are RESET, are left out. **Inferred**: the
    devices' charge in closed form, and from `aimc.circuits.read_currents` what part of it a supply
    delivers.

    Parameters
    ----------
    read_mode : {"1-phase", "4-phase"}
        How the core is read.
    copies : int
        Copies of the current of each line that are counted too, of full size: one feeds the
        oscillator, a second one its feed-forward.
    """
    check_choice("read_mode", read_mode, READ_MODES)
    check_integer("copies", copies, low=0)
    cells = float(np.prod(fact("A008").numbers[:2]))
    window = fact("A118").number * NANO
    conductance = cells * _MEAN_MAGNITUDE * fact("A061").number * MICRO
    charge = _READ_VOLTAGE * conductance * _MEAN_MAGNITUDE * window
    supplied, mirrored = _parts_of_charge(read_mode)
    energy = dict(zip(READ_MODES, peak_energies(), strict=True))[read_mode]
    return fact("A013").numbers[0] * charge * (supplied + copies * mirrored) / energy


@cache
def _parts_of_charge(read_mode: str) -> tuple[float, float]:
    """Return the shares of the devices' charge that a supply delivers and that a mirror copies."""
    rows, columns = (int(n) for n in fact("A008").numbers[:2])
    weights = random_sparse_uniform((columns, rows), 0)
    inputs = random_sparse_uniform((16, rows), 1)
    lines = np.stack([np.clip(weights, 0.0, None), np.clip(-weights, 0.0, None)])
    charge = read_charge(lines, inputs, 1.0, read_mode=read_mode)
    whole = float(charge.devices.sum())
    return float(charge.supplied.sum()) / whole, float(charge.mirrored.sum()) / whole


def _share_from_networks(ratio: float) -> float:
    """Return the fixed share if a full core of the layer draws ``ratio`` times that of the LSTM."""
    layer, lstm = activity(LAYER), activity(LSTM)
    drawn = ratio * layer.utilisation
    above = drawn * lstm.value - lstm.utilisation * layer.value
    return above / (drawn - lstm.utilisation)


@cache
def fixed_share() -> tuple[float, float, float]:
    """Return the share of a read at peak that flows however empty the core is.

    Returns
    -------
    (float, float, float)
        Low, central and high; see the top of this module. **Inferred**: the first two from two
        networks, the last from the charge of a one-phase read.
    """
    full_scales = fact("A101").numbers[3:5]  # of conv6 to conv8, counts
    printed = float(np.mean(full_scales)) / fact("A059").number
    devices = fact("A060").number / fact("A059").number
    return _share_from_networks(printed), _share_from_networks(devices), 1.0 - array_share()
