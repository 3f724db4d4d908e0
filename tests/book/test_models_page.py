"""The page of models has a row for each device that a core can hold; each preset has a name."""

import inspect
import re
import typing
from pathlib import Path

import pytest

from aimc import devices, presets

PAGE = Path(__file__).parents[2] / "book" / "models.md"
ROW = re.compile(r"^\* - \*\*.+?\*\*: `([\w.]+)", re.MULTILINE)


def rows() -> set[str]:
    """Return the words of code in the heads of the rows: functions, classes, modules."""
    return {
        word for code in ROW.findall(PAGE.read_text(encoding="utf-8")) for word in code.split(".")
    }


def is_device(made: object) -> bool:
    return inspect.isclass(made) and all(hasattr(made, name) for name in ("g_max", "program"))


def made_by(name: str) -> object:
    """Return the class of device that a public name is, or that its function returns."""
    public = getattr(devices, name)
    if inspect.isfunction(public):
        return typing.get_type_hints(public).get("return")
    return public


DEVICES = [name for name in devices.__all__ if is_device(made_by(name)) and name != "Device"]


@pytest.mark.parametrize("name", DEVICES)
def test_every_device_has_its_row(name: str) -> None:
    known = {name, getattr(made_by(name), "__name__", name)}
    if inspect.isclass(getattr(devices, name)):  # which what makes it may stand for
        known |= {other for other in DEVICES if made_by(other) is made_by(name)}
    assert known & rows(), f"{PAGE.name}: no row begins with `{name}`"


@pytest.mark.parametrize("name", presets.__all__)
def test_the_devices_of_every_preset_have_their_row(name: str) -> None:
    known = (devices.IdealDevice(), devices.pcm_2019(), *map(devices.pcm_hermes, (1, 2)))
    device = getattr(presets, name)().device
    assert device.name in {each.name for each in known} or name in rows(), device.name


@pytest.mark.parametrize("name", presets.__all__)
def test_every_preset_has_a_name(name: str) -> None:
    preset = getattr(presets, name)
    assert preset in presets.NAMED.values(), f"{name} is missing in NAMED of presets.py"
    said = inspect.getdoc(preset) or ""
    grounds = "cite" in said or "assumed" in said.lower() or name == "ideal"
    assert grounds, f"{name} names no paper, and does not say that it is assumed"
