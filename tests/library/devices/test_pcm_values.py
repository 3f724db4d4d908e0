"""The statistical models against the coefficients and check values that were published."""

import math

import numpy as np
import pytest

from aimc.devices import pcm_2019, pcm_2025, pcm_hermes
from aimc.published import fact
from aimc.validation import RangeWarning

# Check values of the 2019 fit at relative targets 0, 0.1, 0.25, 0.5 and 1, worked out by hand from
# the printed formulas: sigma_P in microsiemens, mean and spread of nu, Q.
RELATIVE = (0.0, 0.1, 0.25, 0.5, 1.0)
SIGMA_P = (0.26348, 0.448249, 0.68141125, 0.952705, 1.05538)
NU_MEAN = (0.1, 0.0600900695, 0.049, 0.049, 0.049)
NU_STD = (0.045, 0.0228823137, 0.0114286795, 0.008, 0.008)
NOISE_Q = (0.2, 0.0393079, 0.0216678, 0.0138084, 0.0088)


@pytest.mark.parametrize("k", range(5))
def test_2019_fit_at_check_points(k: int) -> None:
    device = pcm_2019()
    g = np.array([RELATIVE[k]]) * device.g_max
    assert device.programming_std(g)[0] * 1e6 == pytest.approx(SIGMA_P[k], rel=5e-5)
    assert device.drift_exponent_mean(g)[0] == pytest.approx(NU_MEAN[k], rel=5e-5)
    assert device.drift_exponent_std(g)[0] == pytest.approx(NU_STD[k], rel=5e-5)
    assert device.read_noise_factor(g)[0] == pytest.approx(NOISE_Q[k], rel=5e-5)


def test_2019_programming_noise_peaks_where_the_parabola_does() -> None:
    device = pcm_2019()
    g = np.linspace(0, 1, 10_001) * device.g_max
    sigma = device.programming_std(g) * 1e6
    constant, linear, square = fact("B001").numbers
    assert sigma.max() == pytest.approx(fact("B002").number, abs=5e-4)
    assert g[sigma.argmax()] / device.g_max == pytest.approx(-linear / (2 * square), abs=1e-3)
    assert sigma[0] == pytest.approx(constant, rel=1e-12)
    assert sigma.max() < fact("B003").number


def test_2019_noise_and_drift_grow_as_tabulated() -> None:
    # sqrt(ln) at 0, 1 h, 1 day, 30 days, 1 year and the drift factor of nu = 0.049
    device = pcm_2019()
    times = (0.0, 3600.0, 86400.0, 30 * 86400.0, 365 * 86400.0)
    growth, factor = (4.18, 4.77, 5.09, 5.41, 5.64), (1, 0.775, 0.664, 0.562, 0.497)
    full = np.array([device.g_max])
    for t, size, shrink in zip(times, growth, factor, strict=True):
        std = device.read_noise_std(full, full, t)[0] / (device.g_max * 0.0088)
        assert std == pytest.approx(size, abs=0.006)
        assert device.drift_factor(np.array([0.049]), t)[0] == pytest.approx(shrink, abs=6e-4)


@pytest.mark.parametrize(("devices", "printed"), [(1, "B013"), (2, "B014")])
def test_hermes_programming_noise_equals_the_published_formula(devices: int, printed: str) -> None:
    device = pcm_hermes(devices)
    g_rel = np.linspace(0.001, 1.0, 500)
    sigma = sum(ck * g_rel**k for k, ck in enumerate(fact(printed).numbers))
    np.testing.assert_allclose(device.programming_std(g_rel * device.g_max) * 1e6, sigma, rtol=1e-9)


@pytest.mark.parametrize(
    ("devices", "function", "printed"),
    [
        (1, "drift_exponent_mean", "B015"),
        (2, "drift_exponent_mean", "B015"),
        (1, "drift_exponent_std", "B016"),
        (2, "drift_exponent_std", "B017"),
        (1, "read_noise_factor", "B018"),
        (2, "read_noise_factor", "B019"),
    ],
)
def test_hermes_fits_equal_the_published_formulas(
    devices: int, function: str, printed: str
) -> None:
    device = pcm_hermes(devices)
    g_rel = np.linspace(0.001, 1.0, 500)
    fitted = getattr(device, function)(g_rel * device.g_max)
    np.testing.assert_allclose(fitted, _piecewise(printed, g_rel), rtol=1e-4)


def _piecewise(fact_id: str, g: np.ndarray) -> np.ndarray:
    """Evaluate ``g<T: clip(a ln g + b, lo, hi); else polynomial`` from the fact as printed."""
    text = fact(fact_id).value.replace("−", "-").replace(" ", "").replace("·", "")
    text = text.replace("ĝ", "g")
    head, tail = text.split("else")
    threshold = float(head.split("<")[1].split(":")[0].rstrip(","))
    inside = head.split("clip(")[1].split(")")[0]
    log_part, low, high = inside.split(",")
    slope, offset = log_part.split("lng")
    below = np.clip(float(slope) * np.log(g) + float(offset), float(low), float(high))
    above = np.zeros_like(g)
    for term in tail.strip(";: ").replace("-", "+-").split("+"):
        if term:
            power = {"g^3": 3, "g³": 3, "g^2": 2, "g²": 2}.get(term[term.find("g") :], 1)
            factor = float(term.split("g")[0])
            above = above + factor * g ** (power if "g" in term else 0)
    return np.where(g < threshold, below, above)


@pytest.mark.parametrize(("devices", "t_0", "g_max"), [(1, 200.0, "A061"), (2, 300.0, "A062")])
def test_hermes_range_and_first_read(devices: int, t_0: float, g_max: str) -> None:
    device = pcm_hermes(devices)
    assert device.t_0 in fact("B020").numbers
    assert device.t_0 == t_0
    assert device.t_read == pytest.approx(512e-9)
    assert device.g_max * 1e6 == pytest.approx(fact(g_max).number)


def test_strong_hermes_states_drift_less_than_those_of_2019() -> None:
    old, new = pcm_2019(), pcm_hermes(2)
    nu_old = old.drift_exponent_mean(np.array([old.g_max]))[0]
    nu_new = new.drift_exponent_mean(np.array([new.g_max]))[0]
    assert nu_new < 0.5 * nu_old
    assert nu_new == pytest.approx(0.0736 - 0.0126 - 0.0436, abs=1e-12)


def test_growth_of_noise_is_the_root_of_a_logarithm() -> None:
    device = pcm_hermes(1)
    g = np.array([5e-6])
    early, late = (device.read_noise_std(g, g, t)[0] for t in (0.0, 1e6))
    ratio = math.log((1e6 + 200 + 512e-9) / (2 * 512e-9)) / math.log((200 + 512e-9) / (2 * 512e-9))
    assert late / early == pytest.approx(math.sqrt(ratio), rel=1e-12)


def test_the_fit_of_2025_has_the_published_values() -> None:
    """B058: percent of full scale at six weights, and exact zeros below a threshold."""
    device = pcm_2025()
    c = fact("B058").numbers
    for w in (0.6, 10.0, 52.5, 52.6, 100.0, 180.0):
        one, two = (
            sum(coefficient * w**k for k, coefficient in enumerate(part))
            for part in (c[:4], c[4:8])
        )
        published = (one if w <= c[8] else two) / c[10]
        sigma = device.programming_std(np.array([w / c[10] * device.g_max]))[0] / device.g_max
        assert sigma == pytest.approx(published, rel=1e-9), w
    unprogrammed = device.program(np.full(100, 0.59 / 180 * device.g_max), 0)
    np.testing.assert_array_equal(unprogrammed.g_programmed, unprogrammed.g_target)


def test_the_fit_of_2025_warns_when_it_is_asked_for_a_later_time() -> None:
    state = pcm_2025().program(np.full(3, 1e-5), 0)
    np.testing.assert_array_equal(state.at(0.0), state.g_programmed)
    with pytest.warns(RangeWarning, match="age=1"):
        state.at(1.0)
    with pytest.raises(ValueError, match="g_max=0"):
        pcm_2025(0.0)


@pytest.mark.parametrize("device", [pcm_2019(), pcm_hermes(1), pcm_hermes(2)], ids=lambda d: d.name)
def test_a_model_says_how_long_it_holds(device) -> None:
    state = device.program(np.full(3, 0.5 * device.g_max), 0)
    state.at(device.t_fitted)  # ten years are quiet
    with pytest.warns(RangeWarning, match="extrapolation"):
        state.read_noise_std(2 * device.t_fitted)


def test_two_independent_fits_of_one_array_agree() -> None:
    """CrossSim's own quadratic through the same figure: within 1 % at full scale, 9 % at zero."""
    g = np.array([0.0, 25e-6])
    ours = 1e6 * pcm_2019().programming_std(g)
    other = np.polyval([-0.00178767, 0.07585724, 0.28638599], 1e6 * g)
    assert other[1] == pytest.approx(ours[1], rel=0.012)
    assert other[0] == pytest.approx(ours[0], rel=0.09)
