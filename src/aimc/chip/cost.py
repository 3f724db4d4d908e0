r"""What a computation costs: energy, time and area, each with its read mode and its scope.

Three pairs of numbers of one chip are easily mixed up: those of the one-phase and the four-phase
read, those of one vector through one layer and of a whole image, and areas with and without what
surrounds the crossbars. So every number here is a `Metric` that carries

read mode
    ``"1-phase"`` or ``"4-phase"``, or ``"single"`` for other chips, which read in one way only;
scope
    ``"mvm"`` (crossbar, ADCs and pulse-width modulators), ``"layer"`` (one vector through one
    layer, with links and digital units), ``"network"`` (one image, word or token), ``"part"``
    (the same, of a network some of whose matrices are not on cores) or ``"system"`` (one inference
    with all that lies between its layers, for chips that keep it);
area
    for densities, ``"MVM area"`` (A006) or ``"die"`` (A004).

Adding, comparing or dividing two that differ in one of these raises a `ScopeError`, and so does
setting an accuracy beside a cost of another read mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

from aimc.chip.hermes import READ_MODES
from aimc.plots import Bars, Chart
from aimc.units import FEMTO, GIGA, KILO, MEGA, MICRO, MILLI, MM2, NANO, PICO, TERA
from aimc.validation import check_choice, check_number

__all__ = [
    "AREAS",
    "MODES",
    "NOT_INCLUDED",
    "SCOPES",
    "THINGS",
    "Metric",
    "Performance",
    "ScopeError",
    "parted",
]

MODES = (*READ_MODES, "single")
"""Read modes of a cost: the two of the 64-core chip, or the only one of another."""
SCOPES = {
    "mvm": "crossbar, ADCs and PWM only",
    "layer": "one vector through one layer",
    "network": "one whole inference",
    "part": "the layers on cores, a part of one inference",
    "system": "one whole inference, with all that lies between its layers",
}
"""What a number covers, in words."""
AREAS = ("MVM area", "die")
"""Denominators of a density."""
PARTS = ("crossbar, ADCs, PWM", "LDPU, links, GDPU", "standing power")
THINGS = dict(zip(PARTS, ("array", "digital", "standing"), strict=True))
"""What each part of an energy has the colour of."""
_ALWAYS = (
    "supplies other than those of the ADCs and the digital units",
    "programming of the weights and calibration",
)
_AROUND = (
    "transport between layers (a board outside the chip)",
    "pooling, embedding and arg-max (outside the chip)",
    "products of data with data, such as attention scores",
    "standing power of cores that hold no weights",
    *_ALWAYS,
)
NOT_INCLUDED = {
    "mvm": ("local and global digital units", "links", "standing power between MVMs", *_ALWAYS),
    "layer": ("transport to and from the layer", "cores of other layers", *_ALWAYS),
    "network": _AROUND,
    "part": _AROUND,
    "system": (
        "standing power of digital units and memories",
        "embedding and sampling of the next token",
        *_ALWAYS,
    ),
}
"""What each scope leaves out."""
PREFIXES = ((TERA, "T"), (GIGA, "G"), (MEGA, "M"), (KILO, "k"), (1, ""), (MILLI, "m"), (MICRO, "µ"))
_NOTHING = 1e-3
"""Share of an energy below which a range is not worth a line."""
_MOST_NAMES = 6
SMALL = ((NANO, "n"), (PICO, "p"), (FEMTO, "f"))


class ScopeError(ValueError):
    """Two numbers that do not belong together: other read mode, scope or area."""


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One number with all that it needs to be understood."""

    value: float
    """In SI units."""
    unit: str
    """``"J"``, ``"s"``, ``"OP/s"``, ``"OP/J"``, ``"OP/s/m^2"`` or ``"1/s"``."""
    read_mode: str
    """One of `MODES`."""
    scope: str
    """One of `SCOPES`."""
    area: str = ""
    """One of `AREAS`, for densities."""

    def __post_init__(self) -> None:
        check_choice("read_mode", self.read_mode, MODES)
        check_choice("scope", self.scope, tuple(SCOPES))
        if self.area:
            check_choice("area", self.area, AREAS)

    def _with(self, other: Any) -> Metric:
        if not isinstance(other, Metric):
            raise TypeError(
                f"a Metric combines with a Metric only, got {other!r}; use .value for the number"
            )
        for name in ("read_mode", "scope", "area", "unit"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise ScopeError(
                    f"{self} and {other} do not belong together: {name.replace('_', ' ')} is "
                    f"{mine!r} for one and {theirs!r} for the other"
                )
        return other

    def __add__(self, other: Metric) -> Metric:
        """Add a metric of the same kind."""
        total = self.value + self._with(other).value
        return Metric(total, self.unit, self.read_mode, self.scope, self.area)

    def __radd__(self, other: Any) -> Metric:
        """Add to nothing, so that `sum` works."""
        return self if isinstance(other, int) and other == 0 else self._with(other)

    def __sub__(self, other: Metric) -> Metric:
        """Subtract a metric of the same kind."""
        rest = self.value - self._with(other).value
        return Metric(rest, self.unit, self.read_mode, self.scope, self.area)

    def __truediv__(self, other: Metric) -> float:
        """Return the ratio to a metric of the same kind."""
        return self.value / self._with(other).value

    def __lt__(self, other: Metric) -> bool:
        """Compare with a metric of the same kind."""
        return self.value < self._with(other).value

    def __le__(self, other: Metric) -> bool:
        """Compare with a metric of the same kind."""
        return self.value <= self._with(other).value

    def __gt__(self, other: Metric) -> bool:
        """Compare with a metric of the same kind."""
        return self.value > self._with(other).value

    def __ge__(self, other: Metric) -> bool:
        """Compare with a metric of the same kind."""
        return self.value >= self._with(other).value

    def __eq__(self, other: object) -> bool:
        """Compare with a metric of the same kind; nothing but a number resembles one otherwise."""
        if not isinstance(other, Metric | Real):
            return NotImplemented
        return self.value == self._with(other).value

    __hash__ = None  # type: ignore[assignment]

    @property
    def text(self) -> str:
        """Value and unit with a prefix, without read mode and scope."""
        if self.unit == "OP/J":
            return f"{_plain(self.value / TERA, 3)} TOPS/W"
        if self.unit == "OP/s":
            return f"{_plain(self.value / TERA, 3)} TOPS"
        if self.unit == "OP/s/m^2":
            return f"{_plain(self.value / (TERA / MM2), 3)} TOPS/mm²"
        if self.unit == "1/s":
            return f"{_plain(self.value, 4)} per s"
        size = abs(self.value)
        factor, prefix = next((p for p in (*PREFIXES, *SMALL) if size >= p[0]), (1.0, ""))
        # first to nine decimals: a tie like 1.8925 then rounds alike on every machine
        return f"{round(self.value / factor, 9):.4g} {prefix}{self.unit}"

    def __str__(self) -> str:
        """Return value, unit, read mode and scope."""
        area = f", per {self.area}" if self.area else ""
        return f"{self.text} ({self.read_mode} read, {SCOPES[self.scope]}{area})"

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Performance:
    """What one unit of work costs on a chip. Made by the functions of `aimc.chip.performance`."""

    name: str
    """What was computed."""
    per: str
    """The unit of work, for example ``"image"``."""
    read_mode: str
    """One of `MODES`."""
    scope: str
    """One of `SCOPES`."""
    cores: int
    """Cores in use."""
    utilisation: float
    """Share of their unit cells that hold a weight, 0 to 1."""
    operations: float
    """OP of the MVMs per unit of work; one multiply-accumulate is two."""
    energies: dict[str, float]
    """Energy per unit of work by component, J."""
    seconds: float
    """Time from first input to last result, s."""
    period: float
    """Time between units of work when they follow each other as fast as possible, s."""
    areas: dict[str, float]
    """Denominators of densities, m^2."""
    activity: float
    """Energy of an MVM of a core relative to that at peak."""
    reads_range: tuple[float, float] | None = None
    """Lowest and highest energy of the reads, J: how they follow the filling of a core is inferred
    (`aimc.chip.activity`). ``None``: known exactly."""
    rest_range: tuple[float, float] | None = None
    """Lowest and highest energy of all that is not a read, J: what flows while a core waits is
    fitted (`aimc.chip.hermes.fit_energies`). ``None``: known exactly."""
    digital: tuple[str, ...] = ()
    """Layers with weights that stayed digital, for example ``"c2 (Conv2d)"``: not counted here."""
    other: tuple[str, ...] = ()
    """What else the network computes outside the cores, by kind: not counted here."""
    assumed: tuple[str, ...] = ()
    """What the times assume beyond what was published, see `aimc.chip.assumptions`."""

    def __post_init__(self) -> None:
        check_choice("read_mode", self.read_mode, MODES)
        check_choice("scope", self.scope, tuple(SCOPES))
        if self.digital and self.scope == "network":
            raise ScopeError(
                f"scope='network' is not allowed: {_listed(self.digital)} stayed digital, so these "
                "are the costs of a part of an inference; use scope='part'"
            )
        check_number("seconds", self.seconds, low=0.0, open_low=True, unit="s")
        check_number("period", self.period, low=0.0, open_low=True, unit="s")

    def _metric(self, value: float, unit: str, area: str = "") -> Metric:
        return Metric(value, unit, self.read_mode, self.scope, area)

    @property
    def energy(self) -> Metric:
        """Energy per unit of work."""
        return self._metric(sum(self.energies.values()), "J")

    @property
    def energy_range(self) -> tuple[Metric, Metric]:
        """Lowest and highest energy per unit of work.

        They differ where cores are emptier, or fuller, than those that were measured: how the
        energy of a read follows the filling is inferred, see `aimc.chip.activity`. And they differ
        where cores wait: the published energies bound standing power and do not fix it.
        """
        known = next(iter(self.energies.values()), 0.0)
        others = sum(self.energies.values()) - known
        reads = (known, known) if self.reads_range is None else self.reads_range
        rest = (others, others) if self.rest_range is None else self.rest_range
        low, high = (self._metric(a + b, "J") for a, b in zip(reads, rest, strict=True))
        return low, high

    @property
    def energy_text(self) -> str:
        """Energy per unit of work with its range, for example ``"868 to 953 µJ"``."""
        low, high = (metric.value for metric in self.energy_range)
        size, prefix = next((p for p in (*PREFIXES, *SMALL) if high >= p[0]), (1.0, ""))
        ends = [_plain(round(value / size, 9), 3) for value in (low, high)]
        return f"{' to '.join(dict.fromkeys(ends))} {prefix}J"

    @property
    def latency(self) -> Metric:
        """Time from first input to last result."""
        return self._metric(self.seconds, "s")

    @property
    def interval(self) -> Metric:
        """Time between units of work in the steady state."""
        return self._metric(self.period, "s")

    @property
    def rate(self) -> Metric:
        """Units of work per second in the steady state."""
        return self._metric(1 / self.period, "1/s")

    @property
    def throughput(self) -> Metric:
        """Operations per second in the steady state."""
        return self._metric(self.operations / self.period, "OP/s")

    @property
    def efficiency(self) -> Metric:
        """Operations per joule."""
        return self._metric(self.operations / self.energy.value, "OP/J")

    def density(self, area: str) -> Metric:
        """Return operations per second and square metre.

        Parameters
        ----------
        area : {"MVM area", "die"}
            What is divided by: crossbars, ADCs and PWM of the cores in use, or all dies.
        """
        check_choice("area", area, tuple(self.areas))
        return self._metric(self.throughput.value / self.areas[area], "OP/s/m^2", area)

    @property
    def not_included(self) -> tuple[str, ...]:
        """What these numbers leave out."""
        named = (f"layers that stayed digital: {_listed(self.digital)}",) if self.digital else ()
        others = (f"computed outside the cores: {_listed(self.other)}",) if self.other else ()
        return (*named, *others, *NOT_INCLUDED[self.scope])

    def beside_accuracy(self, accuracy: float, read_mode: str) -> dict[str, Any]:
        """Return accuracy and cost in one row, if both hold at the same time.

        Parameters
        ----------
        accuracy : float
            Accuracy, in any unit.
        read_mode : {"1-phase", "4-phase"}
            How the cores were read when it was measured; all published accuracies of the 64-core
            chip are of the four-phase read.

        Raises
        ------
        ScopeError
            If the cost is of another read mode.
        """
        if check_choice("read_mode", read_mode, MODES) != self.read_mode:
            raise ScopeError(
                f"an accuracy of the {read_mode} read does not stand beside costs of the "
                f"{self.read_mode} read of {self.name}: compute the costs with "
                f"read_mode={read_mode!r}"
            )
        return {"accuracy": accuracy, "energy": self.energy, "latency": self.latency}

    def as_rows(self) -> list[dict[str, str]]:
        """Return one row per number, each with its read mode and scope."""
        numbers = {
            f"energy per {self.per}": self.energy,
            **self._inferred_range(),
            f"latency of one {self.per}": self.latency,
            f"interval between one {self.per} and the next": self.interval,
            "throughput": self.throughput,
            "efficiency": self.efficiency,
            **{f"density, per {area}": self.density(area) for area in self.areas},
        }
        return [
            {
                "quantity": name,
                "value": metric.text,
                "read mode": metric.read_mode,
                "scope": SCOPES[metric.scope],
            }
            for name, metric in numbers.items()
        ]

    def _inferred_range(self) -> dict[str, Metric]:
        low, high = self.energy_range
        if high.value - low.value <= _NOTHING * self.energy.value:
            return {}
        return {"  low end, inferred": low, "  high end, inferred": high}

    def __str__(self) -> str:
        """Return a table with read mode and scope, what is assumed, and what is not included."""
        head = (
            f"{self.name}: {self.read_mode} read, {SCOPES[self.scope]}, {self.cores} cores, "
            f"{self.utilisation:.0%} used"
        )
        rows = [(row["quantity"], row["value"]) for row in self.as_rows()]
        total = self.energy.value
        rows += [
            (f"  energy, {part}", f"{energy / total:.1%}") for part, energy in self.energies.items()
        ]
        wide = max(len(name) for name, _ in rows)
        lines = [f"  {name:<{wide}}  {value}" for name, value in rows]
        if self.assumed:
            lines.append(f"  assumed: {'; '.join(self.assumed)}")
        missing = "; ".join(self.not_included)
        return "\n".join([head, *lines, f"  not included: {missing}"])

    def chart(self) -> Chart:
        """Return the energy by component."""
        total = self.energy
        shares = {name: 100 * value / total.value for name, value in self.energies.items()}
        title = f"{self.name}: {total.text} per {self.per}, {self.read_mode} read"
        label = f"share of the energy (%), {SCOPES[self.scope]}"
        return Chart(title, "", label, parted(shares, THINGS), y_range=(0.0, 100.0))


def parted(parts: dict[str, float], things: dict[str, str]) -> tuple[Bars, ...]:
    """Return one bar for each part, in the colour of the thing that it stands for."""
    names = tuple(name.replace(" ", "\n") for name in parts)
    return tuple(
        Bars(
            names,
            tuple(value if k == j else 0.0 for j in range(len(names))),
            stacked=True,
            thing=things.get(name, ""),
        )
        for k, (name, value) in enumerate(parts.items())
    )


def _plain(value: float, digits: int) -> str:
    """Return a number of so many digits, without an exponent if it is large."""
    return f"{float(f'{value:.{digits}g}'):,.15g}"


def _listed(names: tuple[str, ...]) -> str:
    """Return names as a list for a sentence, shortened if there are many."""
    rest = len(names) - _MOST_NAMES
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown} and {rest} more" if rest > 0 else shown
