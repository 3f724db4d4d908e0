"""Warnings of many chips become few sentences that still name the worst layers."""

import pytest

from aimc.recovery.evaluation.messages import summarised

pytestmark = pytest.mark.torch

CLIPPED = "{}% of the inputs lie beyond input_range=0.5 and were clipped"
ONE = f"layer 'a', core 3: {CLIPPED.format(2.5)}; calibrate the range"
MANY = "4 layers warn:\n  " + "\n  ".join(
    f"layer {name!r}, cores 1-3, 7: up to {CLIPPED.format(share)}"
    for name, share in (("a", 1.5), ("b", 9.0), ("c", 4.0), ("d", 3.0))
)


def test_layers_are_gathered_and_the_worst_named() -> None:
    (note,) = summarised([[("RangeWarning", ONE)], [("RangeWarning", MANY)], []])
    assert note.startswith("inputs were clipped on 2 of 3 chips: up to 9 % in layer 'b'")
    assert "up to 4 % in layer 'c', up to 3 % in layer 'd' and less in 1 more" in note


def test_inputs_and_currents_are_told_apart() -> None:
    currents = ONE.replace("inputs", "bit-line currents")
    notes = summarised([[("RangeWarning", ONE), ("RangeWarning", currents)]])
    assert [note.split(" were")[0] for note in notes] == ["inputs", "bit-line currents"]


def test_other_warnings_come_once_for_each_kind() -> None:
    notes = summarised([[("UserWarning", "after 3.5 s"), ("UserWarning", "after 4 s")]] * 2)
    assert notes == ["UserWarning on 2 of 2 chips: after 3.5 s"]
    assert summarised([[], []]) == []
