"""Judges of functions that take a function: refinements, and a product that fills its range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc_answers.checks.judges import (
    NOTHING,
    Finding,
    FunctionScored,
    Judge,
    call,
    no_function,
)
from aimc_answers.checks.keys import hidden_seed
from aimc_answers.checks.weighted import Weighted
from aimc_course.checks.diagnosis import as_numbers, is_blank, precision

__all__ = ["SolvesOnMachine", "fills_the_range", "refines"]

Cases = list[tuple[Any, ...]]
Product = Callable[[np.ndarray], np.ndarray]
Residual = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
STEPS, FEW = 30, 10  # that are asked for, and that are compared with those of a broken machine
TURN = 10  # a machine breaks after that share of the products that an intact one was asked for
GOAL = 2e-15  # of the last residual
FIRST = slice(1, 3)  # iterates that come before a machine breaks
SAME = 1e-9  # relative difference of iterates that know nothing of whose products they have
SINGLE = 1e-5  # residuals below are out of reach of a loop that does not refine at all


def _tried(
    cases: Callable[[int], Sequence[tuple[Any, ...]]], score: Callable[..., Finding]
) -> Judge:
    scored = FunctionScored(cases, score)
    return lambda answer, serial: scored(answer, serial)


def _stalled(left: float, otherwise: str) -> str:
    """Say why a residual goes no further: for want of digits, or for another reason."""
    if left > SINGLE:
        return f"it stalls at {left:.0e}: {otherwise}"
    return (
        f"it stalls at {left:.0e}, for want of precision: "
        "keep x and the residual in double precision, np.float64"
    )


def refines(residual: Residual) -> Judge:
    """Return a judge of ``refine(matrix, b, solve, steps)``, with solvers wrong by some per cent.

    Parameters
    ----------
    residual : callable
        The relative residual of a matrix, a solution and a right-hand side.
    """

    def cases(serial: int) -> Cases:
        rng, drawn = np.random.default_rng([serial, 0x501]), []
        for n in (5, 12):
            matrix = np.eye(n) + 0.1 * rng.uniform(-1.0, 1.0, (n, n))
            wrong = np.linalg.inv(matrix + rng.uniform(-0.04, 0.04, (n, n)))
            senseless = rng.normal(0.0, n**-0.5, (n, n))
            b = rng.uniform(-1.0, 1.0, n)
            drawn.append((matrix, b, _Lent(_product(wrong)), 30))
        # the last of them is wrong in another way, and breaks on the way: then nobody arrives who
        # depends on it
        other = np.linalg.inv(matrix + rng.uniform(-0.04, 0.04, (n, n)))
        broken = _Lent(_product(other), _product(senseless), 3, drawn[-1][2])
        return [*drawn, (matrix, b, broken, 30)]

    def score(got: np.ndarray, matrix: np.ndarray, b: np.ndarray, lent: Any, steps: int) -> Finding:
        shape = (steps + 1, len(b))
        if got.shape != shape:
            told = f"expected all iterates, zero first: shape {shape}, got {got.shape}"
            return Finding(0.0, told)
        if np.any(got[0] != 0):
            return Finding(0.0, "the first iterate is zero")
        lent.iterates = got
        with np.errstate(all="ignore"):
            left = [residual(matrix, x, b) for x in got]
        if lent.breaks:
            if lent.before.iterates is not None and _begin_alike(lent.before.iterates, got):
                told = "its first steps are the same with two solvers that are wrong in other ways"
                return Finding(0.0, f"{told}: the corrections have to come from `solve`")
            if min(left) > 1e-9:
                return Finding(1.0, "right")
            told = "it arrives with a solver that is broken as well: "
            return Finding(0.0, f"{told}the corrections have to come from `solve`")
        if lent.uses < _arrival(left, 1e-13):
            told = "it asked `solve` less often than it took steps: each needs a correction"
            return Finding(0.0, told)
        if not np.all(np.isfinite(left)) or left[-1] > 1.0:
            told = "it runs away: add the correction, and take the residual as b - A x"
            return Finding(0.0, told)
        if np.ptp(left[1:]) <= 1e-12:
            told = "nothing happens after the first step: is the correction *added* to x?"
            told += " And is the residual that of the new x? With `x += ...` one array may stand "
            return Finding(0.0, f"{told}in the list many times: append a copy")
        if left[-1] > 1e-13:
            return Finding(0.0, _stalled(left[-1], "solve for the residual, not for b"))
        return Finding(1.0, "right")

    return _tried(cases, score)


def fills_the_range(scaled: Callable[..., np.ndarray]) -> Weighted:
    """Return a judge of ``scaled(forward, v)``: inputs of any size, and converters up to one.

    A vector of zeros earns a quarter by itself.

    Parameters
    ----------
    scaled : callable
        The right function.
    """

    def cases(serial: int, sizes: Sequence[float]) -> Cases:
        rng = np.random.default_rng([serial, 0x502])
        matrix = rng.uniform(-1.0, 1.0, (4, 6))

        def forward(v: np.ndarray) -> np.ndarray:
            return matrix @ (np.round(np.clip(v, -1.0, 1.0) * 127) / 127)

        return [(forward, size * rng.uniform(-1.0, 1.0, 6)) for size in sizes]

    def score(got: np.ndarray, forward: Any, v: np.ndarray) -> Finding:
        right = scaled(forward, v)
        if got.shape != right.shape:
            told = f"wrong shape: expected {right.shape}, got {got.shape}"
            if not np.any(v):
                told += ". A vector of zeros has as many products as any other, one for each row"
            return Finding(0.0, told)
        if not np.any(v):
            told = "a vector of zeros: its largest entry is zero, and nothing can be divided by it"
            return Finding(float(np.array_equal(got, right)), told)
        exact = max(1e-9, precision(got))
        if np.allclose(got, right, rtol=exact, atol=0):
            return Finding(1.0, "right")
        if np.allclose(got, right, rtol=1e-5, atol=0):
            told = "right to a few digits, for want of precision: compute with np.float64"
            return Finding(0.0, told)
        size = float(np.max(np.abs(v)))
        if np.allclose(got * size, right, rtol=exact, atol=0):
            return Finding(0.0, "what was divided before the product is multiplied after it")
        return Finding(0.0, f"wrong for inputs up to {size:.1e}: does the largest arrive as ±1?")

    sized = _tried(lambda serial: cases(serial, (1.0, 30.0, 1e-3, 1e-9)), score)
    zero = _tried(lambda serial: cases(serial, (0.0,)), score)
    return Weighted(((3.0, sized), (1.0, zero)), ("vectors of any size", "zeros"), first=True)


def _product(matrix: np.ndarray) -> Product:
    return lambda v: v @ matrix.T


class _Lent:
    """A product that a function is lent, and how often it was asked for.

    Parameters
    ----------
    product : callable
        Of vectors (..., in).
    broken : callable, optional
        What it is after some products.
    good : int
        How many these are.
    before : _Lent, optional
        Another one for the same task, which was lent before.
    """

    def __init__(
        self,
        product: Product,
        broken: Product | None = None,
        good: int = 0,
        before: _Lent | None = None,
    ) -> None:
        self.before = before
        self.iterates: np.ndarray | None = None  # what the function made of it
        self._product, self._broken, self._good = product, broken, good
        self.breaks = broken is not None
        self.uses = 0

    def __call__(self, v: Any) -> np.ndarray:
        vectors = np.asarray(v, dtype=np.float64)
        late = self.uses >= self._good
        self.uses += len(vectors) if vectors.ndim > 1 else 1
        return self._broken(vectors) if self._broken and late else self._product(vectors)


def _begin_alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two solutions begin with the same steps, whatever was lent to each."""
    a, b = one[FIRST], other[FIRST]
    return bool(np.linalg.norm(a - b) <= SAME * np.linalg.norm(a))


def _arrival(left: Sequence[float] | np.ndarray, goal: float = GOAL) -> int:
    """Return how many steps it took until a residual was as small as can be, or all of them."""
    there = np.flatnonzero(np.asarray(left) <= goal)
    return int(there[0]) if there.size else len(left) - 1


@dataclass(frozen=True, slots=True)
class SolvesOnMachine:
    """Judge of ``solve(multiply, matrix, b, steps)``: a machine that it has not met does the work.

    It gets another system on other cores, so that nothing of it can be known beforehand. With the
    products of that machine it has to arrive. On a second machine, whose errors are others, its
    first steps have to be others, and when that one breaks on the way, so that products have
    nothing to do with the matrix any more, it must not arrive, or its digits come from elsewhere.
    """

    system: Callable[[int], tuple[np.ndarray, np.ndarray]]
    """Matrix and right-hand side of a serial number."""
    machine: Callable[[int, np.ndarray], Product]
    """The product of cores of a serial number that hold a matrix."""
    residual: Residual
    """The relative residual of a matrix, a solution and a right-hand side."""
    shrunk: bool = False
    """Whether its outputs have shrunk. The function then is ``solve(multiply, matrix, b, tests,
    first, steps)``, with test vectors and their outputs from before."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Let the function solve, and judge its iterates."""
        if kind := no_function(answer):
            return Finding(0.0, kind)
        rng = np.random.default_rng([hidden_seed(serial), 0x503 + self.shrunk])
        other = int(rng.integers(2**31))
        matrix, b = self.system(other)
        product, kept = self.machine(other, matrix), 1.0
        known: tuple[np.ndarray, ...] = ()
        if self.shrunk:
            tests, kept = rng.uniform(-1.0, 1.0, (16, b.size)), float(rng.uniform(0.4, 0.5))
            known = (tests, product(tests))
        lent = _Lent(lambda v: kept * product(v))
        x = self._iterates(answer, (lent, matrix, b, *known, STEPS))
        if isinstance(x, str):
            return Finding(0.0, x)
        first = x
        left = self._residuals(x, matrix, b)
        if told := self._complaint(x, left, lent.uses):
            return Finding(0.0, told)
        senseless = rng.normal(0.0, b.size**-0.5, matrix.shape)
        second = self.machine(int(rng.integers(2**31)), matrix)
        known = (known[0], second(known[0])) if known else ()
        breaks = _Lent(lambda v: kept * second(v), _product(senseless), lent.uses // TURN)
        x = self._iterates(answer, (breaks, matrix, b, *known, STEPS))
        # a digital search along r, which is honest, gains a little with any products
        as_good = left[: FEW + 1].min() ** 0.7
        if not isinstance(x, str) and self._residuals(x[: FEW + 1], matrix, b).min() <= as_good:
            told = "it arrives with products that have nothing to do with the matrix as well: "
            return Finding(0.0, f"{told}the corrections have to come from `multiply`")
        if isinstance(x, str):  # it gave up: then it is asked once more, and nothing breaks
            x = self._iterates(answer, (lambda v: kept * second(v), matrix, b, *known, STEPS))
        if isinstance(x, str):
            return Finding(0.0, x)
        if _begin_alike(first, x):
            told = "its first steps are the same on two machines whose errors are others: "
            return Finding(0.0, f"{told}the corrections have to come from `multiply`")
        return Finding(1.0, "right")

    def _iterates(self, answer: Any, arguments: tuple[Any, ...]) -> np.ndarray | str:
        """Return what the function returned, or what is wrong with it."""
        with np.errstate(all="ignore"):
            outcome = call(answer, arguments)
        steps, n = arguments[-1], arguments[2].size
        if outcome.raised:
            return f"it {outcome.raised}"
        if is_blank(outcome.returned):
            return NOTHING
        got = as_numbers(outcome.returned)
        if got is None:
            return "expected all iterates, an array of numbers"
        if got.ndim != 2 or got.shape[1] != n or not 3 <= len(got) <= steps + 1:
            return f"expected all iterates, zero first: shape {(steps + 1, n)}, got {got.shape}"
        return got

    def _residuals(self, x: np.ndarray, matrix: np.ndarray, b: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            left = np.array([self.residual(matrix, one, b) for one in x])
        return np.where(np.isfinite(left), left, np.inf)

    def _complaint(self, x: np.ndarray, left: np.ndarray, uses: int) -> str:
        """Say what is wrong with iterates and their residuals; an empty text if nothing is."""
        factor = "is there one factor on the outputs, from `tests` and `first`?"
        if np.any(x[0] != 0):
            return "the first iterate is zero"
        if not uses:
            return "it never asked the machine that it was given: its products are `multiply(v)`"
        if uses < _arrival(left):
            return "it asked the machine less often than it took steps: each needs `multiply(v)`"
        if left[1] < 1e-3:
            return "one step gained a factor of a thousand: that was no analog machine"
        if left.min() <= GOAL:
            return ""
        if left[-1] > 1.0:
            return f"it runs away: {factor}" if self.shrunk else "it runs away"
        if np.ptp(left[-10:]) > 0.5 * left[-10:].max() and left[-1] > 10 * GOAL:
            slow = f"it stands at {left[-1]:.0e} after its last step, and not at 1e-15 yet"
            return f"{slow}: {factor}" if self.shrunk else slow
        return _stalled(left.min(), "does every vector fill the range?")
