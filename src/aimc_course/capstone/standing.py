"""Teams on the same chips: their designs evaluated, scored and ranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aimc_course.capstone.design import Design
from aimc_course.capstone.evaluation import IMAGES, Evaluation, evaluate
from aimc_course.capstone.pricing import DesignRefusedError
from aimc_course.capstone.scoring import on_front, score
from aimc_course.capstone.submissions import Team

__all__ = ["Standing", "ranked"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A team with its score."""

    team: Team
    found: tuple[Evaluation, ...]
    """Designs that keep to the limits."""
    refused: tuple[tuple[str, str], ...]
    """Names of the others, and why."""
    score: float
    """1,000 times the hypervolume of the designs."""
    front: tuple[int, ...]
    """Places in `found` of the designs that count."""


def ranked(
    teams: Sequence[Team],
    serials: Sequence[int],
    *,
    count: int = IMAGES,
    told: Callable[[], None] = lambda: None,
) -> list[Standing]:
    """Return the standings, the best first; teams of one score in the order of their names.

    Parameters
    ----------
    teams : sequence of ``Team``
        What was handed in. Designs that differ in their names alone are evaluated once.
    serials : sequence of int
        Serial numbers of the chips.
    count : int
        Test images.
    told : callable
        Called after each design, for a progress bar.
    """
    known: dict[str, Evaluation | str] = {}
    standings = []
    for team in teams:
        found, refused = [], []
        for design in team.designs:
            key = _key(design)
            if key not in known:
                try:
                    known[key] = evaluate(design, serials, count=count)
                except DesignRefusedError as error:
                    known[key] = str(error)
            result = known[key]
            if isinstance(result, str):
                refused.append((design.name, result))
            else:
                found.append(_named(result, design))
            told()
        standings.append(
            Standing(team, tuple(found), tuple(refused), score(found), tuple(on_front(found)))
        )
    return sorted(standings, key=lambda each: (-each.score, each.team.name))


def _key(design: Design) -> str:
    return design.as_toml().split("\n", 1)[1]


def _named(found: Evaluation, design: Design) -> Evaluation:
    return Evaluation(design, found.price, found.serials, found.images, found.correct)
