"""Tables as data."""

import pytest

from aimc.plots import Table


def test_numbers_are_formatted_with_a_true_minus():
    table = Table(["name", "ν", "n"], [["a", -0.05, 1200], ["b", 0.031, 7]], ["", ".3f", ",d"])
    assert table.rows == (("a", "−0.050", "1,200"), ("b", "0.031", "7"))
    assert table.numeric == (False, True, True)


def test_hyphens_before_numbers_are_minus_signs_in_text_too():
    cells = ["-0.1 ± 0.2", "from 1 to -3", "4-phase", "$10^{-3}$", "A002-A049", "2e-10", "-"]
    shown = ("−0.1 ± 0.2", "from 1 to −3", "4-phase", "$10^{-3}$", "A002-A049", "2e-10", "–")
    assert Table(["a"], [[cell] for cell in cells]).rows == tuple((cell,) for cell in shown)


def test_numeric_columns_are_told_by_their_text():
    table = Table(["a", "b", "c"], [["$-3.1$", "≈ 20 %", "2D"], ["–", "< 5", "fast"]])
    assert table.numeric == (True, True, False)


def test_bundle_for_notebooks_and_for_the_book():
    table = Table(["a < b", "n"], [["x & y", "1"]])
    bundle = table._repr_mimebundle_()
    assert bundle["application/vnd.aimc.table+json"] == {
        "header": ["a < b", "n"],
        "rows": [["x & y", "1"]],
        "numeric": [False, True],
    }
    assert "a &lt; b" in bundle["text/html"]
    assert "x &amp; y" in bundle["text/html"]
    assert bundle["text/plain"] == "a < b  n\nx & y  1"


def test_bad_tables_are_refused():
    with pytest.raises(ValueError, match="nothing to show"):
        Table([], [])
    with pytest.raises(ValueError, match=r"rows\[1\] has 1"):
        Table(["a", "b"], [["1", "2"], ["3"]])
    with pytest.raises(ValueError, match="formats has 1"):
        Table(["a", "b"], [["1", "2"]], [".1f"])
    with pytest.raises(TypeError, match=r"1\.5"):
        Table(["a"], [[1.5]])
