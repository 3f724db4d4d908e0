"""Reports: intervals over chips, the normalised accuracy, comparisons, and what is printed."""

import json

import numpy as np
import pytest

from aimc.published import fact
from aimc.recovery.evaluation import Report, compare, normalised_accuracy
from aimc.statistics import mean_interval

pytestmark = pytest.mark.torch

HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400.0


def made(values, chips=None, times=(HOUR, DAY), **changes) -> Report:
    array = np.asarray(values, dtype=float)
    given = {
        "measure": "accuracy",
        "floating_point": 0.9,
        "chance": 0.1,
        "model": "Net",
        "setting": {"test": "a", "rng": "0", "read noise": "momentary", "programming": "direct"},
    }
    numbers = tuple(range(len(array))) if chips is None else chips
    return Report(array, numbers, times, **{**given, **changes})


VALUES = np.array([[[0.80, 0.82], [0.70, 0.70]], [[0.84, 0.86], [0.75, 0.77]],
                   [[0.88, 0.90], [0.60, 0.62]]])  # fmt: skip


def test_intervals_are_over_chips_not_draws() -> None:
    report = made(VALUES)
    expected = mean_interval([0.81, 0.85, 0.89])
    assert report.interval("1 h").mean == pytest.approx(0.85)
    assert report.interval("1 h").half_width == pytest.approx(expected.half_width)
    assert report.interval(HOUR).n == 3
    assert [i.mean for i in report.interval()] == pytest.approx(list(report.mean()))
    assert report.mean("1 d") == pytest.approx(0.69)


def test_one_chip_has_no_interval() -> None:
    report = made(VALUES[:1])
    with pytest.raises(ValueError, match="at least 2"):
        report.interval("1 h")
    assert "(one chip)" in str(report)
    report.plot()


def test_unknown_times_are_named() -> None:
    with pytest.raises(ValueError, match="choose one of 1 h, 1 d"):
        made(VALUES).mean("1 y")


@pytest.mark.parametrize("identifier", ["C019", "C020"])
def test_a_star_of_the_paper(identifier: str) -> None:
    """The published errors of ResNet-32 give the published A*: 91.3, 90.7, 84.9 and so on."""
    printed = {"C019": (91.3, 90.7, 84.9), "C020": (98.6, 98.2, 96.7)}[identifier]
    for text in map(str, printed):
        assert text in fact(identifier).context
    errors = np.array(fact(identifier).numbers[1:])
    exact = fact("C018").number
    got = 100 * normalised_accuracy(errors, floating_point=exact, chance=90.0)
    # errors are means of 25 chips rounded to 0.01, A* to 0.1; the paper rounds means of ratios
    np.testing.assert_allclose(got, printed, atol=0.4)


def test_a_star_is_one_at_floating_point_and_zero_at_chance() -> None:
    np.testing.assert_allclose(normalised_accuracy([0.9, 0.1, 0.5], 0.9, 0.1), [1.0, 0.0, 0.5])
    # the same for errors as for accuracies
    np.testing.assert_allclose(normalised_accuracy([0.1, 0.9, 0.5], 0.1, 0.9), [1.0, 0.0, 0.5])
    with pytest.raises(ValueError, match="chance=0\\.5"):
        normalised_accuracy(0.4, 0.5, 0.5)


def test_a_star_of_a_report() -> None:
    report = made(VALUES)
    assert report.a_star("1 h").mean == pytest.approx((0.85 - 0.1) / 0.8)
    assert report.a_star("1 h", chance=0.5).mean == pytest.approx((0.85 - 0.5) / 0.4)
    assert len(report.a_star()) == 2
    with pytest.raises(ValueError, match="not known"):
        made(VALUES, chance=None).a_star("1 h")


def test_a_paired_difference_is_sharper_than_two_intervals() -> None:
    one, two = made(VALUES), made(VALUES - 0.01)
    found = compare(one, two)
    assert found.intervals[0].mean == pytest.approx(0.01)
    assert found.intervals[0].half_width < 1e-9 < one.interval("1 h").half_width
    assert found.certain == [True, True]
    assert one.compare(two).differences.shape == (3, 2)
    assert "+1 ± " in str(found)


def test_only_common_chips_are_paired() -> None:
    one = made(VALUES, chips=(1, 2, 3))
    two = made(VALUES[::-1], chips=(3, 2, 9))
    found = one.compare(two)
    assert found.chips == (2, 3)
    np.testing.assert_allclose(found.differences[:, 0], [0.0, 0.0], atol=1e-12)


@pytest.mark.parametrize(
    ("other", "match"),
    [
        ({"measure": "loss (nats)"}, "same quantity"),
        ({"times": (HOUR, YEAR)}, "same times"),
        ({"chips": (0, 8, 9)}, "at least 2"),
        ({"setting": {"test": "b", "rng": "0", "read noise": "momentary"}}, "differ in test"),
        ({"setting": {"test": "a", "rng": "1", "read noise": "momentary"}}, "differ in rng"),
        ({"setting": {"test": "a", "rng": "0", "read noise": "fresh"}}, "differ in read noise"),
    ],
)
def test_what_cannot_be_compared(other, match) -> None:
    with pytest.raises(ValueError, match=match):
        made(VALUES).compare(made(VALUES, **other))


def test_comparing_with_something_else() -> None:
    with pytest.raises(TypeError, match="second must be a Report"):
        compare(made(VALUES), 0.3)


def test_the_table_says_it_all() -> None:
    text = str(made(VALUES, notes=("conv1 is digital",), cost_text="energy 3 J"))
    for part in ("Net on 3 chips, 2 draws each", "1 h", "85.00 %", "floating point 90.00 %",
                 "chance 10.00 %", "A*", "Note: conv1 is digital", "energy 3 J",
                 "programming direct"):  # fmt: skip
        assert part in text
    assert "lowest chip" in text
    assert "highest chip" in str(made(VALUES, measure="loss (nats)"))


def test_a_dictionary_keeps_everything_but_the_cost() -> None:
    report = made(VALUES, notes=("a",), programming=({"pulses": 3.0},) * 3)
    again = Report.from_dict(json.loads(report.to_json()))
    np.testing.assert_array_equal(again.values, report.values)
    assert again.to_dict() == report.to_dict()
    assert str(again) == str(report)
    assert report.energy is None
    assert report.latency is None


def test_what_is_not_known_goes_to_json_and_back() -> None:
    unknown = ({"pulses": 3.0, "energy": np.nan},) * 3
    values = VALUES.copy()
    values[0, 0, 0] = np.nan
    report = made(values, floating_point=np.nan, programming=unknown)
    text = report.to_json()
    assert "NaN" not in text
    again = Report.from_dict(json.loads(text))
    np.testing.assert_array_equal(again.values, report.values)
    assert np.isnan(again.floating_point)
    assert np.isnan(again.programming[2]["energy"])
    assert again.to_json() == text


def test_the_figure_shows_mean_band_chips_and_floating_point() -> None:
    report = made(VALUES, times=(0.0, DAY))
    chart = report.chart()
    assert chart.x_scale == "log"
    assert chart.marks[0].x == (DAY,)  # time zero has no place on a logarithm
    figure = made(VALUES).plot()
    (axes,) = figure.axes
    assert axes.get_xscale() == "log"
    assert "95 % interval" in axes.get_legend_handles_labels()[1][0]
    chart = made(VALUES).chart()
    assert chart.marks[0].low[0] == pytest.approx(made(VALUES).interval("1 h").low)


def test_costs_add_up_over_times_and_are_means_over_chips() -> None:
    report = made(
        VALUES,
        programming=({"reads": 1.0}, {"reads": 2.0}, {"reads": 3.0}),
        compensation=(({"reads": 10.0}, {"reads": 20.0}),) * 3,
    )
    assert report.total("reads", "programming") == 2.0
    assert report.total("reads", "compensation") == 30.0
    assert report.total("pulses", "programming") == 0.0
    with pytest.raises(ValueError, match="of='both'"):
        report.total("reads", "both")
