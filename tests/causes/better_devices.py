"""Controls of the chapter on better devices."""

from dataclasses import replace

import numpy as np
from controls import control, matrix

from aimc.circuits import DAC, DifferentialPair, Periphery, best_scale, mvm_error
from aimc.cores import Core
from aimc.devices import StatisticalPCM, pcm_2019, pcm_hermes, projected
from aimc.devices.fits import Polynomial
from aimc.devices.temperature import Ambient, TemperatureProfile, Thermal

PAGE = "2-devices/06-better-devices"
DAY = 86400.0


def error(device: StatisticalPCM, weights: str, seed: int, copies: int = 1) -> float:
    """Return the MVM error (%) after a day and the best common factor."""
    w = matrix(weights, (96, 96), seed)
    core = Core(device, DifferentialPair(copies), Periphery(DAC(8)), serial=seed).program(w)
    x = np.random.default_rng(seed).uniform(-1.0, 1.0, (512, 96))
    y, exact = core.at(DAY).forward(x), x @ w.T
    return float(100 * mvm_error(best_scale(y, exact) * y, exact))


def all_alike(device: StatisticalPCM) -> StatisticalPCM:
    """Return the device with the mean exponent of half range in all states."""
    half = float(device.drift_exponent_mean(np.array(0.5 * device.g_max)))
    return replace(device, drift_mean_fit=Polynomial((half,)))


@control(
    page=PAGE,
    claim="The 2019 devices look better than those of HERMES chiefly because errors of about as "
    "many microsiemens are divided by a larger full scale.",
    without="HERMES devices with the same errors in microsiemens and the full scale of 2019",
    quantity="MVM error of programming alone, over that of 2019 devices",
    shows=lambda with_, without: with_.min() > 1.7 and without.max() < 1.15,
)
def full_scales_differ(weights: str, seed: int, cause: bool) -> float:
    old, device = pcm_2019(), pcm_hermes(1)
    if not cause:
        device = replace(device, g_max=old.g_max)
    w = matrix(weights, (96, 96), seed)
    x = np.random.default_rng(seed).uniform(-1.0, 1.0, (512, 96))

    def written(model: StatisticalPCM) -> float:
        around = Periphery(DAC(8), read_noise=False)
        core = Core(model, DifferentialPair(), around, serial=seed).program(w)
        return mvm_error(core.forward(x), x @ w.T)

    return written(device) / written(old)


@control(
    page=PAGE,
    claim="Sixteen copies of HERMES devices do not divide the error after a day by four, because "
    "the state dependence of the drift is common to all copies.",
    without="the same mean exponent in all states",
    quantity="error with sixteen devices per polarity over the error with one",
    shows=lambda with_, without: with_.min() > 1.1 * without.max() and without.max() < 0.3,
)
def copies_leave_what_is_common(weights: str, seed: int, cause: bool) -> float:
    device = pcm_hermes(1) if cause else all_alike(pcm_hermes(1))
    return error(device, weights, seed, 16) / error(device, weights, seed)


@control(
    page=PAGE,
    claim="Two remedies for different parts of the error do more together than the product of "
    "what each does alone, because either alone leaves the other part as a floor.",
    without="two remedies for the same part: twice as many copies, and twice as many again",
    quantity="error with both remedies, over the product of their factors times the error",
    shows=lambda with_, without: (
        with_.mean() < 0.94 and np.all(with_ < without) and abs(without.mean() - 1) < 0.05
    ),
)
def different_parts_leave_a_floor(weights: str, seed: int, cause: bool) -> float:
    if cause:
        plain, lined, more = pcm_hermes(1), projected(pcm_hermes(1), 0.2), 4
    else:
        plain = lined = all_alike(pcm_hermes(1))
        more = 2
    alone = error(plain, weights, seed)
    first = error(lined, weights, seed, 1 if cause else 2)
    second = error(plain, weights, seed, more)
    both = error(lined, weights, seed, 4)
    return both * alone / (first * second)


@control(
    page=PAGE,
    claim="What a liner does to the error after a day hangs on whether the programming spread "
    "arises in the loop or in the glass.",
    without="the bound in which all of the spread stays",
    quantity="error with a liner (a fifth of the current through the glass) over the one without",
    shows=lambda with_, without: with_.max() < 0.75 * without.min(),
)
def a_liner_reads_past_what_follows_the_loop(weights: str, seed: int, cause: bool) -> float:
    loop = 5 * 0.129e-6 / np.sqrt(3)  # S, an evenly filled margin of the chip
    lined = projected(pcm_hermes(1), 0.2, loop=loop if cause else None)
    return error(lined, weights, seed) / error(pcm_hermes(1), weights, seed)


@control(
    page=PAGE,
    claim="No single factor mends the hot hours of a day, since weak states gain conductance and "
    "strong ones do not, beside the array's ageing by months.",
    without="glass that conducts in the heat as it does in the cool",
    quantity="error after the best factor, at 70 °C in the afternoon over the one in the morning",
    shows=lambda with_, without: with_.min() > 1.2 * without.max(),
)
def weak_states_gain_in_the_heat(weights: str, seed: int, cause: bool) -> float:
    warm, hot, hour = 298.15, 343.15, 3600.0
    sunny = TemperatureProfile((0.0, 10 * hour, 16 * hour), (warm, hot, warm))
    thermal = Thermal() if cause else Thermal(activation_amorphous=1e-6)
    device = Ambient(pcm_hermes(2), sunny, thermal)
    w = matrix(weights, (96, 96), seed)
    core = Core(device, DifferentialPair(), Periphery(DAC(8)), serial=seed).program(w)
    x = np.random.default_rng(seed).uniform(-1.0, 1.0, (512, 96))
    exact, errors = x @ w.T, []
    for t in (9, 15):
        y = core.at(t * hour).forward(x)
        errors.append(mvm_error(best_scale(y, exact) * y, exact))
    return float(errors[1] / errors[0])
