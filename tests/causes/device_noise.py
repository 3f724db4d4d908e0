"""Controls of the chapters on noise and on statistical models, as far as they are about reads."""

import numpy as np
from controls import control, matrix

from aimc.circuits import DifferentialPair, best_scale
from aimc.devices import ReadNoise, pcm_2019, pcm_hermes

NOISE, MODELS = "2-devices/04-noise", "2-devices/05-statistical-models"
HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400.0
KINDS = {"2019": pcm_2019, "HERMES": lambda: pcm_hermes(1)}


@control(
    page=NOISE,
    claim="The mean of sixteen reads in a row is nearly as noisy as one, because they share all "
    "fluctuators that are slower than the row.",
    without="as much noise, drawn anew for each read",
    quantity="noise of the mean of sixteen reads, a millisecond apart, over that of one",
    shows=lambda with_, without: with_.min() > 0.8 and np.abs(without - 0.25).max() < 0.02,
    weights=tuple(KINDS),
)
def reads_in_a_row_share_their_noise(kind: str, seed: int, cause: bool) -> float:
    device = KINDS[kind]()
    state = device.program(np.full(3000, 0.5 * device.g_max), seed)
    exact, rng = state.at(DAY), np.random.default_rng(seed + 1)
    process = ReadNoise(state, seed + 1)
    times = [DAY + 1e-3 * k for k in range(16)]
    reads = [process.read(t) if cause else state.read(DAY, rng) for t in times]
    noise = np.stack(reads) / exact - 1
    return float(np.std(noise.mean(axis=0)) / np.std(noise[0]))


@control(
    page=MODELS,
    claim="Subtracting what 25 reads in a row show leaves the spread too large, because the "
    "noise that the repetitions have in common does not show in them.",
    without="as much noise, drawn anew for each read",
    quantity="spread found at the first read over the spread of the programmed conductances",
    shows=lambda with_, without: with_.min() > 1.1 and np.abs(without - 1).max() < 0.06,
    weights=tuple(KINDS),
)
def repetitions_do_not_show_what_they_share(kind: str, seed: int, cause: bool) -> float:
    device = KINDS[kind]()
    state = device.program(np.full(3000, 0.5 * device.g_max), seed)
    process, rng = ReadNoise(state, seed + 1), np.random.default_rng(seed + 1)
    reads = np.stack([process.read(1e-6 * k) if cause else state.read(0.0, rng) for k in range(25)])
    left = reads.mean(axis=0).var(ddof=1) - reads.var(axis=0, ddof=1).mean() / 25
    return float(np.sqrt(left) / np.std(state.g_programmed))


@control(
    page=MODELS,
    claim="Logarithms of noisy reads are too small on average, and as noise grows with time, weak "
    "states seem to drift more than they do.",
    without="the same devices, read without noise",
    quantity="median fitted exponent minus the median true one, in thousandths",
    shows=lambda with_, without: (
        with_.mean() > 0.8 and with_.min() > 0.2 and np.abs(without).max() < 0.1
    ),
    weights=("at 3 %", "at 5 %"),
    seeds=(101, 102, 103),
)
def noise_looks_like_drift(state_name: str, seed: int, cause: bool) -> float:
    device = pcm_2019()
    if not cause:
        device = device.without("read_noise")
    relative = 0.01 * float(state_name.split()[1])
    state = device.program(np.full(40_000, relative * device.g_max), seed)
    times = np.array([0.0, 60.0, 300.0, 1200.0, 3600.0, 4 * 3600.0, DAY])
    process = ReadNoise(state, seed + 1)
    x = np.log1p(times / device.t_0)
    x -= x.mean()
    reads = np.stack([process.read(float(t)) for t in times])
    # devices that end at zero have no logarithm, with noise or without
    some = state.g_programmed > 0.01 * device.g_max
    y = np.log(np.clip(reads[:, some], 1e-9, None))
    fitted = -(x @ y) / (x @ x)
    return round(float(1e3 * (np.median(fitted) - np.median(state.drift_exponent[some]))), 6)


@control(
    page=MODELS,
    claim="If error and exponent of a device hang together, the spread after a year depends on "
    "the sign, although means and spreads at the first read are the same.",
    without="error and exponent drawn independently",
    quantity="spread after a year, correlation of -0.7 over +0.7",
    shows=lambda with_, without: with_.min() > 1.2 and np.abs(without - 1).max() < 0.03,
    weights=tuple(KINDS),
)
def error_and_exponent_hang_together(kind: str, seed: int, cause: bool) -> float:
    device = KINDS[kind]()
    targets = np.full(50_000, 0.5 * device.g_max)
    xi, other = np.random.default_rng(seed).standard_normal((2, targets.size))
    spreads = []
    for rho in (-0.7, 0.7):
        mixed = (rho * xi if cause else 0.0) + np.sqrt(1 - cause * rho**2) * other
        g = targets + device.programming_std(targets) * xi
        nu = np.abs(
            device.drift_exponent_mean(targets) + device.drift_exponent_std(targets) * mixed
        )
        later = g * device.drift_factor(nu, YEAR)
        spreads.append(np.std(later) / np.mean(later))
    return float(spreads[0] / spreads[1])


@control(
    page=MODELS,
    claim="If everything is drawn anew at each time, the apparent change from hour to day is far "
    "too large, because the two arrays belong to different chips.",
    without="devices that are kept",
    quantity="change of the error of a matrix from an hour to a day, over the error after a day",
    shows=lambda with_, without: with_.min() > 2 * without.max(),
)
def what_is_drawn_anew_is_another_chip(weights: str, seed: int, cause: bool) -> float:
    device, pair = pcm_2019(), DifferentialPair()
    w = matrix(weights, (96, 96), seed)
    split = pair.split(w, device.g_max)
    kept = device.program(split, seed)

    def error(t: float, draw: int) -> np.ndarray:
        state = device.program(split, seed + draw) if cause else kept
        g = state.at(t)
        found = (g[0, 0, 0] - g[0, 0, 1]) / device.g_max
        return best_scale(found, w) * found - w

    early, late = error(HOUR, 1000), error(DAY, 2000)
    return float(np.std(late - early) / np.std(late))


@control(
    page=MODELS,
    claim="Stored weights differ from stored devices by the residue: the small device of a pair "
    "is not exactly zero, and drifts with the exponent of the large one.",
    without="devices that are programmed exactly, so that the small one is zero",
    quantity="difference of the two ways after a day over the error of stored devices, %",
    shows=lambda with_, without: with_.min() > 2 and without.max() < 0.1,
)
def stored_weights_lose_the_residue(weights: str, seed: int, cause: bool) -> float:
    device, pair = pcm_2019(), DifferentialPair()
    if not cause:
        device = device.without("programming_noise")
    w = matrix(weights, (96, 96), seed)
    state = device.program(pair.split(w, device.g_max), seed)

    def net(g: np.ndarray) -> np.ndarray:
        return (g[0, 0, 0] - g[0, 0, 1]) / device.g_max

    stored = net(state.g_programmed)
    peak = np.abs(stored).max()
    again = pair.split(stored / peak, device.g_max)
    kept = net(state.at(DAY))
    apart = peak * net(again * device.drift_factor(state.drift_exponent, DAY)) - kept
    return float(100 * np.std(apart) / np.std(best_scale(kept, w) * kept - w))
