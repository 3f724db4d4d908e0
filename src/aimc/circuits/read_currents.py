r"""What a bit line carries during a read: which current flows, from which supply, at which instant.

The regulator of the converter holds the line at its level. Devices whose source line lies *below*
it draw current out of the line, devices whose source line lies *above* it push current in
:cite:p:`legallo2023hermes`. With pulse-width modulation every row conducts from the start of its
pulse to its own end, always at the same voltage, so all currents are largest at the start. With
the drawn current :math:`I_\text{draw}` and the pushed current :math:`I_\text{push}` of a line at
one instant:

=====================  =============================================  =========================
quantity               one-phase                                      each of four phases
=====================  =============================================  =========================
drawn                  pairs whose product is positive                the devices of this phase
pushed                 pairs whose product is negative                nothing
cancels on the line    :math:`\min(I_\text{draw}, I_\text{push})`     nothing
passes the regulator   :math:`I_\text{draw} - I_\text{push}`          :math:`I_\text{draw}`
mirrors copy           the magnitude of that                          :math:`I_\text{draw}`
comes from a supply    :math:`\max(I_\text{draw}, I_\text{push})`     :math:`I_\text{draw}`
=====================  =============================================  =========================

In a one-phase read what is pushed into the line feeds what is drawn from it, so the supplies
deliver the **larger** of the two and never their sum: the regulator adds what is missing, or
drains what is left. A four-phase read makes the signs with numbers. Nothing cancels, and the
charge is the sum of all devices, each of which is driven in one phase. Its counters go on
counting, each phase into the counter of the sign of its product (inferred: the digital unit takes
one pair of counts per output, in as many clocks for either mode, A029, A030, A044).

Everything that depends on these currents reads them from here: the load of a converter and its
full scale (`aimc.circuits.full_scale`), reads of single phases (`aimc.circuits.bit_lines`,
`aimc.circuits.phase_wires`), and the energy of a read (`aimc.chip.activity`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import Array, as_array, to_numpy
from aimc.circuits.read_modes import READ_MODES
from aimc.validation import check_array, check_choice, check_integer, check_number

__all__ = [
    "PHASES",
    "LineCurrents",
    "ReadCharge",
    "conducting",
    "line_currents",
    "phase_signs",
    "read_charge",
]

PHASES = ((1, 1), (1, -1), (-1, 1), (-1, -1))
"""Sign of the input and polarity of the devices in the four phases, in the order of reading.

The product of the two is the sign with which a phase counts: positive phases run the first counter
of a converter on, negative ones the second."""


def phase_signs(read_mode: str) -> np.ndarray:
    """Return the sign with which the counts of each phase enter the result, shape (phases,)."""
    if check_choice("read_mode", read_mode, READ_MODES) == "1-phase":
        return np.ones(1)  # the signs are on the line already
    return np.array([float(sign * polarity) for sign, polarity in PHASES])


@dataclass(frozen=True, slots=True, eq=False)
class LineCurrents:
    """Currents of bit lines, A, of shape (phases, n, out): n input vectors, one or four phases."""

    drawn: np.ndarray
    """What devices below the level of the line draw from it."""
    pushed: np.ndarray
    """What devices above the level of the line push into it; zero in a four-phase read."""

    @property
    def net(self) -> np.ndarray:
        """What passes the regulator into the converter, with its sign."""
        return self.drawn - self.pushed

    @property
    def cancelled(self) -> np.ndarray:
        """What one device pushes in and another draws out, so that no converter sees it."""
        return np.minimum(self.drawn, self.pushed)

    @property
    def mirrored(self) -> np.ndarray:
        """What each current mirror behind the line copies."""
        return np.abs(self.net)

    @property
    def supplied(self) -> np.ndarray:
        """What the supplies deliver for the devices: the larger of the two, not their sum."""
        return np.maximum(self.drawn, self.pushed)


def conducting(x: Array, at: float = 0.0) -> np.ndarray:
    """Return the signs of the inputs whose pulses are on, 0 where there is none, shape of ``x``.

    Parameters
    ----------
    x : array
        Inputs scaled to the range of the input converter, -1 to 1.
    at : float
        Instant, as a share of the longest pulse; at 0, the start, all inputs but zeros are on.
    """
    inputs = to_numpy(as_array("x", x))
    check_array("x", inputs, low=-1.0, high=1.0)
    check_number("at", at, low=0.0, high=1.0)
    return np.sign(inputs) * (np.abs(inputs) > at)


def line_currents(
    lines: Array,
    driven: Array,
    *,
    read_mode: str = "4-phase",
    v_read: float = 0.2,
    asymmetry: float = 0.0,
) -> LineCurrents:
    """Return the currents of all bit lines for inputs that conduct, by read mode.

    Parameters
    ----------
    lines : array, shape (2, out, in)
        Conductances of the positive and of the negative devices, summed over those that share a
        line, S.
    driven : array, shape (n, in)
        What each row does, -1 to 1: its sign at an instant (`conducting`), or the input itself for
        the mean over the longest pulse.
    read_mode : {"4-phase", "1-phase"}
        How the core is read.
    v_read : float
        Read voltage, V.
    asymmetry : float
        Share of its current that a device loses when it pushes, against the direction in which it
        was verified. Only a one-phase read does that.
    """
    g, rows = (to_numpy(as_array(n, v)) for n, v in (("lines", lines), ("driven", driven)))
    check_array("lines", g, ndim=3, low=0.0, unit="S")
    check_array("driven", rows, ndim=2, last=int(g.shape[2]), low=-1.0, high=1.0)
    check_choice("read_mode", read_mode, READ_MODES)
    check_number("v_read", v_read, low=0.0, open_low=True, unit="V")
    check_number("asymmetry", asymmetry, low=-1.0, high=1.0)
    if g.shape[0] != 2:
        raise ValueError(f"lines must have shape (2, out, in), got {g.shape}")
    plane = dict(zip((1, -1), v_read * g, strict=True))
    on = {sign: np.clip(sign * rows, 0.0, None) for sign in (1, -1)}
    if read_mode == "4-phase":
        drawn = np.stack([on[sign] @ plane[polarity].T for sign, polarity in PHASES])
        return LineCurrents(drawn, np.zeros_like(drawn))
    drawn = on[1] @ plane[1].T + on[-1] @ plane[-1].T
    pushed = (1.0 - asymmetry) * (on[1] @ plane[-1].T + on[-1] @ plane[1].T)
    return LineCurrents(drawn[None], pushed[None])


@dataclass(frozen=True, slots=True, eq=False)
class ReadCharge:
    """Charge of one multiplication per input vector and bit line, C, shape (n, out)."""

    devices: np.ndarray
    """What passes the devices, the same in both read modes: each is driven for its pulse once."""
    supplied: np.ndarray
    """What the supplies deliver for it."""
    mirrored: np.ndarray
    """What each copy of the current behind the line takes."""

    def total(self, copies: float = 0.0) -> float:
        """Return the charge of all lines per vector with copies of their current, C, on average."""
        check_number("copies", copies, low=0.0)
        return float(np.mean(np.sum(self.supplied + copies * self.mirrored, axis=-1)))


def read_charge(
    lines: Array,
    x: Array,
    duration: float,
    *,
    read_mode: str = "4-phase",
    v_read: float = 0.2,
    steps: int = 127,
) -> ReadCharge:
    """Return the charge that one multiplication moves, followed through its pulses.

    Parameters
    ----------
    lines
        As in `line_currents`.
    x : array, shape (n, in)
        Inputs scaled to the range of the input converter, -1 to 1.
    duration : float
        Length of the longest pulse, s.
    read_mode, v_read
        As in `line_currents`.
    steps : int
        Time steps of the longest pulse; 127 are those of a signed 8-bit input.

    Examples
    --------
    One device draws and one of the same size pushes for half of the time:

    >>> import numpy as np
    >>> pair = 1e-5 * np.eye(2)[:, None, :]
    >>> charge = read_charge(pair, np.array([[1.0, 0.5]]), 1e-7, read_mode="1-phase", steps=10)
    >>> [round(1e15 * float(q[0, 0])) for q in (charge.devices, charge.supplied, charge.mirrored)]
    [300, 200, 100]
    """
    check_number("duration", duration, low=0.0, open_low=True, unit="s")
    check_integer("steps", steps, low=1)
    inputs = to_numpy(as_array("x", x))
    sums = [0.0, 0.0, 0.0]
    for step in range(steps):
        on = conducting(inputs, (step + 0.5) / steps)
        now = line_currents(lines, on, read_mode=read_mode, v_read=v_read)
        for k, current in enumerate((now.drawn + now.pushed, now.supplied, now.mirrored)):
            sums[k] = sums[k] + current.sum(axis=0)
    return ReadCharge(*(duration / steps * np.asarray(s) for s in sums))
