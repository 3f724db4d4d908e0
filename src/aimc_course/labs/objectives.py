"""What each lab teaches, and the questions that show whether it was learned."""

from __future__ import annotations

import tomllib
from pathlib import Path

from aimc.validation import check_choice

__all__ = ["has_objectives", "objectives"]

FILE = Path(__file__).with_name("objectives.toml")


def objectives(lab: str) -> dict[str, tuple[str, ...]]:
    """Return the objectives of a lab, in order, each with the names of its questions.

    Parameters
    ----------
    lab : str
        Name of the lab.

    Raises
    ------
    ValueError
        If the lab is not known.

    Examples
    --------
    >>> list(objectives("lab-1").values())[0]
    ('q1', 'q2')
    """
    known = _known()
    found = known[check_choice("lab", lab, tuple(known))]
    return {objective: tuple(questions) for objective, questions in found.items()}


def has_objectives(lab: str) -> bool:
    """Return whether objectives are written for a lab; those of a teacher may have none."""
    return lab in _known()


def _known() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
