r"""The score: what a team's designs gain over a reference, in accuracy, energy and area at once.

A design becomes a point of three gains, each zero at the reference point,

.. math::

   g_A = \frac{A - A_\text{ref}}{A_\text{top} - A_\text{ref}}, \qquad
   g_E = 1 - \frac{E}{E_\text{ref}}, \qquad
   g_S = 1 - \frac{S}{S_\text{ref}},

with the accuracy :math:`A` at the worse of two times, the energy per image :math:`E` and the area
:math:`S`. The score is 1,000 times the hypervolume of a team's points, rounded to a tenth. It is
made of whole numbers of correct images and of energies and areas rounded to four digits, so the
same files have the same score on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aimc.units import MICRO, MM2
from aimc_course.capstone.evaluation import Evaluation
from aimc_course.capstone.volume import front, hypervolume

__all__ = ["REFERENCE", "Reference", "gains", "gains_of", "on_front", "score"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Where each gain is zero, and where that of the accuracy is one."""

    accuracy: float = 0.80
    """Accuracy of no gain, 0 to 1."""
    top: float = 0.90
    """Accuracy of a gain of one: about that of the network in floating point."""
    energy: float = 20 * MICRO
    """Energy of no gain, J per image."""
    area: float = 8 * MM2
    """Area of no gain, m^2."""


REFERENCE = Reference()
"""That of the competition."""


def gains_of(
    accuracy: float, energy: float, area: float, reference: Reference = REFERENCE
) -> tuple[float, float, float]:
    """Return the three gains of an accuracy (0 to 1), an energy (J) and an area (m^2).

    A gain is not above one for the energy and the area; below zero the design adds nothing.
    """
    return (
        (accuracy - reference.accuracy) / (reference.top - reference.accuracy),
        1.0 - energy / reference.energy,
        1.0 - area / reference.area,
    )


def gains(found: Evaluation, reference: Reference = REFERENCE) -> tuple[float, float, float]:
    """Return the gains of a design in accuracy, energy and area."""
    return gains_of(found.accuracy, found.price.energy, found.price.area, reference)


def score(found: Sequence[Evaluation], reference: Reference = REFERENCE) -> float:
    """Return the score of a team's designs: 1,000 times their hypervolume, to a tenth."""
    return round(1000 * hypervolume(gains(each, reference) for each in found), 1)


def on_front(found: Sequence[Evaluation], reference: Reference = REFERENCE) -> list[int]:
    """Return the places of the designs that no other of the team is better than everywhere."""
    points = [gains(each, reference) for each in found]
    return [place for place in front(points) if min(points[place]) > 0]
