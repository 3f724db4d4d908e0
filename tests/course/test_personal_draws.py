"""What follows from a serial number is another for every student, part by part."""

import importlib
import inspect

import numpy as np
import pytest

from aimc_answers.catalogue import LABS
from aimc_answers.checks.judges import FunctionOnInputs, FunctionScored
from aimc_answers.checks.weighted import Weighted
from aimc_course.labs.catalogue import folders
from aimc_course.labs.devices import own_chip, own_devices
from aimc_course.labs.devices.own_chip import Lot, OwnChip, lot_of
from aimc_course.labs.devices.own_devices import OwnDevices, own_model

SERIALS = range(1, 7)
# parts that all students share: the times of the reads
SHARED = {("lab03", "practice"): {0}, ("lab08", "log"): {0}}


def parts_of(drawn):
    """Return a draw as a list of arrays; an empty list for what is no numbers."""
    parts = [np.asarray(part) for part in (drawn if isinstance(drawn, tuple) else (drawn,))]
    return parts if all(part.dtype.kind in "fiub" for part in parts) else []


def draws():
    """Find what the labs draw: functions beside the given numbers that take a serial number."""
    for lab, folder in folders().items():
        module = importlib.import_module(f"aimc_course.labs.{folder}.given")
        for name, function in inspect.getmembers(module, callable):
            if getattr(function, "__module__", "") != module.__name__ or name.startswith("_"):
                continue
            needed = [
                p.name
                for p in inspect.signature(function).parameters.values()
                if p.default is p.empty
            ]
            if needed == ["serial"] and parts_of(function(SERIALS[0])):
                yield pytest.param(function, SHARED.get((folder, name), set()), id=f"{lab} {name}")


@pytest.mark.parametrize(("draw", "shared"), list(draws()))
def test_personal_draws_differ_between_serials(draw, shared):
    students = [parts_of(draw(serial)) for serial in SERIALS]
    for k, parts in enumerate(zip(*students, strict=True)):
        different = {part.tobytes() for part in parts}
        # Of a few whole numbers, two students may have the same ones.
        least = len(SERIALS) if parts[0].dtype.kind == "f" else 2
        assert (len(different) == 1) if k in shared else (len(different) >= least), k


def test_every_lab_gives_its_students_draws_of_their_own():
    found = {parameter.id for parameter in draws()}
    assert found >= {f"{lab.name} {given.__name__}" for lab in LABS for given in lab.given.values()}


def flat(arguments):
    """Return a set of arguments as bytes."""
    return b"".join(np.asarray(argument, dtype=float).tobytes() for argument in arguments)


def judges():
    """Find the judges that call a function; of a weighted one, that of the first part."""
    for lab in LABS:
        for question in lab.questions:
            judge = question.judge
            judge = judge.main if isinstance(judge, Weighted) else judge
            if isinstance(judge, FunctionOnInputs | FunctionScored):
                yield pytest.param(judge, id=f"{lab.name} {question.id}")


@pytest.mark.parametrize("judge", list(judges()))
def test_functions_are_tried_on_inputs_of_ones_own(judge):
    def inputs(serial):
        cases = judge.cases(serial)
        drawn = [getattr(case, "arguments", case) for case in cases]
        # a function that is lent is another object each time; numbers beside it are drawn, too
        return {flat(tuple(a for a in arguments if not callable(a))) for arguments in drawn}

    assert inputs(1) == inputs(1)
    assert inputs(1) != inputs(2)


@pytest.mark.parametrize("lot", [lot_of, own_model])
def test_lots_differ_between_serials(lot):
    first, second = lot(1), lot(2)
    names = ("programming", "noise", "drift", "stuck", "i_half", "width", "i_half_spread")
    known = [name for name in names if hasattr(first, name)]
    assert len(known) >= 3
    for name in known:
        assert getattr(first, name) != getattr(second, name), name


def test_devices_of_one_lot_differ_between_serials(monkeypatch):
    # With the lots alike, what is left comes from the devices and from what is done to them.
    monkeypatch.setattr(own_chip, "lot_of", lambda serial: Lot(1.0, 1.0, 0.01, 0.005))
    model = own_model(1)
    monkeypatch.setattr(own_devices, "own_model", lambda serial: model)

    def on_chip(serial):
        return OwnChip(serial).program(10e-6).read(0.0)

    def after_set(serial):
        devices = OwnDevices(serial)
        devices.set()
        return devices.truth

    for look in (on_chip, after_set):
        np.testing.assert_array_equal(look(1), look(1))
        assert np.mean(look(1) == look(2)) < 0.05
