"""Explorer of the chapter on drift: many devices of one chip, from a microsecond to ten years.

Time counts from the programming pulse here, not from the first read: the axis begins long before
that read. Drift is a power law in this time, and the fluctuations start at zero with it. All draws
have fixed seeds, so that moving a control shows the effect of the control and nothing else.
"""

from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np

from aimc.devices import FlickerNoise, ReadNoise, StatisticalPCM, pcm_2019, pcm_hermes
from aimc.plots import Chart, Line, Points, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider, Toggle, shares
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = [
    "DRIFT_AND_NOISE",
    "common_factor",
    "compute",
    "conductances",
    "drifted",
    "error_from",
    "relative_noise",
    "span",
]

MODELS = {
    "PCM 2019": pcm_2019(),
    "HERMES, one device": pcm_hermes(1),
    "HERMES, two devices": pcm_hermes(2),
}
DEVICES, SHOWN, SERIAL = 200, 6, 3
DAY, YEAR = 86400.0, 365.25 * 86400.0
FIRST, LAST, STEP = -6.0, 8.5, 0.25  # decades of seconds
EXPONENTS = np.arange(FIRST, LAST + STEP / 2, STEP)
TIMES = np.minimum(10.0**EXPONENTS, 10 * YEAR)  # s after the pulse; the last stands for ten years
TARGETS = (5.0, 100.0, 5.0)  # % of the largest conductance: lowest, highest, step
BINS = 20
CORNER = 36  # devices that the stage shows one by one


def drifted(
    g_programmed: np.ndarray, drift_exponent: np.ndarray, times: np.ndarray, t_0: float
) -> np.ndarray:
    r"""Return conductances (S), shape (times, devices), by the drift law and without noise.

    The law is :math:`G = G_P (t / t_0)^{-\nu}` with t counted from the pulse. Before the first read
    at ``t_0`` nobody looked: there the law is extrapolated backwards.

    Parameters
    ----------
    g_programmed, drift_exponent : array, shape (devices,)
        Conductance (S) at the first read, and drift exponent.
    times : array, shape (times,)
        Times after the programming pulse, s.
    t_0 : float
        Time of the first read after the pulse, s.
    """
    return g_programmed * (times[:, None] / t_0) ** -drift_exponent


def relative_noise(device: StatisticalPCM, targets: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the relative fluctuation of each device, shape (times, devices).

    Parameters
    ----------
    device : StatisticalPCM
        Model of the devices.
    targets : array, shape (devices,)
        Target conductances, S.
    times : array, shape (times,)
        Times after the programming pulse, s, in rising order.
    """
    # A first read right at the pulse lets the library's clock begin there.
    state = replace(device, t_0=1e-12).program(targets, SERIAL)
    noise = ReadNoise(state, np.random.default_rng([SERIAL, 1]))
    return np.stack([noise.fluctuation(float(t)) for t in times])


def conductances(
    device: StatisticalPCM, targets: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what reads find (S) and the relative noise in it, both of shape (times, devices).

    Parameters are those of `relative_noise`.
    """
    state = device.program(targets, SERIAL)
    nu = state.drift_exponent if device.drift else 0.0 * state.drift_exponent
    noise = relative_noise(device, targets, times)
    g = drifted(state.g_programmed, nu, times, device.t_0)
    return np.maximum(g * (1.0 + noise), 0.0), noise


def common_factor(reads: np.ndarray, first: int) -> np.ndarray:
    """Return what brings the sum of all devices back to that of the first read, by time.

    Parameters
    ----------
    reads : array, shape (times, devices)
        Conductances, S.
    first : int
        Place of the first read.
    """
    return np.asarray(reads[first].sum() / reads.sum(axis=1))


def error_from(target: float, reads: np.ndarray) -> np.ndarray:
    """Return the root of the mean square deviation from the target (S), over the target, by time.

    ``reads`` are conductances in S, shape (times, devices).
    """
    return np.asarray(np.sqrt(np.mean((reads - target) ** 2, axis=1)) / target)


def span(seconds: float) -> str:
    """Return a time in the unit that people would use."""
    for name, size in (("year", YEAR), ("day", DAY), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= 0.999 * size:
            number = f"{seconds / size:.3g}"
            return f"{number} {name}" if number == "1" else f"{number} {name}s"
    for name, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= 0.999 * size:
            return f"{seconds / size:.3g} {name}"
    return f"{seconds * 1e6:.3g} µs"


def compute(
    model: str,
    target: float,
    exponent: float,
    programming: bool,
    drift: bool,
    spread: bool,
    noise: bool,
    compensated: bool,
) -> Answer:
    """Return what the devices conduct over time, at one moment, and how their noise has grown.

    Parameters
    ----------
    model : {"PCM 2019", "HERMES, one device", "HERMES, two devices"}
        Published fit.
    target : float
        Target conductance, per cent of the largest.
    exponent : float
        Time of the cursor: decimal logarithm of the seconds after the pulse.
    programming, drift, spread, noise : bool
        Which effects are on: programming error, drift, different drift exponents, read noise.
    compensated : bool
        Whether all devices are multiplied by the one factor that undoes the drift of their sum.
    """
    effects = {
        "programming_noise": programming,
        "drift": drift,
        "drift_spread": spread,
        "read_noise": noise,
    }
    device = MODELS[model].without(*(name for name, on in effects.items() if not on))
    targets = np.full(DEVICES, target / 100 * device.g_max)
    found, fluctuation = conductances(device, targets, TIMES)
    measured = np.std(fluctuation, axis=1)
    now = int(np.argmin(np.abs(EXPONENTS - exponent)))
    first = int(np.argmin(np.abs(TIMES - device.t_0)))
    # Before the first read there is nothing to compare with.
    factor = np.where(np.arange(len(TIMES)) < first, 1.0, common_factor(found, first))
    mended = factor[:, None] * found
    before, after = error_from(targets[0], found), error_from(targets[0], mended)
    scene = {
        "first": first,
        "factor": numbers(factor),
        "error": numbers(before),
        "error_compensated": numbers(after),
        "devices_percent": _percent(found[first:, :CORNER] / targets[0]),
        **_bands(1e6 * found, first),
    }
    reads = 1e6 * (mended if compensated else found)
    low, middle, high = np.percentile(reads, (10, 50, 90), axis=1)
    state = device.program(targets, SERIAL)
    strength = float(np.sqrt(np.mean(device.read_noise_factor(state.g_programmed) ** 2)))
    law = strength * np.sqrt(np.log((TIMES + device.t_read) / (2 * device.t_read)))
    law = law if noise else 0.0 * law
    nu = state.drift_exponent if drift else 0.0 * state.drift_exponent
    values = {
        "time": float(TIMES[now]),
        "median": 1e-6 * float(middle[now]),
        "low": 1e-6 * float(low[now]),
        "high": 1e-6 * float(high[now]),
        "median_drift_exponent": float(np.median(nu)),
        "relative_noise": float(measured[now]),
        "noise_law": float(law[now]),
        "factor": float(factor[now]),
        "error": float(before[now]),
        "error_compensated": float(after[now]),
    }
    charts = (
        _trace_chart(reads, (low, middle, high), now, device.t_0),
        _histogram(reads, now, first, device.t_0),
        _noise_chart(measured, law, now),
    )
    sentence = (
        f"{model}, target {target:g}% of {1e6 * device.g_max:g} µS, {span(TIMES[now])} after the "
        f"pulse: the median device conducts {middle[now]:.3g} µS, eight in ten lie between "
        f"{low[now]:.3g} and {high[now]:.3g} µS; median drift exponent "
        f"{values['median_drift_exponent']:.3f}; read noise {measured[now]:.1%} of the "
        f"conductance over {DEVICES} devices, {law[now]:.1%} by the law."
    )
    if now >= first:
        sentence += (
            f" The devices are {before[now]:.1%} off their target (root mean square), and one "
            f"factor for all, {factor[now]:.2f}, makes that {after[now]:.1%}."
        )
    if drift and TIMES[now] < 0.999 * device.t_0:
        sentence += (
            f" The first read of this fit comes {span(device.t_0)} after the pulse; before it the "
            "drift law is extrapolated backwards, and the spread says nothing about real devices."
        )
    elif drift and TIMES[now] > 1.001 * DAY:
        sentence += " Beyond a day the drift law is extrapolated."
    return Answer(values, charts, sentence, scene)


def _percent(shares: np.ndarray) -> list[list[int]]:
    return [[round(100 * float(share)) for share in row] for row in shares]


def _bands(reads: np.ndarray, first: int) -> dict[str, tuple[float, ...]]:
    """Return median and band, µS; the band to more digits than can be seen."""
    low, middle, high = np.percentile(reads, (10, 50, 90), axis=1)
    low, high = (np.round(edge[first:], 4) for edge in (low, high))
    return {"median": numbers(middle), "low": numbers(low), "high": numbers(high)}


def _stretch(inside: np.ndarray, values: np.ndarray) -> tuple[float, ...]:
    """Return values with gaps outside a stretch of time."""
    return numbers(np.where(inside, values, np.nan))


def _trace_chart(reads: np.ndarray, bands: tuple[np.ndarray, ...], now: int, t_0: float) -> Chart:
    # to a tenth of a nanosiemens: no eye sees more, and every digit is fetched
    reads, low, middle, high = (np.round(values, 4) for values in (reads, *bands))
    seen = (0.999 * t_0 <= TIMES) & (TIMES <= 1.001 * DAY)
    # the dashed part meets the solid one
    begin, end = int(np.argmax(seen)), len(TIMES) - 1 - int(np.argmax(seen[::-1]))
    # Before the first read nobody looked: devices and band begin there, as a fan that opened
    # backwards would only show where the law is anchored.
    later = slice(begin, None)
    # All single devices are one curve with gaps, so that they share a colour.
    pause = np.array([np.nan])
    times = np.concatenate([np.append(TIMES[later], TIMES[-1]) for _ in range(SHOWN)])
    traces = np.concatenate([np.concatenate([reads[later, k], pause]) for k in range(SHOWN)])
    place = np.arange(len(TIMES))
    beyond = (place <= begin) | (place >= end)
    return Chart(
        f"{DEVICES} devices over time",
        "time after the programming pulse (s)",
        "conductance (µS)",
        (
            Line(numbers(times), numbers(traces), f"{SHOWN} single devices"),
            Line(
                numbers(TIMES[later]),
                _stretch(seen[later], middle[later]),
                "median; band: 10-90%",
                low=numbers(low[later]),
                high=numbers(high[later]),
            ),
            Line(numbers(TIMES), _stretch(beyond, middle), "median, extrapolated", dashed=True),
            Rule(float(TIMES[now]), span(TIMES[now]), axis="x"),
        ),
        x_scale="log",
        y_scale="log",
        x_range=(10.0**FIRST, 10.0**LAST),
        y_range=(
            0.6 * float(max(low.min(), 0.01 * middle.max())),
            1.5 * float(max(high[later].max(), middle.max())),
        ),
    )


def _histogram(reads: np.ndarray, now: int, first: int, t_0: float) -> Chart:
    both = reads[[now, first]]
    margin = 1e-3 * float(both.max())  # all devices may stand at one value
    edges = np.linspace(float(both.min()) - margin, float(both.max()) + margin, BINS + 1)
    corners = np.repeat(edges, 2)

    def steps(k: int) -> tuple[float, ...]:
        counts = np.histogram(reads[k], edges)[0]
        return numbers(np.concatenate([[0.0], np.repeat(counts, 2), [0.0]]))

    return Chart(
        "Where they stand",
        "conductance (µS)",
        f"devices of {DEVICES}",
        (
            Line(numbers(corners), steps(now), f"{span(TIMES[now])} after the pulse"),
            Line(numbers(corners), steps(first), f"about {span(t_0)}, the first read", dashed=True),
        ),
    )


def _noise_chart(measured: np.ndarray, law: np.ndarray, now: int) -> Chart:
    sparse = slice(None, None, 2)
    return Chart(
        "Read noise grows with the logarithm of time",
        "time after the programming pulse (s)",
        "standard deviation (% of G)",
        (
            Line(numbers(TIMES), numbers(100 * law), "published law"),
            Points(numbers(TIMES[sparse]), numbers(100 * measured[sparse]), "these devices"),
            Rule(float(TIMES[now]), span(TIMES[now]), axis="x"),
        ),
        x_scale="log",
        x_range=(10.0**FIRST, 10.0**LAST),
        y_range=(0.0, max(1.2 * 100 * float(max(measured.max(), law.max())), 1.0)),
    )


DRIFT_AND_NOISE = Explorer(
    name="drift_and_noise",
    title="From a microsecond to ten years",
    controls=(
        Choice("model", "Model", tuple(MODELS), "PCM 2019"),
        Slider(
            "target",
            "Target conductance",
            *TARGETS,
            50.0,
            unit="%",
            words=tuple(
                shares(*TARGETS, 1e6 * device.g_max, "µS", of="full scale")
                for device in MODELS.values()
            ),
            words_by="model",
        ),
        Slider(
            "exponent",
            "Time after the pulse",
            FIRST,
            LAST,
            STEP,
            5.0,
            unit="log₁₀ s",
            words=(tuple(span(t) for t in TIMES),),
        ),
        Toggle("programming", "Programming error", True),
        Toggle("drift", "Drift", True),
        Toggle("spread", "Devices drift differently", True, needs={"drift": (True,)}),
        Toggle("noise", "Read noise", True),
        Toggle("compensated", "Undo the mean by one factor", False),
    ),
    compute=compute,
    stage="drift",
    source=inspect.getsource(drifted)
    + "\n\n"
    + inspect.getsource(conductances)
    + "\n\n"
    + inspect.getsource(FlickerNoise.fluctuators),
)
"""Drift and read noise of many devices, each with a switch."""
