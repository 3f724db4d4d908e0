"""The labs of the course, found by their folders, and how a notebook begins one."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimc.validation import check_choice, check_serial
from aimc_course.checks.lab import Lab
from aimc_course.checks.question import LabDefinition

__all__ = ["LABS", "find", "folders", "start"]

if TYPE_CHECKING:
    LABS: tuple[LabDefinition, ...]
    """All labs of the course, in order; all of them are loaded when this is asked for."""

FOLDER = re.compile(r"lab(\d\d)")
_begun: dict[str, Lab] = {}
"""The latest run of each lab: a first cell that runs again says what it does to the points."""
NAMES = re.compile(r"lab-(\d+)|(\d\d)-.+")


def folders() -> dict[str, str]:
    """Return the folder of each lab by its name: ``{"lab-1": "lab01", ...}``."""
    found = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    matches = [(name, match) for name in found if (match := FOLDER.fullmatch(name))]
    return {f"lab-{int(match[1])}": name for name, match in matches}


def find(lab: str) -> LabDefinition:
    """Return the definition of one lab; no other lab is imported."""
    known, match = folders(), NAMES.fullmatch(lab) if isinstance(lab, str) else None
    name = f"lab-{int(match[1] or match[2])}" if match else lab
    folder = known[check_choice("lab", lab if name not in known else name, tuple(known))]
    definition = _load(folder)
    check_choice("lab", lab, (definition.name, definition.slug))
    return definition


def start(lab: str, *, serial: int) -> Lab:
    """Begin a lab with your own chip.

    Parameters
    ----------
    lab : str
        ``"lab-1"`` or the name of its notebook, ``"01-build-a-crossbar"``.
    serial : int
        Serial number of your chip; everything in the lab that is random follows from it.

    Returns
    -------
    Lab
        With no points yet. Where the same lab had been started before, its table says what became
        of the points.
    """
    definition = find(lab)
    begun = Lab(definition, check_serial("serial", serial), _begun.get(definition.name))
    _begun[definition.name] = begun
    return begun


def _load(folder: str) -> LabDefinition:
    package = importlib.import_module(f"{__package__}.{folder}")
    if hasattr(package, "LAB"):
        found: LabDefinition = package.LAB
        return found
    module = importlib.import_module(f"{package.__name__}.questions")
    loaded: LabDefinition = module.LAB
    return loaded


def __getattr__(name: str) -> Any:
    if name == "LABS":
        return tuple(_load(folder) for folder in folders().values())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
