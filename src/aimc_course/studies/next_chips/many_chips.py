"""A model that no chip can hold, on a row of chips: what crosses the links between them.

Blocks follow each other through the chips, and a chip ends wherever its last core is used, in the
middle of a block or of a matrix. Matrices are cut by outputs, heads stay whole, so that no partial
sum leaves a chip: inputs pass on to the next chip, and so do the outputs that are complete. All of
it is arithmetic on shapes. What is assumed about links is in `LinkConstants`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from aimc.validation import check_integer, check_number
from aimc_course.studies.next_chips.decode import DecodingChip, Step
from aimc_course.studies.roadmap import today

__all__ = ["ChipRow", "Cut", "LinkConstants", "assumed_links"]


@dataclass(frozen=True, slots=True)
class LinkConstants:
    """A link from one chip to the next. `assumed_links` makes those of the chapter."""

    bandwidth: float
    """B/s in one direction."""
    energy: float
    """J per byte."""
    latency: float
    """From the last byte on one chip to the first on the next, s."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """For every other field, where it comes from."""

    def __post_init__(self) -> None:
        check_number("bandwidth", self.bandwidth, low=0.0, open_low=True, unit="B/s")
        check_number("energy", self.energy, low=0.0, unit="J")
        check_number("latency", self.latency, low=0.0, unit="s")
        names = [f.name for f in fields(self) if f.name != "origins"]
        missing = [name for name in names if not self.origins.get(name)]
        if missing:
            raise ValueError(f"origins must say where every number comes from, missing: {missing}")

    def changed(self, **values: Any) -> LinkConstants:
        """Return the constants with other values, marked as the reader's own."""
        origins = {**self.origins, **dict.fromkeys(values, "chosen by the reader")}
        return replace(self, **values, origins=MappingProxyType(origins))


def assumed_links() -> LinkConstants:
    """Return a link on a board: energy and delay of `today`, and a round bandwidth."""
    prices = today()
    return LinkConstants(
        bandwidth=32e9,
        energy=8 * prices["link_energy"].middle,
        latency=prices["link_time"].middle,
        origins=MappingProxyType(
            {
                "bandwidth": "assumed: 32 GB/s",
                "energy": prices["link_energy"].origin,
                "latency": prices["link_time"].origin,
            }
        ),
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """The border between a chip and the next."""

    block: int
    """Block in which it lies, from 0."""
    layer: str
    """Matrix in which it lies."""
    share: float
    """Share of the outputs of this matrix that are on the chips before, 0 to 1."""
    bytes: float
    """What a token sends across, B."""


@dataclass(frozen=True)
class ChipRow:
    """A decoder on as many chips as it needs, one after the other.

    Examples
    --------
    >>> from aimc.layers import DecoderShape
    >>> from aimc_course.studies.next_chips import DecodingChip
    >>> row = ChipRow(DecodingChip(DecoderShape(blocks=4, width=512, heads=8)), cores_per_chip=64)
    >>> row.chips, len(row.cuts)
    (3, 2)
    """

    model: DecodingChip
    """What runs, and the mesh of a block."""
    cores_per_chip: int = 64
    """Cores of a chip; 64 on the chip of part 3."""
    links: LinkConstants = field(default_factory=assumed_links)
    """What lies between chips."""

    def __post_init__(self) -> None:
        check_integer("cores_per_chip", self.cores_per_chip, low=1)

    @property
    def chips(self) -> int:
        """Chips that the model takes."""
        return -(-self.model.cores // self.cores_per_chip)

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """Borders between chips, in the order of the row."""
        matrices = self._matrices()
        block_cores = sum(cores for _, cores in matrices)
        found = []
        for k in range(1, self.chips):
            block, rest = divmod(k * self.cores_per_chip, block_cores)
            layer, share = _locate(rest, matrices)
            found.append(Cut(block, layer, share, self.crossing(layer, share)))
        return tuple(found)

    def crossing(self, layer: str, share: float) -> float:
        """Return what crosses a border in a matrix, B per token.

        Before the border lies the given share of the outputs. Its inputs go on to the chips behind,
        complete outputs go on to the next matrix, and the residual stream to where it is added;
        the inputs of a projection or expansion are norms of that stream and need no copy of it.

        Parameters
        ----------
        layer : {"projections", "output", "expand", "contract"}
            Queries, keys and values by heads; the projection of what attention mixed; and the two
            matrices of the feed-forward layer.
        share : float
            0 to 1.
        """
        check_number("share", share, low=0.0, high=1.0)
        d, c = self.model.decoder, self.model.constants
        size, stream = c.value_bits / 8, d.width * c.residual_bits / 8
        values = {
            "projections": share * d.width,
            "output": d.width + share * d.width,
            "expand": share * d.inner,
            "contract": d.inner + share * d.width,
        }
        if layer not in values:
            raise ValueError(f"layer={layer!r} is not allowed: choose one of {sorted(values)}")
        return stream + size * values[layer]

    @property
    def bytes_per_token(self) -> float:
        """Bytes over all links, B."""
        return sum(cut.bytes for cut in self.cuts)

    @property
    def link_seconds(self) -> float:
        """Time that all links add to a token, s."""
        return sum(cut.bytes / self.links.bandwidth + self.links.latency for cut in self.cuts)

    @property
    def link_energy(self) -> float:
        """Energy of a token on all links, J."""
        return self.bytes_per_token * self.links.energy

    def step(self, context: int, users: int = 1) -> Step:
        """Return a decode step with the links between chips among its parts.

        Parameters
        ----------
        context, users
            As in `DecodingChip.step`.
        """
        return self.model.step(
            context,
            users=users,
            links=(self.link_seconds, self.link_energy, self._busiest),
        )

    @property
    def _busiest(self) -> float:
        worst = max((cut.bytes for cut in self.cuts), default=0.0)
        return worst / self.links.bandwidth

    def _matrices(self) -> list[tuple[str, int]]:
        """Return the cores of each matrix; queries, keys and values of a head stand together."""
        mapping = self.model.plan.plan.mapping
        cores = {layer.name: len(mapping.of(layer.name)) for layer in mapping.network.static}
        first = sum(cores[f"{name} projection"] for name in ("query", "key", "value"))
        return [
            ("projections", first),
            ("output", cores["output projection"]),
            ("expand", cores["feed-forward 1"]),
            ("contract", cores["feed-forward 2"]),
        ]


def _locate(cores: int, matrices: list[tuple[str, int]]) -> tuple[str, float]:
    """Return the matrix in which so many cores end, and the share of it that they hold."""
    for name, size in matrices:
        if cores < size:
            return name, cores / size
        cores -= size
    raise ValueError(f"cores={cores} is beyond the block: it has fewer")
