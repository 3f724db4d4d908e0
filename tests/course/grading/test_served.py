"""Stand-ins inside the sandbox do what the objects do that they stand for."""

import numpy as np
import pytest

from aimc_answers.learning import lent
from aimc_course.grading.judging import _use
from aimc_course.grading.worker.protocol import Border
from aimc_course.grading.worker.served import MOST_WAITING, stand_in_for
from aimc_course.labs.devices.own_lot import DEVICES

SEED = 5


def stand_in(array):
    """Return a stand-in for an array, and the messages that it sends."""
    sent = []

    def use(method, *arguments):
        sent.append(method)
        there = Border().decode(Border().encode(list(arguments)))
        return Border().decode(Border().encode(_use(array, method, there)))

    return stand_in_for("learning_array", use, 7), sent


def worked(array):
    """Let an array work, and return everything that it shows."""
    counts, shown = np.ones(DEVICES), [array.step, len(array)]
    for k in range(4):
        array.pulse(1)
        array.pulse(counts)
        array.send(np.full(DEVICES, 0.1 * k))
        shown.append(array.read())
        counts *= -1
    array.pulse([2] * DEVICES)
    return [*shown, array.pulses, array.read()]


def test_a_learning_array_is_what_it_stands_for():
    far, sent = stand_in(lent(SEED)[0])
    for one, other in zip(worked(far), worked(lent(SEED)[0]), strict=True):
        np.testing.assert_array_equal(one, other)
    assert sent.count("read") <= 6  # pulses before a read travel with it


def test_pulses_that_wait_for_a_read_in_vain_are_sent_in_the_end():
    array = lent(SEED)[0]
    far, _ = stand_in(array)
    for _ in range(MOST_WAITING):
        far.pulse(1)
    assert np.all(array.pulses == MOST_WAITING)


@pytest.mark.parametrize("method", ["zero", "seen", "pulse", "send", "held", "_w", "__class__"])
def test_nothing_else_of_an_array_is_served(method):
    with pytest.raises(AttributeError):
        _use(lent(SEED)[0], method, [])


@pytest.mark.parametrize("before", [[("held", 3)], [("read", [])], [("pulse", 0.5)], [3]])
def test_nothing_but_pulses_goes_before_a_read(before):
    with pytest.raises((KeyError, ValueError, TypeError)):
        _use(lent(SEED)[0], "read", [before])
