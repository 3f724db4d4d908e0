"""Published curves: they load, name their sources, and agree with what stands elsewhere."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from aimc import published
from aimc.published import Curve, UnknownFactError, curve, curves, fact, facts, reference

ALL = curves()
CHIP_CURVES = [c for c in ALL if c.id.startswith("kernels-") and "accuracy" in c.id]


def test_a_dozen_measurements_and_more_are_kept_apart_from_fits():
    assert sum(c.kind == "measured" for c in ALL) >= 12
    assert {c.kind for c in ALL} <= set(published.KINDS)
    assert curve("hermes-weight-error").kind == "fit"


@pytest.mark.parametrize("one", ALL, ids=lambda c: c.id)
def test_each_curve_says_where_it_comes_from_and_how_it_was_got(one: Curve):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", one.id)
    assert all((one.what, one.how, one.locator, one.licence))
    for key in one.source:
        assert reference(key)
    assert one.confidence in published.CONFIDENCES
    read = one.how == "read off from a figure"
    errors = [c.error or c.relative_error for c in one.columns.values()]
    # A point that was read off has an error of reading, unless its axis carries names or times.
    assert any(errors) == read or one.id == "factoriser-noise"
    for column in one.columns.values():
        assert column.what
        assert sum(math.isnan(x) for x in column.values) <= 1


def test_names_are_helped_with():
    with pytest.raises(UnknownFactError, match="programming-spread-2019"):
        curve("programming-spread")
    with pytest.raises(KeyError, match="g_relative"):
        curve("programming-spread-2019")["g"]


@pytest.mark.parametrize("one", CHIP_CURVES, ids=lambda c: c.id)
def test_the_last_point_of_a_kernel_is_the_printed_accuracy(one: Curve):
    kernel = "RBF" if "-rbf-" in one.id else "arc-cosine"
    data_set = one.id.rpartition("-accuracy-")[2]
    (printed,) = (
        f
        for f in facts("E")
        if f.quantity.startswith(f"kernel approximation on {data_set}, {kernel}")
    )
    assert (one["fp32"][-1], one["chip"][-1]) == printed.numbers


NETWORKS = (18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48)  # facts C018, C021 and so on


@pytest.mark.parametrize(("kind", "offset"), [("direct", 1), ("trained", 2)])
def test_the_eleven_networks_are_those_of_the_facts(kind, offset):
    table = curve(f"eleven-networks-{kind}")
    for k, first in enumerate(NETWORKS):
        times = [table[t][k] for t in ("1 s", "1 h", "1 day", "1 year")]
        assert tuple(times) == fact(f"C{first + offset:03d}").numbers, table.rows[k]
        assert table["fp32"][k] in fact(f"C{first:03d}").numbers


def test_the_energies_of_the_chip_are_those_of_the_facts():
    table = curve("hermes-energy")
    rows = {"energy": ("A037", "A038", "A043", "A048"), "latency": ("A029", "A030", "A044", "A049")}
    for column, names in rows.items():
        assert table[column] == tuple(x for name in names for x in fact(name).numbers)


def test_diameters_of_grains_follow_from_their_areas():
    grains = curve("grain-size-by-ramp")
    diameters = 2 * np.sqrt(np.array(grains["area"]) / np.pi)
    np.testing.assert_allclose(diameters, grains["diameter"], atol=0.06)


def test_readings_agree_with_what_the_paper_prints_about_them():
    spread = np.array(curve("programming-spread-2019")["spread"])
    assert spread.max() < 1.2  # "less than 1.2 µS" for all levels
    assert np.median(spread[-11:]) == pytest.approx(0.94, abs=0.01)  # printed for eleven levels
    eight = curve("drift-of-eight-devices")
    first, last = (np.array([eight[f"device {k}"][end] for k in range(1, 9)]) for end in (0, -1))
    exponents = -np.log(last / first) / np.log(eight["t"][-1] / eight["t"][0])
    assert exponents.mean() == pytest.approx(fact("B008").number, abs=0.002)
