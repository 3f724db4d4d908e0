r"""What the cost model knows of the 64-core chip, and where each number comes from.

Four kinds of number stand here, and `ChipConstants.provenance` says which is which:

*published*
    printed in the paper :cite:p:`legallo2023hermes`: clock, areas, latency and energy of an MVM;
*inferred*
    worked out from printed numbers. With outputs that leave a core one per clock, the latencies of
    a ResNet-9 layer (A044) and of an LSTM time step (A049) leave 175 clocks to seven hops of a
    partial sum, and 112 to four hops and the global digital unit. With nothing else on the way that
    is 25 clocks per hop and 12 in the global unit. If every vector also pays a fixed number of
    clocks to fill the local digital unit, four more choices of whole numbers fit alike: 24 and 9
    with a filling of 7 clocks, 23 and 6 with 14, 22 and 3 with 21, 21 and 0 with 28. The first is
    taken because it needs two constants in place of three; the choice moves the latency of no
    published layer, and that of a layer without hops by 28 clocks (70 ns) at most. What a read of
    a core that is not full takes is inferred, too, and within a range: `aimc.chip.activity`;
*fitted*
    two numbers, by least squares to four printed energies (A043, A048), see `fit_energies`;
*assumed*
    what the same numbers are taken to be where nothing was printed: `aimc.chip.assumptions`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from aimc.chip.activity import (
    LAYER,
    LSTM,
    Activity,
    activity,
    as_activity,
    fixed_share,
    peak_energies,
    table_one_group,
)
from aimc.chip.chains import Group
from aimc.circuits.read_modes import READ_MODES
from aimc.published import fact
from aimc.units import MEGA, MICRO, MILLI, MM2, NANO, PICO
from aimc.validation import check_choice, check_integer, check_number

__all__ = [
    "LAYER",
    "LSTM",
    "READ_MODES",
    "Activity",
    "ChipConstants",
    "activity",
    "fit_energies",
    "hermes_constants",
    "table_one_group",
]


@dataclass(frozen=True, slots=True)
class ChipConstants:
    """Times, energies and areas of one chip. `hermes_constants` makes those of the 64-core chip."""

    name: str
    """Name for tables."""
    rows: int
    """Word lines (inputs) of a core."""
    columns: int
    """Bit lines (outputs) of a core."""
    mvm_latency: tuple[float, ...]
    """One MVM in each of `read_modes`, s."""
    mvm_energy: tuple[float, ...]
    """One MVM of one full core (crossbar, ADCs, PWM) in each of `read_modes`, J."""
    clock: float
    """Clock of the digital units and links, Hz."""
    hop_clocks: int
    """Clocks that a partial sum takes to the next core of its chain; assumed to be as many where
    that core only passes the sum on."""
    gdpu_clocks: int
    """Clocks of the pipeline of the global digital unit, from the published step of an LSTM. It is
    assumed to be as long for other cells. A GRU sends as many values per hidden unit (four) and has
    hardly fewer operations on them (eight, against nine), but seven of them in a row, against five:
    counted so it would be 17 clocks in place of 12, about 1 % of a step."""
    gdpu_slices: int
    """Slices of the global digital unit."""
    energy_value: float
    """Energy per value that a local digital unit handles, links and GDPU included, J."""
    standing_power: float
    """Power of a core at rest at activity 1, W; within a range, see `low_end` and `other_end`."""
    mvm_area: float
    """Crossbar, ADCs and PWM of one core, m^2."""
    core_area: float
    """One core, m^2."""
    gdpu_area: float
    """One slice of the global digital unit, m^2."""
    die_area: float
    """The die, m^2."""
    chip_cores: int
    """Cores on a die."""
    lanes: int = 1
    """Values that leave a core per clock; one on the chip (A023)."""
    fixed_share: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Share of `mvm_energy` that flows however empty the core is: low, central and high."""
    low_end: tuple[float, float] = (1.0, 1.0)
    """The low end of what the printed energies leave open, by the network that gives the lower
    standing power alone: factors of `energy_value` and `standing_power`. The default: no range."""
    other_end: tuple[float, float, float] = (1.0, 1.0, 0.0)
    """The other end of what the printed energies leave open: factors of `energy_value` and
    `standing_power`, and the share of that standing power which `mvm_energy` then holds already for
    the time of a read. The default: no range."""
    read_modes: tuple[str, ...] = READ_MODES
    """Ways in which a core can read; ``("single",)`` for a chip with only one."""
    sources: tuple[str, ...] = ()
    """Bibliography keys."""

    def __post_init__(self) -> None:
        for name in ("rows", "columns", "gdpu_slices", "chip_cores", "lanes"):
            check_integer(name, getattr(self, name), low=1)
        for name in ("hop_clocks", "gdpu_clocks"):
            check_integer(name, getattr(self, name), low=0)
        for name in ("clock", "mvm_area", "core_area", "gdpu_area", "die_area"):
            check_number(name, getattr(self, name), low=0.0, open_low=True)
        for name in ("energy_value", "standing_power"):
            check_number(name, getattr(self, name), low=0.0)
        for name in ("mvm_latency", "mvm_energy"):
            pair = getattr(self, name)
            if len(pair) != len(self.read_modes):
                raise ValueError(f"{name} must hold one number per read mode, got {pair!r}")
            for value in pair:
                check_number(name, value, low=0.0, open_low=True)
        if len(self.fixed_share) != 3 or list(self.fixed_share) != sorted(self.fixed_share):
            raise ValueError(f"fixed_share must be low, central, high, got {self.fixed_share!r}")
        for value in self.fixed_share:
            check_number("fixed_share", value, low=0.0, high=1.0)
        if len(self.other_end) != 3:
            raise ValueError(f"other_end must be two factors and a share, got {self.other_end!r}")
        if len(self.low_end) != 2:
            raise ValueError(f"low_end must be two factors, got {self.low_end!r}")
        for value in self.low_end:
            check_number("low_end", value, low=0.0)
        for value, high in zip(self.other_end, (math.inf, math.inf, 1.0), strict=True):
            check_number("other_end", value, low=0.0, high=high)

    @property
    def core(self) -> tuple[int, int]:
        """Rows and columns of a core."""
        return self.rows, self.columns

    def read_time(self, read_mode: str) -> float:
        """Return the latency of one MVM, s; `read_mode` is one of `read_modes`."""
        return self.mvm_latency[self._mode(read_mode)]

    @property
    def standing_range(self) -> tuple[float, float]:
        """Least and largest power of a core that waits, at activity 1, W."""
        ends = [
            self.standing_power * factor for factor in (1.0, self.low_end[1], self.other_end[1])
        ]
        return min(ends), max(ends)

    def beside_reads(self, values: float, standing: float, reading: float) -> tuple[float, float]:
        """Return the least and the largest energy of all that is not a read, J.

        Parameters
        ----------
        values, standing : float
            What digital units and standing power take by `energy_value` and `standing_power`, J.
        reading : float
            The part of the standing energy that flows while cores read, J.
        """
        digital, factor, held = self.other_end
        ends = (
            values + standing,
            self.low_end[0] * values + self.low_end[1] * standing,
            digital * values + factor * (standing - held * reading),
        )
        return min(ends), max(ends)

    def _mode(self, read_mode: str) -> int:
        return self.read_modes.index(check_choice("read_mode", read_mode, self.read_modes))

    def read_energy(
        self,
        read_mode: str,
        activity: float | Activity = 1.0,
        utilisation: float | None = None,
    ) -> float:
        """Return the energy of one MVM on one core, J.

        Parameters
        ----------
        read_mode : {"1-phase", "4-phase"}
            How the core reads.
        activity : float or Activity
            Energy of an MVM of a core relative to that at peak; a number is that of a full core.
        utilisation : float, optional
            Share of the cells that hold a weight; by default that at which the activity was found.
        """
        return self.read_energies(read_mode, activity, utilisation)[1]

    def read_energies(
        self,
        read_mode: str,
        activity: float | Activity = 1.0,
        utilisation: float | None = None,
    ) -> tuple[float, float, float]:
        r"""Return the energy of one MVM on one core, J: the lowest, the central and the highest.

        .. math:: E = E_\text{MVM} \left[\psi + (\chi - \psi)\,u / u_0\right]

        with the fixed share :math:`\psi` (its low, central and high value), the activity
        :math:`\chi`, found at the utilisation :math:`u_0`, and the utilisation :math:`u`.
        Parameters as in `read_energy`.
        """
        mode = self._mode(read_mode)
        found = as_activity(activity)
        used = found.utilisation if utilisation is None else utilisation
        share = check_number("utilisation", used, low=0.0, high=1.0) / found.utilisation
        # what always flows cannot be more than the whole
        fixed = [min(f, found.value) for f in self.fixed_share]
        low, central, high = (
            self.mvm_energy[mode] * (f + (found.value - f) * share) for f in fixed
        )
        # above the utilisation at which the activity was found, more of it fixed means less energy
        return min(low, high), central, max(low, high)

    def sending(self, group: Group) -> float:
        """Return the time in which the values of one vector leave the cores of a group, s.

        A global digital unit with fewer slices than the sums of a stage have chains serves them
        in rounds.
        """
        chains = group.output_tiles + group.gdpu_beside
        rounds = -(-chains // self.gdpu_slices) if group.gdpu else 1
        return rounds * -(-group.outputs // self.lanes) / self.clock

    def latency_parts(self, group: Group, read_mode: str) -> dict[str, float]:
        """Return the steps of one vector through a group and their times, s."""
        return {
            "MVM": self.read_time(read_mode),
            "values leave": self.sending(group),
            "hops": group.hops * self.hop_clocks / self.clock,
            "GDPU": self.gdpu_clocks / self.clock if group.gdpu else 0.0,
        }

    def latency(self, group: Group, read_mode: str) -> float:
        r"""Return the time of one vector through a group, s.

        .. math:: t = t_\text{MVM} + \frac{n + 25\,h + 12\,g}{f}

        for :math:`n` outputs of a core, :math:`h` hops and :math:`g = 1` if the global digital unit
        takes part, else 0.
        """
        return sum(self.latency_parts(group, read_mode).values())

    def interval(self, group: Group, read_mode: str) -> float:
        """Return the time between two vectors of a stream through one copy of a group, s.

        The next MVM runs while the registers of the last are sent: the slower of the two counts.
        A recurrent layer waits for its own last result.
        """
        if group.gdpu:
            return self.latency(group, read_mode)
        return max(self.read_time(read_mode), self.sending(group))

    def provenance(self) -> list[dict[str, Any]]:
        """Return one row per constant: its value, how it is known, and the facts behind it.

        Raises
        ------
        ValueError
            If these are the constants of another chip, which has other sources.
        """
        if self.read_modes != READ_MODES or self.die_area != fact("A004").number * MM2:
            raise ValueError(
                f"read_modes={self.read_modes!r}, die_area={self.die_area!r}: provenance is known "
                "for the 64-core chip only"
            )
        nano, micro, milli = "ns", "µJ", "mW"
        one, four = (t / NANO for t in self.mvm_latency)
        low, high = (self.chip_cores * e / MICRO for e in self.mvm_energy)
        least, share, most = self.fixed_share
        rows = [
            (
                "MVM latency, 1-/4-phase",
                f"{one:.0f} / {four:.0f} {nano}",
                "published",
                "A029, A030",
            ),
            (
                f"MVM energy of {self.chip_cores} cores, 1-/4-phase",
                f"{low:.2f} / {high:.2f} {micro}",
                "published",
                "A037, A038",
            ),
            (
                "share of a read that an empty core takes",
                f"{share:.0%} ({least:.0%} to {most:.0%})",
                "inferred",
                "A042, A046, A047, A051, A059, A061, A101",
            ),
            ("clock of LDPU, links, GDPU", f"{self.clock / MEGA:.0f} MHz", "published", "A015"),
            ("outputs per clock from a core", "1", "published", "A023"),
            ("MVM area of a core", f"{self.mvm_area / MM2:.3f} mm²", "published", "A006"),
            ("die", f"{self.die_area / MM2:.0f} mm²", "published", "A004"),
            ("hop of a partial sum", f"{self.hop_clocks} clocks", "inferred", "A015, A030, A044"),
            ("GDPU pipeline", f"{self.gdpu_clocks} clocks", "inferred", "A015, A030, A049"),
            (
                "hop to a core that only passes a sum on",
                f"{self.hop_clocks} clocks, no energy",
                "assumed",
                "A044",
            ),
            (
                "GDPU pipeline for a step of another cell than an LSTM",
                f"{self.gdpu_clocks} clocks",
                "assumed",
                "A049",
            ),
            (
                "energy per value: LDPU, links, GDPU",
                f"{self.energy_value / PICO:.0f} pJ",
                "fitted",
                "A043, A048",
            ),
            (
                "standing power of a core",
                " to ".join(f"{p / MILLI:.1f}" for p in self.standing_range) + f" {milli}",
                "fitted",
                "A043, A048",
            ),
        ]
        names = ("constant", "value", "how known", "facts")
        return [dict(zip(names, row, strict=True)) for row in rows]


def _clocks() -> tuple[int, int]:
    """Return the clocks per hop and in the GDPU that the four printed latencies leave room for."""
    clock = fact("A015").number * MEGA
    reads = np.array([fact("A029").number, fact("A030").number]) * NANO
    layer, lstm = table_one_group(LAYER), table_one_group(LSTM)
    rest = (np.array(fact("A044").numbers) * NANO - reads) * clock - layer.outputs
    hop = round(float(np.mean(rest)) / layer.hops)
    rest = (np.array(fact("A049").numbers) * NANO - reads) * clock - lstm.outputs
    return hop, round(float(np.mean(rest)) - lstm.hops * hop)


@cache
def fit_energies() -> dict[str, Any]:
    r"""Fit the energy outside the MVM to the four energies of Table I (A043, A048).

    The model, with the measured activity :math:`\chi` of `activity`, is

    .. math:: E = n_\text{cores}\,\bigl(\chi\,E_\text{MVM} + n\,e_\text{value}
              + \chi\,p\,t_\text{latency}\bigr)

    Two unknowns, the energy per value :math:`e_\text{value}` and the standing power :math:`p`, meet
    four numbers; the relative errors are minimised in the least-squares sense.
    That the standing power grows with the activity is a reading of the data (the difference of
    the read modes, per core and second, is larger in the layer by about the same factor), not a
    statement of the paper. Without it the fit is worse, see ``worst_unscaled``. The table cannot
    tell apart what the local units, links and global units take.

    Whether the printed energy of a read holds a standby of its own, :math:`s`, is not printed
    either. If it does, :math:`p` flows beside a read and :math:`p + s` in a core that waits, and

    .. math:: E = n_\text{cores}\,\bigl(a\,E_\text{MVM} + n\,e_\text{value}
              + a\,p\,t_\text{latency} + a\,s\,(t_\text{latency} - t_\text{read})\bigr)

    The other end of the range is the largest :math:`s` with which no energy is met worse than the
    worst one is without it. The low end are the constants of the LSTM alone: either network alone
    gives a standing power below that of the fit to both.

    Returns
    -------
    dict
        ``energy_value`` (J), ``standing_power`` (W), ``errors`` (relative, layer then LSTM, 1-phase
        then 4-phase), ``worst_unscaled`` (largest relative error of the same fit with a standing
        power that does not depend on the activity), ``worst_outside`` (the same with a standing
        power that flows only outside the read), ``left_out`` (relative errors of the two LSTM
        energies if the two constants are taken from the layer alone: the one prediction that the
        table allows). The other end: ``standby`` (W, in a read), ``per_watt`` (how the errors
        change with it, 1/W), ``other_value`` (J) and ``other_standing`` (W, of a core that waits).
        The low end: ``low_value`` (J) and ``low_standing`` (W), from the LSTM alone.
    """
    matrix, right = _equations(scale_standing=True)
    found = np.linalg.lstsq(matrix, right, rcond=None)[0]
    other, _ = _equations(scale_standing=False)
    unscaled = np.linalg.lstsq(other, right, rcond=None)[0]
    outside, _ = _equations(scale_standing=True, in_read=False)
    beside = np.linalg.lstsq(outside, right, rcond=None)[0]
    from_layer, from_lstm = (np.linalg.solve(matrix[k : k + 2], right[k : k + 2]) for k in (0, 2))
    # errors change by the same amount for every watt of standby
    errors = matrix @ found - right
    per_watt = np.linalg.lstsq(matrix, -outside[:, 1], rcond=None)[0]
    slopes = matrix @ per_watt + outside[:, 1]
    worst = np.max(np.abs(errors))
    standby = float(np.min((np.sign(slopes) * worst - errors) / slopes))
    digital, always = found + standby * per_watt
    return {
        "energy_value": float(found[0]),
        "standing_power": float(found[1]),
        "errors": tuple(float(x) for x in errors),
        "worst_unscaled": float(np.max(np.abs(other @ unscaled - right))),
        "worst_outside": float(np.max(np.abs(outside @ beside - right))),
        "left_out": tuple(float(x) for x in matrix[2:] @ from_layer - right[2:]),
        "standby": standby,
        "per_watt": tuple(float(x) for x in slopes),
        "other_value": float(digital),
        "other_standing": float(always) + standby,
        "low_value": float(from_lstm[0]),
        "low_standing": float(from_lstm[1]),
    }


def _equations(*, scale_standing: bool, in_read: bool = True) -> tuple[np.ndarray, np.ndarray]:
    rows, wanted = [], []
    reads = [fact(x).number * NANO for x in ("A029", "A030")]
    mvm = peak_energies()
    hop, gdpu = _clocks()
    for use_case, identifier in ((LAYER, "A043"), (LSTM, "A048")):
        group, a = table_one_group(use_case), activity(use_case).value
        clocks = group.outputs + group.hops * hop + gdpu * group.gdpu
        for k, energy in enumerate(fact(identifier).numbers):
            printed = energy * MICRO
            latency = in_read * reads[k] + clocks / (fact("A015").number * MEGA)
            standing = group.cores * latency * (a if scale_standing else 1.0)
            rows.append((group.values / printed, standing / printed))
            wanted.append(1 - group.cores * a * mvm[k] / printed)
    return np.array(rows), np.array(wanted)


@cache
def hermes_constants() -> ChipConstants:
    """Return the constants of the 64-core chip :cite:p:`legallo2023hermes`, from the facts table.

    Published: A002-A008, A015, A029, A030, A037, A038. Inferred: clocks per hop and of the GDPU
    (A044, A049), and how the energy of a read follows the filling of a core (`fixed_share`).
    Fitted: energy per value and standing power (A043, A048), with a range (`low_end`, `other_end`).
    """
    hop, gdpu = _clocks()
    fit = fit_energies()
    cores = int(fact("A002").number)
    rows, columns = (int(n) for n in fact("A008").numbers)
    return ChipConstants(
        name="64-core chip",
        rows=rows,
        columns=columns,
        mvm_latency=(fact("A029").number * NANO, fact("A030").number * NANO),
        mvm_energy=peak_energies(),
        clock=fact("A015").number * MEGA,
        hop_clocks=hop,
        gdpu_clocks=gdpu,
        gdpu_slices=int(fact("A003").number),
        energy_value=fit["energy_value"],
        standing_power=fit["standing_power"],
        low_end=(
            fit["low_value"] / fit["energy_value"],
            fit["low_standing"] / fit["standing_power"],
        ),
        other_end=(
            fit["other_value"] / fit["energy_value"],
            fit["other_standing"] / fit["standing_power"],
            fit["standby"] / fit["other_standing"],
        ),
        mvm_area=fact("A006").number * MM2,
        core_area=fact("A005").number * MM2,
        gdpu_area=fact("A007").number * MM2,
        die_area=fact("A004").number * MM2,
        chip_cores=cores,
        fixed_share=fixed_share(),
        sources=("legallo2023hermes",),
    )
