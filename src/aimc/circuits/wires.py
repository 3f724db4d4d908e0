r"""Wires with resistance: exact currents of an array, and the matrix it really multiplies with.

Word lines (one per input) and bit lines (one per output) cross at every device, with one wire
segment of resistance r between neighbouring crossings, and one between an end that is driven or
read and its first crossing. With :math:`I` the device currents, every device obeys

.. math::

   \frac{I_{ij}}{G_{ij}} + (\mathcal R_\text{column} I)_{ij} + (\mathcal R_\text{row} I)_{ij}
   = V_j ,

where :math:`\mathcal R` gives the voltage that the currents drop between a crossing and the ends of
its line. For wires in one line that is a sum of sums, so that no matrix of the :math:`2N^2` nodes
is ever built: `line_currents` solves the :math:`N^2` equations by conjugate gradients
:cite:p:`hestenes1952cg`. They are linear in :math:`V`, so there is an *effective matrix* that
holds for all inputs: `effective_conductance` eliminates one line after the other.

Conductances have shape ``(out, in)``. Word line j runs from its left end across bit lines 0, 1, …;
bit line i runs from its top end across word lines 0, 1, … to its bottom end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aimc.backend import Array, as_array, like, to_numpy
from aimc.circuits.wire_drop import Lines, line_resistance
from aimc.validation import check_array, check_choice, check_number

__all__ = ["Wires", "device_voltages", "effective_conductance", "line_currents"]

# Residual, relative to the right-hand side, at which the iteration ends: currents are then good to
# better than 1e-9 of themselves (tests compare with a direct solution).
TOLERANCE = 1e-11
MOST_ITERATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Wires:
    """Resistances of the lines of an array, and where the lines are driven and read."""

    r_row: float = 0.0
    """Resistance of a word line between two crossings, ohm."""
    r_column: float = 0.0
    """Resistance of a bit line between two crossings, ohm."""
    drive: str = "left"
    """Which end of the word lines is driven: ``"left"``, ``"right"`` or ``"both"``."""
    read: str = "bottom"
    """Which end of the bit lines is held at 0 V and read: ``"bottom"``, ``"top"`` or ``"both"``."""
    r_driver: float = 0.0
    """Series resistance of each driver, ohm."""
    r_reader: float = 0.0
    """Input resistance of each reading circuit, ohm."""
    shared_rows: bool = True
    """Whether the bit lines of a differential pair are neighbours on the same word lines, as
    0+, 0-, 1+, 1-, …; otherwise the polarities are two arrays with word lines of their own."""

    def __post_init__(self) -> None:
        for name in ("r_row", "r_column", "r_driver", "r_reader"):
            check_number(name, getattr(self, name), low=0.0, unit="ohm")
        check_choice("drive", self.drive, ("left", "right", "both"))
        check_choice("read", self.read, ("bottom", "top", "both"))
        check_choice("shared_rows", self.shared_rows, (True, False))

    @property
    def ideal(self) -> bool:
        """Whether no wire, driver or reader has any resistance."""
        return self.r_row == self.r_column == self.r_driver == self.r_reader == 0


def line_currents(
    conductance: Array, volts: Array, wires: Wires, floating: Array | None = None
) -> Array:
    """Return the currents that leave the bit lines, with the drop of every wire segment.

    Solves the array anew for each input vector. For more vectors than the array has inputs,
    `effective_conductance` is cheaper.

    Parameters
    ----------
    conductance : array, shape (out, in) or (2, out, in)
        Conductance of each device, S, not negative; two planes are the positive and the negative
        bit lines of differential pairs.
    volts : array, shape (..., in)
        Voltages at the drivers, V, of either sign.
    wires : Wires
        Resistances and ends.
    floating : array of bool, shape (in,) or that of ``volts``, optional
        Word lines that are connected to no driver, the same for both polarities of a pair; what
        ``volts`` says of them does not matter. By default all lines are driven.

    Returns
    -------
    array, shape (..., out)
        Current of each bit line, A: the sum of both ends where both are read, the positive minus
        the negative line for pairs. In the library and dtype of ``conductance``, without
        gradients.

    Raises
    ------
    ValueError
        If shapes do not match, a conductance is negative, or a value is not finite.
    """
    g, v = _checked(conductance, volts)
    loose = _loose(floating, volts, v.shape)
    if g.ndim == 3:
        total = _merge(_solve_pairs(g, v, wires, loose).sum(axis=-1), wires)
    else:
        total = _solve(g, v, wires, loose).sum(axis=-1)
    return _returned(total.reshape(*np.shape(volts)[:-1], total.shape[-1]), conductance)


def device_voltages(conductance: Array, volts: Array, wires: Wires) -> Array:
    """Return the voltage across every device, V, shape (..., out, in), of one array.

    Without resistance that is the voltage of the driver. Raises as `line_currents`; pairs have to
    be given one polarity at a time.
    """
    g, v = _checked(conductance, volts)
    if g.ndim != 2:
        raise ValueError(f"conductance must have 2 axes, got shape {g.shape}")
    currents = _solve(g, v, wires)
    outputs, inputs = g.shape
    rows = line_resistance(outputs, wires.r_row, wires.r_row + wires.r_driver, wires.drive)
    columns = line_resistance(inputs, wires.r_column, wires.r_column + wires.r_reader, wires.read)
    across = v[:, None, :] - rows @ currents - currents @ columns
    return _returned(across.reshape(*np.shape(volts)[:-1], *g.shape), conductance)


def effective_conductance(conductance: Array, wires: Wires) -> Array:
    r"""Return the matrix :math:`G_\text{eff}` with which the array multiplies every input.

    Computed once per programmed state; ``volts @ G_eff.T`` then replaces `line_currents`. Bit lines
    are eliminated one after the other (or word lines, if there are fewer inputs than outputs), each
    with one inverse of a matrix of the size of a line: of the order of
    :math:`N_\text{out} N_\text{in}^3` operations.

    Parameters
    ----------
    conductance : array, shape (out, in) or (2, out, in)
        Conductance of each device, S, or of the positive and negative devices of pairs.
    wires : Wires
        Resistances and ends.

    Returns
    -------
    array, shape (out, in)
        Effective conductance, S; signed for pairs. In the library and dtype of ``conductance``,
        without gradients.

    Raises
    ------
    ValueError
        If the shape is wrong, a conductance is negative, or a value is not finite.
    """
    g, _ = _checked(conductance, None)
    if g.ndim == 2:
        result = _eliminate(g, wires)
    elif wires.shared_rows:
        lines = _eliminate(_interleaved(g), wires)
        result = lines[0::2] - lines[1::2]
    else:
        result = _eliminate(g[0], wires) - _eliminate(g[1], wires)
    return _returned(result, conductance)


def _checked(conductance: Array, volts: Array | None) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances and the input vectors, shape (vectors, in), in double precision."""
    given = as_array("conductance", conductance)
    check_array("conductance", given, low=0.0, unit="S")
    g = to_numpy(given).astype(np.float64)
    if g.ndim not in (2, 3) or (g.ndim == 3 and g.shape[0] != 2):
        raise ValueError(
            f"conductance must have shape (out, in), or (2, out, in) for pairs, got {g.shape}"
        )
    if volts is None:
        return g, np.zeros((0, g.shape[-1]))
    drivers = as_array("volts", volts)
    check_array("volts", drivers, last=g.shape[-1], unit="V")
    return g, to_numpy(drivers).astype(np.float64).reshape(-1, g.shape[-1])


def _loose(floating: Array | None, volts: Array, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return which lines float for each input vector, shape (vectors, in); None if none does."""
    if floating is None:
        return None
    given = np.asarray(floating)  # its dtype matters: numbers are no mask
    if given.dtype != np.bool_:
        raise ValueError(f"floating must hold True and False, got {given.dtype}")
    if given.shape not in (np.shape(volts), (shape[-1],)):
        raise ValueError(
            f"floating must have the shape of volts, {np.shape(volts)}, or ({shape[-1]},), "
            f"got {given.shape}"
        )
    loose = np.broadcast_to(given.reshape(-1, shape[-1]), shape)
    return loose if loose.any() else None


def _returned(values: np.ndarray, conductance: Array) -> Array:
    """Return a result in the library and dtype of the conductances."""
    return like(np.ascontiguousarray(values), as_array("conductance", conductance))


def _interleaved(pairs: np.ndarray) -> np.ndarray:
    """Return the bit lines of (2, out, in) pairs side by side, shape (2 out, in)."""
    return pairs.transpose(1, 0, 2).reshape(-1, pairs.shape[-1])


def _solve_pairs(
    pairs: np.ndarray, volts: np.ndarray, wires: Wires, loose: np.ndarray | None
) -> np.ndarray:
    """Return device currents of pairs, shape (vectors, lines, in), as `_merge` expects them."""
    if wires.shared_rows:
        return _solve(_interleaved(pairs), volts, wires, loose)
    return np.concatenate([_solve(plane, volts, wires, loose) for plane in pairs], axis=-2)


def _merge(lines: np.ndarray, wires: Wires) -> np.ndarray:
    """Subtract the negative from the positive bit lines, shape (vectors, lines)."""
    if wires.shared_rows:
        return lines[:, 0::2] - lines[:, 1::2]
    positive, negative = np.split(lines, 2, axis=-1)
    return positive - negative


# ---- one input at a time: conjugate gradients in the device currents ----------------------------


def _solve(
    conductance: np.ndarray, volts: np.ndarray, wires: Wires, loose: np.ndarray | None = None
) -> np.ndarray:
    r"""Return the device currents, A, shape (vectors, out, in).

    Solves :math:`(1 + S \mathcal R S)\,y = S V` with :math:`S = \sqrt G`; the currents are S y.
    """
    outputs, inputs = conductance.shape
    if wires.ideal:
        # without resistance a floating line lies at the 0 V of all bit lines
        driven = volts if loose is None else np.where(loose, 0.0, volts)
        return conductance * driven[:, None, :]
    rows = Lines(outputs, wires.r_row, wires.r_row + wires.r_driver, wires.drive)
    columns = Lines(inputs, wires.r_column, wires.r_column + wires.r_reader, wires.read)
    root = np.zeros((rows.padded, columns.padded))
    root[:outputs, :inputs] = np.sqrt(conductance)
    currents = np.empty((len(volts), outputs, inputs))
    for k, v in enumerate(volts):
        drive = np.zeros(columns.padded)
        drive[:inputs] = v
        free = None
        if loose is not None and loose[k].any():
            lines = np.flatnonzero(loose[k])
            drive[lines] = 0.0
            # both ends of a floating line are open: its drop counts from one of them
            open_rows = Lines(outputs, wires.r_row, wires.r_row, "left")
            free = _Floating(lines, root, open_rows)
        solution = _conjugate_gradients(root, root * drive, rows, columns, free)
        currents[k] = (root * solution)[:outputs, :inputs]
    return currents


class _Floating:
    """Word lines without a driver: whatever flows into one through a device leaves it again."""

    __slots__ = ("lines", "rows", "unit")

    def __init__(self, lines: np.ndarray, root: np.ndarray, rows: Lines) -> None:
        self.lines, self.rows = lines, rows
        chosen = root[:, lines]
        length = np.sqrt(np.sum(chosen**2, axis=0))
        self.unit = chosen / np.where(length > 0, length, 1.0)

    def drop(self, currents: np.ndarray, image: np.ndarray) -> None:
        """Write the drop along the floating lines over that of driven ones."""
        part = np.ascontiguousarray(currents[:, self.lines])
        drop = np.empty_like(part)
        self.rows.along_first(part, drop, np.empty_like(part))
        image[:, self.lines] = drop

    def balance(self, values: np.ndarray) -> None:
        """Take from each floating line what would have to come from a driver."""
        part = values[:, self.lines]
        values[:, self.lines] = part - self.unit * np.sum(self.unit * part, axis=0)


def _conjugate_gradients(
    root: np.ndarray,
    residual: np.ndarray,
    rows: Lines,
    columns: Lines,
    floating: _Floating | None = None,
) -> np.ndarray:
    """Return the solution y for the right-hand side ``residual``, which is overwritten.

    The matrix is symmetric, has no eigenvalue below one and few that are far from it, so few
    iterations are enough: their number grows with the drop.
    """
    solution = np.zeros_like(residual)
    direction = residual.copy()
    currents, image, drop, work = (np.empty_like(residual) for _ in range(4))
    squared = float(np.vdot(residual, residual))
    goal = TOLERANCE**2 * squared
    for _ in range(MOST_ITERATIONS):
        if squared <= goal:
            return solution
        np.multiply(root, direction, out=currents)
        rows.along_first(currents, image, work)
        if floating is not None:
            floating.drop(currents, image)
        columns.along_last(currents, drop, work)
        image += drop
        image *= root
        image += direction
        if floating is not None:
            floating.balance(image)
        step = squared / float(np.vdot(direction, image))
        solution += np.multiply(direction, step, out=work)
        residual -= np.multiply(image, step, out=work)
        previous, squared = squared, float(np.vdot(residual, residual))
        direction *= squared / previous
        direction += residual
    raise RuntimeError(f"the wires did not converge in {MOST_ITERATIONS} iterations")


# ---- all inputs at once: elimination of one line after the other --------------------------------

_MIRRORED = {
    "left": "top", "right": "bottom", "both": "both", "top": "left", "bottom": "right",
}  # fmt: skip


def _eliminate(conductance: np.ndarray, wires: Wires) -> np.ndarray:
    """Return the effective conductance of one array, shape (out, in)."""
    outputs, inputs = conductance.shape
    if wires.ideal:
        return conductance
    if inputs > outputs:
        # A passive network is reciprocal: drive the bit lines, read the word lines.
        turned = replace(
            wires,
            r_row=wires.r_column, r_column=wires.r_row,
            r_driver=wires.r_reader, r_reader=wires.r_driver,
            drive=_MIRRORED[wires.read], read=_MIRRORED[wires.drive],
        )  # fmt: skip
        return _eliminate_lines(conductance.T, turned).T
    return _eliminate_lines(conductance, wires)


def _eliminate_lines(conductance: np.ndarray, wires: Wires) -> np.ndarray:
    r"""Eliminate bit lines from the far end of the word lines to the driven end.

    All that lies from bit line i on to the far end draws the current Y u - J V from the word lines,
    with u their potentials there and V the drivers, which enter only if the far end is driven as
    well. A wire segment r in front of it makes u = P (u_before + r J V) with P = (1 + r Y)^-1, and
    Y P u_before - P J V is what is drawn in front of the segment. What leaves the eliminated bit
    lines is kept as a function of u and V.
    """
    if wires.drive == "right":
        return _eliminate_lines(conductance[::-1], replace(wires, drive="left"))[::-1]
    outputs, n = conductance.shape
    r_end, eye = wires.r_row + wires.r_driver, np.eye(n)
    by_potential = np.zeros((outputs, n))
    by_volts = np.zeros((outputs, n))
    drawn = np.zeros((n, n))
    source = None
    if wires.drive == "both" and r_end > 0:
        drawn, source = eye / r_end, eye / r_end
    for i in reversed(range(outputs)):
        admittance, by_potential[i] = _bit_line(conductance[i], wires)
        drawn += admittance
        r = r_end if i == 0 else wires.r_row
        if r == 0:
            continue
        passed = np.linalg.inv(eye + r * drawn)
        drawn = drawn @ passed
        by_potential[i:] = by_potential[i:] @ passed
        if source is not None:
            by_volts[i:] += r * (by_potential[i:] @ source)
            source = passed @ source
    return by_potential + by_volts


def _bit_line(conductance: np.ndarray, wires: Wires) -> tuple[np.ndarray, np.ndarray]:
    r"""Return what one bit line draws from its word lines, and what leaves it, per volt on each.

    The admittance, S, shape (in, in), is :math:`D - D (T + D)^{-1} D` with the devices D and the
    wire T; the inverse of such a tridiagonal matrix is a product of two sequences.
    """
    if wires.r_column == wires.r_reader == 0:
        return np.diag(conductance), conductance
    n = len(conductance)
    r_end = wires.r_column + wires.r_reader
    root = np.sqrt(conductance)
    wire = line_resistance(n, wires.r_column, r_end, wires.read)
    admittance = np.linalg.inv(np.eye(n) + root[:, None] * wire * root)
    admittance *= root[:, None] * root
    return admittance, admittance.sum(axis=0)
