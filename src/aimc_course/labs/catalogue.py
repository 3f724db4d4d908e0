"""All labs of the course, and how a notebook begins one."""

from __future__ import annotations

from aimc.validation import check_choice, check_serial
from aimc_course.checks.lab import Lab
from aimc_course.checks.questions import LabDefinition
from aimc_course.labs.lab01 import LAB as LAB_1
from aimc_course.labs.lab02 import LAB as LAB_2
from aimc_course.labs.lab03 import LAB as LAB_3
from aimc_course.labs.lab04 import LAB as LAB_4
from aimc_course.labs.lab05 import LAB as LAB_5
from aimc_course.labs.lab06 import LAB as LAB_6

__all__ = ["LABS", "start"]

LABS: tuple[LabDefinition, ...] = (LAB_1, LAB_2, LAB_3, LAB_4, LAB_5, LAB_6)
"""All labs of the course, in order."""


def start(lab: str, *, serial: int) -> Lab:
    """Begin a lab with your own chip.

    Parameters
    ----------
    lab : str
        ``"lab-1"`` or the name of its notebook, ``"01-build-a-crossbar"``.
    serial : int
        Serial number of your chip; everything in the lab that is random follows from it.
    """
    names = {name: known for known in LABS for name in (known.name, known.slug)}
    return Lab(names[check_choice("lab", lab, tuple(names))], check_serial("serial", serial))
