"""Warnings of many chips become few sentences that still name the worst layers."""

import warnings

import pytest

from aimc.recovery.evaluation.messages import summarised
from aimc.validation import RangeWarning

pytestmark = pytest.mark.torch


def warning(*clipped, category="RangeWarning", text="words"):
    return {"category": category, "text": text, "clipped": clipped}


ONE = warning(("inputs", "a", 0.025))
MANY = warning(
    *(("inputs", n, s) for n, s in (("a", 0.015), ("b", 0.09), ("c", 0.04), ("d", 0.03)))
)


def test_layers_are_gathered_and_the_worst_named() -> None:
    (note,) = summarised([[ONE], [MANY], []])
    assert note.startswith("inputs were clipped on 2 of 3 chips: up to 9 % in layer 'b'")
    assert "up to 4 % in layer 'c', up to 3 % in layer 'd' and less in 1 more" in note


def test_inputs_and_currents_are_told_apart() -> None:
    notes = summarised([[ONE, warning(("bit-line currents", "a", 0.02))]])
    assert [note.split(" were")[0] for note in notes] == ["inputs", "bit-line currents"]


def test_other_warnings_come_once_for_each_kind() -> None:
    given = [warning(category="UserWarning", text=f"after {t} s") for t in ("3.5", "4")]
    notes = summarised([given] * 2)
    assert notes == ["UserWarning on 2 of 2 chips: after 3.5 s"]
    assert summarised([[], []]) == []


def test_what_is_clipped_outside_a_layer_is_told_in_its_own_words() -> None:
    """A compensation reads cores by themselves, in no forward of a layer."""
    one_chip = pytest.importorskip("aimc.recovery.evaluation.one_chip")
    with one_chip.recorded() as messages:
        warnings.warn(RangeWarning("9% of the inputs", share=0.09, what="inputs"), stacklevel=1)
        warnings.warn(RangeWarning("", share=0.5, what="inputs", layer="a"), stacklevel=1)
    clipped, words = sorted(summarised([messages]), key=len, reverse=True)
    assert words == "RangeWarning on 1 of 1 chips: 9% of the inputs"
    assert "up to 50 % in layer 'a'" in clipped
