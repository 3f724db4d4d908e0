r"""A Hopfield network in a core, whose search for a large cut lives on noise.

Each node takes the side that most of its neighbours have not, as far as it can tell,

.. math::

   v_i \leftarrow \operatorname{sign}\Bigl(-\sum_j J_{ij} v_j + \sigma\,\xi_i\Bigr),

and one read of the core tells all of them at once. Without noise no such step makes the cut smaller
if nodes move one at a time, so the search ends in the first cut that no single node can improve.
Noise lets it leave again :cite:p:`cai2020power`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from aimc import presets
from aimc.cores import Core
from aimc.statistics import Interval, share_interval
from aimc.validation import check_array, check_integer, check_number
from aimc_course.studies.optimisation.max_cut import check_adjacency, cut_size

__all__ = [
    "Annealing",
    "HopfieldNetwork",
    "NoiseSchedule",
    "averaged",
    "constant",
    "falling",
]


@dataclass(frozen=True, slots=True, eq=False)
class NoiseSchedule:
    """Noise that is added, and reads that are averaged, in each step.

    Attributes
    ----------
    noise : array of shape (steps,)
        Standard deviation of what is added to the field of each node, in units of an edge.
    reads : array of int, shape (steps,)
        Reads of the core per step. Their mean has less of the core's own noise.
    """

    noise: np.ndarray
    reads: np.ndarray

    def __post_init__(self) -> None:
        check_array("noise", self.noise, ndim=1, low=0.0)
        check_array("reads", self.reads, ndim=1, last=len(self.noise), low=1)

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.noise)


def _once(noise: np.ndarray) -> NoiseSchedule:
    return NoiseSchedule(noise, np.ones(len(noise), dtype=int))


def constant(noise: float, steps: int) -> NoiseSchedule:
    """Return a schedule of the same noise throughout; zero leaves only what the core has."""
    check_number("noise", noise, low=0.0)
    check_integer("steps", steps, low=1)
    return _once(np.full(steps, float(noise)))


def falling(noise: float, steps: int) -> NoiseSchedule:
    """Return a schedule of noise that falls in a straight line to zero."""
    check_number("noise", noise, low=0.0)
    check_integer("steps", steps, low=1)
    return _once(np.linspace(float(noise), 0.0, steps))


def averaged(most: int, steps: int) -> NoiseSchedule:
    """Return a schedule without added noise whose reads grow, by equal factors, from 1 to ``most``.

    It lets the noise of the core itself fall by the square root of ``most``.
    """
    check_integer("most", most, low=1)
    check_integer("steps", steps, low=1)
    reads = np.rint(np.geomspace(1, most, steps)).astype(int)
    return NoiseSchedule(np.zeros(steps), reads)


@dataclass(frozen=True, slots=True, eq=False)
class Annealing:
    """What became of each run.

    Attributes
    ----------
    cuts : array of shape (steps + 1, runs)
        Edges cut at the start and after each step.
    sides : array of shape (runs, nodes)
        The last cuts.
    """

    cuts: np.ndarray = field(repr=False)
    sides: np.ndarray = field(repr=False)

    @property
    def best(self) -> np.ndarray:
        """Largest cut that a run has passed, shape (runs,); a digital unit has to remember it."""
        return np.asarray(self.cuts.max(axis=0))

    @property
    def final(self) -> np.ndarray:
        """Cut at the end, shape (runs,)."""
        return np.asarray(self.cuts[-1])

    def passed(self, target: float) -> Interval:
        """Return the share of the runs that have passed a cut of ``target``, with its interval."""
        return share_interval(int(np.sum(self.best >= target)), self.cuts.shape[1])

    def ended(self, target: float) -> Interval:
        """Return the share of the runs that end at a cut of ``target``, with its interval."""
        return share_interval(int(np.sum(self.final >= target)), self.cuts.shape[1])


class HopfieldNetwork:
    """A graph in a core, and the loop around it.

    Parameters
    ----------
    adjacency : array of shape (nodes, nodes)
        Graph: symmetric, zeros on the diagonal.
    core : Core, optional
        Where it goes; an ideal one by default.
    w_max : float, optional
        Edge that would be a fully SET cell, at least the largest. A larger one makes conductances
        small and both their noise and their errors large, in units of an edge.
    share : float
        Probability, above 0 and at most 1, that a node moves in a step. If all moved at once, two
        neighbours could change sides for ever.

    Raises
    ------
    ValueError
        If the graph is not symmetric, does not fit the core, or a number is out of range.
    """

    def __init__(
        self,
        adjacency: np.ndarray,
        core: Core | None = None,
        *,
        w_max: float | None = None,
        share: float = 0.1,
    ) -> None:
        check_adjacency("adjacency", adjacency)
        self.adjacency = np.asarray(adjacency, dtype=float)
        self.share = check_number("share", share, low=0.0, high=1.0, open_low=True)
        nodes = len(adjacency)
        holder = presets.ideal(nodes, nodes) if core is None else core
        self.core = holder.program(self.adjacency, w_max)

    def fields(self, sides: np.ndarray, reads: int = 1) -> np.ndarray:
        """Return the field on each node, minus the sum of its neighbours, by ``reads`` reads.

        Shape (runs, nodes), in units of an edge. The reads are spread over the read-out of the
        core, so that each meets the fast part of its read noise anew.
        """
        total = sum(np.asarray(self.core.forward(sides)) for _ in range(reads))
        # Ties stay ties on every processor, whatever its last digits are.
        return np.asarray(np.round(-np.asarray(total) / reads, 10))

    def run(self, schedule: NoiseSchedule, runs: int, rng: np.random.Generator) -> Annealing:
        """Search from random cuts, several times at once.

        Parameters
        ----------
        schedule : NoiseSchedule
            Noise and reads of each step.
        runs : int
            Number of searches.
        rng : numpy.random.Generator
            Source of the starts, of who moves, and of the added noise; the core draws its own.
        """
        check_integer("runs", runs, low=2)
        sides = rng.choice(np.array([-1.0, 1.0]), size=(runs, len(self.adjacency)))
        cuts = [cut_size(self.adjacency, sides)]
        for noise, reads in zip(schedule.noise, schedule.reads, strict=True):
            pull = self.fields(sides, int(reads))
            if noise:
                pull = pull + noise * rng.standard_normal(pull.shape)
            # A node without a pull stays; on an exact core ties are common.
            wanted = np.where(pull == 0, sides, np.sign(pull))
            sides = np.where(rng.random(sides.shape) < self.share, wanted, sides)
            cuts.append(cut_size(self.adjacency, sides))
        return Annealing(np.array(cuts), sides)
