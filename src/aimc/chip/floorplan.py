r"""Where things are on a chip: cores, digital units, links between them, and the area they take.

The grid of the 64-core chip, its sizes and its rows of cores and global digital processing units
(GDPU) are published :cite:p:`legallo2023hermes`. Positions are ours: the paper prints the sizes of
the parts and the order of the rows, so the block of cores is drawn in the middle of the die, with
the longer side of a core horizontal. Eight such cores side by side are 9.6 mm wide, and eight
rows with the GDPUs between them are 9.6 mm tall.

Links follow a rule instead of a list. A link controller reaches the next core above and below, and
the next two on either side: six neighbours, as the paper draws in detail for two cores. Its
Extended Data Fig. 1c marks the available connections of the entire chip; that map is not copied
here. On the 8 x 8 grid the rule gives 320 directed links between cores, and one link from each core
of the fourth row to the GDPU below it makes 328. **The paper prints 418** (A017), and its text does
not say how they are counted; the map would. Not even six receivers for every core, at the edges
too, reach that number: 64 x 6 + 8 = 392. So nothing here should be read as the number of wires.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aimc.published import fact
from aimc.units import MILLI
from aimc.validation import check_integer, check_number

__all__ = ["AreaBudget", "Floorplan", "Size", "hermes_floorplan"]

Size = tuple[float, float]
"""Width and height, m."""


@dataclass(frozen=True, slots=True)
class AreaBudget:
    """What the area of a die is spent on. The four parts add up to the die."""

    mvm: float
    """Crossbars with their converters (ADC, PWM), all cores, m^2. The area behind TOPS/mm^2."""
    core_rest: float
    """The cores without that part: LDPU, programming units, link controllers, wiring, m^2."""
    gdpu: float
    """Global digital processing units, m^2."""
    rest: float
    """Everything else on the die: pads, links between the cores, clock, empty area, m^2."""

    @property
    def cores(self) -> float:
        """Area of all cores, m^2."""
        return self.mvm + self.core_rest

    @property
    def die(self) -> float:
        """Area of the die, m^2."""
        return self.cores + self.gdpu + self.rest

    def shares(self) -> dict[str, float]:
        """Return the four parts as fractions of the die."""
        parts = {"mvm": self.mvm, "core_rest": self.core_rest}
        parts |= {"gdpu": self.gdpu, "rest": self.rest}
        return {name: area / self.die for name, area in parts.items()}


@dataclass(frozen=True, slots=True)
class Floorplan:
    """A grid of cores, with or without a row of GDPUs, on a die.

    Cores are numbered from 0, row by row, the first row on top. The origin of positions is the
    lower left corner of the die. `name` gives the numbers of the paper, which count from 1.
    """

    rows: int
    """Rows of cores."""
    columns: int
    """Cores per row."""
    core: Size
    """Size of a core, m."""
    mvm: Size
    """Size of the part of a core that does the MVM, m."""
    die: Size
    """Size of the die, m."""
    gdpu: Size = (0.0, 0.0)
    """Size of a GDPU, m."""
    gdpu_after: int = 0
    """Rows of cores above the row of GDPUs; 0 for a chip without GDPUs."""
    reach: tuple[int, int] = (1, 2)
    """How many cores up or down, and left or right, a link controller reaches."""

    def __post_init__(self) -> None:
        check_integer("rows", self.rows, low=1)
        check_integer("columns", self.columns, low=1)
        check_integer("gdpu_after", self.gdpu_after, low=0, high=self.rows)
        for part in ("core", "mvm", "die", "gdpu"):
            for side in getattr(self, part):
                check_number(part, side, low=0.0, unit="m")
        for steps in self.reach:
            check_integer("reach", steps, low=1)
        if any(a > b for a, b in zip(self.mvm, self.core, strict=True)):
            raise ValueError(f"mvm={self.mvm} does not fit into core={self.core}")
        if self.gdpu_after and self.gdpu[0] > self.core[0]:
            raise ValueError(f"gdpu={self.gdpu} is wider than core={self.core}: one per column")
        if any(a > b * (1 + 1e-9) for a, b in zip(self.block, self.die, strict=True)):
            raise ValueError(
                f"die={self.die} is too small for {self.rows} x {self.columns} cores: {self.block}"
            )

    # -- numbers and places ---------------------------------------------------------------------

    @property
    def cores(self) -> int:
        """Number of cores."""
        return self.rows * self.columns

    @property
    def gdpus(self) -> int:
        """Number of GDPUs: one per column, or none."""
        return self.columns if self.gdpu_after else 0

    @property
    def block(self) -> Size:
        """Width and height of the cores and GDPUs together, m."""
        strip = self.gdpu[1] if self.gdpu_after else 0.0
        return self.columns * self.core[0], self.rows * self.core[1] + strip

    def row_column(self, core: int) -> tuple[int, int]:
        """Return row and column of a core, both from 0."""
        return divmod(check_integer("core", core, low=0, high=self.cores - 1), self.columns)

    def core_at(self, row: int, column: int) -> int:
        """Return the number of the core in a row and a column, both from 0."""
        check_integer("row", row, low=0, high=self.rows - 1)
        return row * self.columns + check_integer("column", column, low=0, high=self.columns - 1)

    def name(self, core: int) -> str:
        """Return a core as the paper writes it, ``"(row,column)"`` from 1."""
        row, column = self.row_column(core)
        return f"({row + 1},{column + 1})"

    def position(self, core: int) -> Size:
        """Return the centre of a core, m from the lower left corner of the die."""
        row, column = self.row_column(core)
        left, top = self._corner
        below = self.gdpu[1] if self.gdpu_after and row >= self.gdpu_after else 0.0
        return left + (column + 0.5) * self.core[0], top - (row + 0.5) * self.core[1] - below

    def gdpu_position(self, gdpu: int) -> Size:
        """Return the centre of a GDPU, m from the lower left corner of the die."""
        if not self.gdpus:
            raise ValueError("this floorplan has no GDPU")
        check_integer("gdpu", gdpu, low=0, high=self.gdpus - 1)
        left, top = self._corner
        down = self.gdpu_after * self.core[1] + 0.5 * self.gdpu[1]
        return left + (gdpu + 0.5) * self.core[0], top - down

    @property
    def _corner(self) -> Size:
        """Upper left corner of the block of cores, in the middle of the die."""
        wide, tall = self.block
        return 0.5 * (self.die[0] - wide), 0.5 * (self.die[1] + tall)

    # -- links ----------------------------------------------------------------------------------

    def is_link(self, sender: int, receiver: int) -> bool:
        """Return whether the output of one core can go straight to another."""
        (a, b), (c, d) = self.row_column(sender), self.row_column(receiver)
        down, across = abs(c - a), abs(d - b)
        return (across == 0 and 0 < down <= self.reach[0]) or (
            down == 0 and 0 < across <= self.reach[1]
        )

    def neighbours(self, core: int) -> tuple[int, ...]:
        """Return the cores that a core can send to, in the order of their numbers."""
        row, column = self.row_column(core)
        tall, wide = self.reach
        found = [
            self.core_at(r, column)
            for r in range(max(0, row - tall), min(self.rows, row + tall + 1))
            if r != row
        ]
        found += [
            self.core_at(row, c)
            for c in range(max(0, column - wide), min(self.columns, column + wide + 1))
            if c != column
        ]
        return tuple(sorted(found))

    def links(self) -> tuple[tuple[int, int], ...]:
        """Return all (sender, receiver) pairs of cores that the rule allows."""
        return tuple((a, b) for a in range(self.cores) for b in self.neighbours(a))

    def gdpu_links(self) -> tuple[tuple[int, int], ...]:
        """Return the (core, GDPU) pairs: the last row above the GDPUs feeds the one below it."""
        row = self.gdpu_after - 1
        return tuple((self.core_at(row, k), k) for k in range(self.gdpus))

    def hops(self, sender: int, receiver: int) -> int:
        """Return the fewest links in a row from one core to another."""
        (a, b), (c, d) = self.row_column(sender), self.row_column(receiver)
        return math.ceil(abs(c - a) / self.reach[0]) + math.ceil(abs(d - b) / self.reach[1])

    def hops_to_gdpu(self, core: int) -> int:
        """Return the fewest links in a row from a core to a GDPU.

        The way leads through the core that feeds the GDPU of the same column. A chip without GDPUs
        hands its sums out over one link.
        """
        _, column = self.row_column(core)
        if not self.gdpus:
            return 1
        return self.hops(core, self.core_at(self.gdpu_after - 1, column)) + 1

    def route(self, sender: int, receiver: int) -> tuple[int, ...]:
        """Return one shortest way between two cores, both ends included: first along the row.

        On the chip of the paper every step is a hop through a link controller, set up before the
        network runs.
        """
        (a, b), (c, d) = self.row_column(sender), self.row_column(receiver)
        way = [sender]
        tall, wide = self.reach
        while b != d:
            b += max(-wide, min(wide, d - b))
            way.append(self.core_at(a, b))
        while a != c:
            a += max(-tall, min(tall, c - a))
            way.append(self.core_at(a, b))
        return tuple(way)

    def distance(self, sender: int, receiver: int) -> float:
        """Return the length of a wire along rows and columns between two cores, m."""
        (x, y), (u, v) = self.position(sender), self.position(receiver)
        return abs(u - x) + abs(v - y)

    # -- area -----------------------------------------------------------------------------------

    def areas(self) -> AreaBudget:
        """Return what the area of the die is spent on."""
        mvm = self.cores * math.prod(self.mvm)
        cores = self.cores * math.prod(self.core)
        gdpu = self.gdpus * math.prod(self.gdpu)
        return AreaBudget(mvm, cores - mvm, gdpu, math.prod(self.die) - cores - gdpu)


def hermes_floorplan(grid: tuple[int, int] | None = None) -> Floorplan:
    """Return the 64-core chip: 8 x 8 cores and a row of 8 GDPUs :cite:p:`legallo2023hermes`.

    The grid is A128, the sizes are A129-A132. That each GDPU stands in a column of its own, below
    the fourth core that feeds it, is the paper's description, its exact place in that column is
    not.

    Parameters
    ----------
    grid : (int, int), optional
        Rows and columns of a chip of the same cores that nobody built: its GDPUs stand in the
        middle, one per column, and what the die has around its cores stays as wide.
    """
    published = tuple(int(n) for n in fact("A128").numbers)
    rows, columns = published if grid is None else grid
    core, gdpu, die = _sides("A130"), _sides("A132"), _sides("A129")
    more = (columns - published[1]) * core[0], (rows - published[0]) * core[1]
    return Floorplan(
        rows=rows,
        columns=columns,
        core=core,
        mvm=_sides("A131"),
        die=(die[0] + more[0], die[1] + more[1]),
        gdpu=gdpu,
        gdpu_after=max(1, rows // 2),
    )


def _sides(identifier: str) -> Size:
    """Return the two sides (m) of a fact in mm."""
    width, height = fact(identifier).numbers
    return width * MILLI, height * MILLI
