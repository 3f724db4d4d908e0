"""Read noise as a process: one law for continuous fluctuators and for jumps, spectrum, memory."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import aimc
from aimc.devices import FlickerNoise, IdealDevice, ReadNoise, TelegraphNoise, pcm_2019, pcm_hermes
from aimc.published import fact

HOUR, DAY, YEAR = 3600.0, 86400.0, 3.156e7
# Five times between 20 s after the pulse and a year; t counts from the first read.
TIMES = (0.0, HOUR, DAY, 30 * DAY, YEAR)


def periodogram(traces: np.ndarray, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Return frequencies (Hz) and the mean one-sided density of traces (devices, times)."""
    n = traces.shape[1]
    window = np.hanning(n)
    flat = (traces - traces.mean(axis=1, keepdims=True)) * window
    power = np.abs(np.fft.rfft(flat, axis=1)) ** 2 * 2 * dt / np.sum(window**2)
    return np.fft.rfftfreq(n, dt)[1:], power.mean(axis=0)[1:]


def test_spectral_slope_is_one_over_six_decades() -> None:
    """Three instruments, each a hundred times slower than the one before.

    A read has to last about as long as the step between reads: much shorter ones would fold the
    fluctuations that fall between them into the band that is looked at.
    """
    frequencies, densities = [], []
    for number, dt in enumerate((1e-4, 1e-2, 1.0)):
        device = replace(pcm_2019().without("drift"), t_read=dt / 7)
        state = device.program(np.full(40, 12.5e-6), 0)
        noise = ReadNoise(state, 10 + number)
        noise.read(DAY)  # fluctuators of all these times are awake
        traces = np.stack([noise.fluctuation(DAY + k * dt) for k in range(4096)], axis=1)
        factor = device.read_noise_factor(state.g_programmed)
        f, density = periodogram(traces / factor[:, None], dt)
        keep = (f > 2.5 / (4096 * dt)) & (f < 0.1 / dt)
        frequencies.append(f[keep])
        densities.append(density[keep])
    f, density = np.concatenate(frequencies), np.concatenate(densities)
    assert f.max() / f.min() > 1e6
    edges = np.logspace(math.log10(f.min()), math.log10(f.max()), 41)
    bins = np.clip(np.digitize(f, edges), 1, 40)
    x = [np.log10(f[bins == b]).mean() for b in np.unique(bins)]
    y = [math.log10(density[bins == b].mean()) for b in np.unique(bins)]
    assert -np.polyfit(x, y, 1)[0] == pytest.approx(1.0, abs=0.05)
    # and its height is one over f, in units of Q squared
    assert 10 ** np.mean(np.asarray(x) + np.asarray(y)) == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("exponent", [0.9, 1.0, 1.21])
def test_the_sum_of_fluctuators_has_the_spectrum_that_was_asked_for(exponent: float) -> None:
    noise = FlickerNoise(250e-9, exponent)
    f = np.logspace(-3, 3, 61)
    slope, height = np.polyfit(np.log(f), np.log(noise.spectrum(f)), 1)
    assert -slope == pytest.approx(exponent, abs=0.01)
    assert math.exp(height) == pytest.approx(1.0, rel=0.03)


@pytest.mark.parametrize("device", [pcm_2019(), pcm_hermes(1), pcm_hermes(2)], ids=lambda d: d.name)
def test_variance_follows_the_published_law(device) -> None:
    """B009: within 3 % at five times between the first read and a year, over 40,000 devices."""
    assert fact("B009").source
    state = device.program(np.full(40_000, 0.6 * device.g_max), 3)
    noise = ReadNoise(state, 4)
    for t in TIMES:
        measured = np.mean((noise.fluctuation(t) * state.at(t)) ** 2)
        law = np.mean(state.read_noise_std(t) ** 2)
        assert measured == pytest.approx(law, rel=0.03), t


def test_variance_of_the_model_equals_the_law() -> None:
    noise = FlickerNoise(512e-9)
    for elapsed in (1e-3, 1.0, 200.0, DAY, YEAR):
        law = math.log((elapsed + 512e-9) / (2 * 512e-9))
        assert noise.variance(elapsed) == pytest.approx(law, rel=1e-3)
    assert noise.variance(0.0) == 0.0


@pytest.mark.parametrize("exponent", [0.6, 0.9, 1.1, 1.21, 1.4])
def test_variance_for_other_exponents_has_its_closed_form(exponent: float) -> None:
    """The sum over all relaxation times, and not the band of frequencies with sharp edges."""
    noise, more = FlickerNoise(250e-9, exponent, t_longest=1e17, per_decade=5), exponent - 1
    height = (2 * math.pi) ** more * math.sin(math.pi * exponent / 2) / more
    for elapsed in (20.0, DAY, YEAR):
        grown = math.gamma(1 - more) * (2 * elapsed) ** more - noise.t_shortest**more
        assert noise.variance(elapsed) == pytest.approx(height * grown, rel=3e-3)
        sharp = ((elapsed + 250e-9) ** more - (2 * 250e-9) ** more) / more
        assert noise.variance(elapsed) != pytest.approx(sharp, rel=0.1)


def test_covariance_of_the_model_is_that_of_the_reads() -> None:
    times = np.array([0.0, 1.0, 1.5, HOUR, HOUR + 0.1, DAY])
    state = pcm_2019().program(np.full(40_000, 10e-6), 7)
    noise = ReadNoise(state, 8)
    reads = np.stack([noise.fluctuation(t) for t in times])
    x = reads / pcm_2019().read_noise_factor(state.g_programmed)
    flicker = FlickerNoise(pcm_2019().t_read)
    model = flicker.covariance(times + pcm_2019().t_0)
    np.testing.assert_allclose(np.cov(x), model, atol=0.03 * model.max())
    np.testing.assert_array_equal(model, model.T)
    for i, t in enumerate(times):
        assert model[i, i] == pytest.approx(flicker.variance(t + 20.0))
    expected = flicker.correlation(20.0, DAY) * math.sqrt(model[0, 0] * model[-1, -1])
    assert model[0, -1] == pytest.approx(expected)


def test_covariance_refuses_what_is_no_list_of_times() -> None:
    with pytest.raises(ValueError, match="elapsed"):
        FlickerNoise(250e-9).covariance(np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="elapsed"):
        FlickerNoise(250e-9).covariance(np.ones((2, 2)))


def test_reads_close_in_time_agree_better_than_reads_a_day_apart() -> None:
    state = pcm_2019().program(np.full(20_000, 10e-6), 5)
    noise = ReadNoise(state, 6)
    month = 30 * DAY
    first, soon, late = (noise.fluctuation(t) for t in (month, month + 1e-6, month + DAY))
    near, far = np.corrcoef(first, soon)[0, 1], np.corrcoef(first, late)[0, 1]
    assert near > 0.9 > far > 0.05
    assert near == pytest.approx(noise.flicker.correlation(month + 20.0, 1e-6), abs=0.02)
    assert far == pytest.approx(noise.flicker.correlation(month + 20.0, DAY), abs=0.03)


def test_same_seed_same_course_of_time() -> None:
    state = pcm_hermes().program(np.linspace(0, 20e-6, 7), 1)
    one, other = ReadNoise(state, 8), ReadNoise(state, 8)
    for t in (0.0, 1.0, 1.0, DAY):
        np.testing.assert_array_equal(one.read(t), other.read(t))
    assert not np.array_equal(ReadNoise(state, 9).read(0.0), ReadNoise(state, 8).read(0.0))


def test_reading_twice_at_one_time_finds_the_same_conductance() -> None:
    noise = ReadNoise(pcm_2019().program(np.full(5, 10e-6), 1), 2)
    np.testing.assert_array_equal(noise.read(5.0), noise.read(5.0))


def test_conductance_is_never_negative_and_noise_can_be_switched_off() -> None:
    state = pcm_2019().program(np.full(5_000, 0.1e-6), 1)
    assert ReadNoise(state, 2).read(YEAR).min() == 0.0
    quiet = pcm_2019().without("read_noise").program(np.full(5, 10e-6), 1)
    np.testing.assert_array_equal(ReadNoise(quiet, 2).read(DAY), quiet.at(DAY))


def within(samples: np.ndarray, expected: float, level: float = 3.29) -> bool:
    """Whether a mean agrees with what is expected, at 99.9 % confidence for the default level."""
    error = samples.std(ddof=1) / math.sqrt(samples.size)
    return bool(abs(samples.mean() - expected) < level * error)


def spread_over_devices(kind: str, count: int = 100_000) -> tuple[ReadNoise, float]:
    """Devices with fluctuators of either kind, spread evenly over the logarithm of time.

    Continuous ones come as dozens per device. Of the jumps each device has a single one, and the
    devices share them out. Both have the same variance, returned as C, per unit of ln(tau).
    """
    device = pcm_2019().without("drift", "programming_noise")
    flicker = FlickerNoise(device.t_read)
    if kind == "continuous":
        state = device.program(np.full(count, 12.5e-6), 0)
        return ReadNoise(state, 31), float(device.read_noise_factor(state.g_programmed)[0]) ** 2
    quiet = device.without("read_noise").program(np.full(count, 12.5e-6), 0)
    shortest, longest = flicker.t_shortest, flicker.t_longest
    # the memory of a jump fades in half of its dwell time
    jumps = TelegraphNoise(0.3, share=1.0, dwell=(2 * shortest, 2 * longest))
    return ReadNoise(quiet, 33, telegraph=jumps), 0.15**2 / math.log(longest / shortest)


@pytest.mark.parametrize("kind", ["continuous", "jumps"])
def test_both_kinds_of_fluctuators_have_the_published_variance(kind: str) -> None:
    """At 99.9 % confidence, at five times from the first read to a year after the pulse."""
    noise, c = spread_over_devices(kind)
    t_0, t_read = pcm_2019().t_0, pcm_2019().t_read
    for t in TIMES:
        law = math.log((t + t_0 + t_read) / (2 * t_read))
        assert within(noise.fluctuation(t) ** 2 / c, law), t


@pytest.mark.parametrize("kind", ["continuous", "jumps"])
def test_both_kinds_of_fluctuators_differ_by_the_logarithm_of_the_gap(kind: str) -> None:
    """2 C ln(gap), at 99.9 % confidence: what lab 3 fits to its devices."""
    noise, c = spread_over_devices(kind)
    age, gaps = 30 * DAY, np.array([0.1, 1.0, 10.0, 100.0, 1000.0])
    first = noise.fluctuation(age)
    found = np.stack([(noise.fluctuation(age + gap) - first) ** 2 / c for gap in gaps])
    expected = noise.flicker.structure_function(gaps, age)
    for samples, value in zip(found, expected, strict=True):
        assert within(samples, value)
    slope = np.polyfit(np.log(gaps), expected, 1)[0]
    assert slope == pytest.approx(2.0, rel=1e-3)
    weights = np.log(gaps) - np.log(gaps).mean()
    assert within(weights @ found / (weights @ weights), slope)


def test_structure_function_of_the_model() -> None:
    noise = FlickerNoise(250e-9)
    gaps = np.array([1e-3, 1.0, 3600.0, 86400.0])
    # in equilibrium twice the logarithm, which is not twice the law: the constant is another one
    equilibrium = noise.structure_function(gaps)
    np.testing.assert_allclose(equilibrium, 2 * np.log(gaps / 1e-6), rtol=1e-3)
    for age in (20.0, DAY):
        times = np.array([age, age + 5.0])
        k = noise.covariance(times)
        expected = k[0, 0] + k[1, 1] - 2 * k[0, 1]
        assert noise.structure_function(5.0, age) == pytest.approx(expected, rel=1e-9)
    # every fluctuator at its mean at the pulse: the difference from there is the law
    assert noise.structure_function(DAY, 0.0) == pytest.approx(noise.variance(DAY), rel=1e-12)
    with pytest.raises(ValueError, match="gap"):
        noise.structure_function(-1.0)
    with pytest.raises(ValueError, match="elapsed=-1"):
        noise.structure_function(1.0, -1.0)


def test_the_law_is_not_the_distance_from_the_verified_value() -> None:
    """Jumps that freeze in either well end, after a day, 7.1 Q from where they were verified.

    The simulation is independent of the library's: two levels, caught at random at the pulse. What
    is new since the pulse, the level minus what was to be expected of it, has the published law.
    """
    flicker, rng = FlickerNoise(250e-9), np.random.default_rng(11)
    tau = flicker.t_shortest * (flicker.t_longest / flicker.t_shortest) ** rng.random(400_000)
    c = 1 / math.log(flicker.t_longest / flicker.t_shortest)
    start = np.where(rng.random(tau.size) < 0.5, 1.0, -1.0)
    fades = np.exp(-DAY / tau)
    now = np.where(rng.random(tau.size) < 0.5 * (1 + fades), start, -start)
    assert within((now - start) ** 2 / c, flicker.structure_function(DAY))
    assert within((now - fades * start) ** 2 / c, flicker.variance(DAY))
    assert math.sqrt(flicker.structure_function(DAY)) == pytest.approx(7.1, abs=0.05)
    assert math.sqrt(flicker.variance(DAY)) == pytest.approx(5.09, abs=0.01)


def test_telegraph_noise_jumps_between_two_values() -> None:
    quiet = pcm_2019().without("read_noise", "drift").program(np.full(4_000, 10e-6), 1)
    noise = ReadNoise(quiet, 3, telegraph=TelegraphNoise(0.2, share=0.25, dwell=(0.1, 10.0)))
    reads = np.stack([noise.read(t) for t in np.linspace(0, 1000, 60)]) / quiet.g_programmed
    levels = np.unique(np.round(reads, 9))
    np.testing.assert_allclose(levels, [0.9, 1.0, 1.1])
    late = reads[6:]  # 100 s after the pulse the slowest have left the mean too
    for device in late.T[:200]:  # one device has two levels, the full amplitude apart
        seen = np.unique(np.round(device, 9))
        assert len(seen) == 1 or np.ptp(seen) == pytest.approx(0.2)
    assert np.mean(late[:, late.std(axis=0) > 0]) == pytest.approx(1.0, abs=0.005)
    jumping = np.mean(reads.std(axis=0) > 0)
    assert jumping == pytest.approx(0.25, abs=0.03)


def test_a_core_can_be_read_with_correlated_noise() -> None:
    core = aimc.presets.hermes(serial=5).program(np.eye(32))
    noise = core.read_noise()
    now, again = core.at(10.0, noise=noise), core.at(10.0 + 1e-6, noise=noise)
    later = core.at(10 * DAY, noise=noise)
    difference = [np.std(view.weights(True) - now.weights(True)) for view in (again, later)]
    assert difference[0] < 0.5 * difference[1]
    same = aimc.presets.hermes(serial=5).program(np.eye(32))
    twin = same.at(10.0, noise=same.read_noise())
    np.testing.assert_array_equal(twin.weights(noise=True), now.weights(noise=True))
    np.testing.assert_array_equal(twin.weights(), same.at(10.0).weights())


def test_bad_input_is_named() -> None:
    state = pcm_2019().program(np.full(5, 10e-6), 1)
    noise = ReadNoise(state, 2)
    noise.read(100.0)
    with pytest.raises(ValueError, match=r"t=99.*\[100"):
        noise.read(99.0)
    with pytest.raises(ValueError, match="t=-1"):
        ReadNoise(state, 2).read(-1.0)
    with pytest.raises(TypeError, match="ideal device"):
        ReadNoise(IdealDevice().program(np.zeros(2)), 0)
    with pytest.raises(ValueError, match="exponent=2"):
        FlickerNoise(1e-6, exponent=2.0)
    with pytest.raises(ValueError, match="t_read=0"):
        FlickerNoise(0.0)
    with pytest.raises(ValueError, match=r"share=1\.5"):
        TelegraphNoise(0.1, 1.5, (1.0, 2.0))
    with pytest.raises(ValueError, match=r"dwell\[1\]"):
        TelegraphNoise(0.1, 0.5, (1.0, 0.5))
    with pytest.raises(TypeError, match="telegraph"):
        ReadNoise(state, 2, telegraph=0.1)
    core = aimc.presets.hermes(serial=5).program(np.eye(4))
    with pytest.raises(ValueError, match="noise belongs"):
        core.at(0.0, noise=noise)
