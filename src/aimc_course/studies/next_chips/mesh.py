"""A grid of sites on which columns of digital units stand between columns of analog cores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from aimc.chip.floorplan import Floorplan
from aimc.validation import check_integer, check_number

__all__ = ["Mesh"]


@dataclass(frozen=True)  # no slots: what is asked for often is kept
class Mesh:
    """A dense 2-D mesh after :cite:t:`jain2022heterogeneous`: each site is linked to four others.

    The paper's floorplan was not copied. Here every `digital_every`-th column holds digital units,
    so that no core is farther from one than half of that, and all others hold cores.
    """

    rows: int = 16
    """Rows of sites."""
    columns: int = 16
    """Columns of sites."""
    digital_every: int = 4
    """One column in so many holds digital units."""
    pitch: float = 1.2e-3
    """Side of a site, m."""

    def __post_init__(self) -> None:
        for name in ("rows", "columns"):
            check_integer(name, getattr(self, name), low=1)
        check_integer("digital_every", self.digital_every, low=2)
        check_number("pitch", self.pitch, low=0.0, open_low=True, unit="m")
        if self.columns <= self.digital_every // 2:
            raise ValueError(
                f"columns={self.columns} leaves no column for digital units: at least "
                f"{self.digital_every // 2 + 1} are needed with digital_every={self.digital_every}"
            )

    @classmethod
    def for_cores(cls, cores: int, *, digital_every: int = 4, pitch: float = 1.2e-3) -> Mesh:
        """Return the smallest nearly square mesh with at least so many cores."""
        check_integer("cores", cores, low=1)
        side = max(2, digital_every // 2 + 1)
        while (mesh := cls(side, side, digital_every, pitch)).cores < cores:
            side += 1
        while (
            side > 1 and (less := cls(side - 1, mesh.columns, digital_every, pitch)).cores >= cores
        ):
            mesh, side = less, side - 1
        return mesh

    @cached_property
    def digital(self) -> tuple[int, ...]:
        """Sites of the digital units."""
        return tuple(k for k in range(self.rows * self.columns) if self._has_unit(k % self.columns))

    @cached_property
    def analog(self) -> tuple[int, ...]:
        """Sites of the cores."""
        return tuple(
            k for k in range(self.rows * self.columns) if not self._has_unit(k % self.columns)
        )

    @property
    def cores(self) -> int:
        """Number of analog cores."""
        return len(self.analog)

    @property
    def units(self) -> int:
        """Number of digital units."""
        return len(self.digital)

    @property
    def area(self) -> float:
        """Area of all sites, m^2."""
        return self.rows * self.columns * self.pitch**2

    @cached_property
    def floorplan(self) -> Floorplan:
        """The grid as `aimc.chip` knows it: its placement and its chains then use the mesh."""
        side = (self.pitch, self.pitch)
        die = (self.columns * self.pitch, self.rows * self.pitch)
        return Floorplan(self.rows, self.columns, core=side, mvm=side, die=die, reach=(1, 1))

    def nearest_unit(self, site: int) -> int:
        """Return the digital unit that is fewest links away, the left one of two."""
        row, column = self.floorplan.row_column(site)
        columns = [c for c in range(self.columns) if self._has_unit(c)]
        return self.floorplan.core_at(row, min(columns, key=lambda c: (abs(c - column), c)))

    def _has_unit(self, column: int) -> bool:
        return column % self.digital_every == self.digital_every // 2
