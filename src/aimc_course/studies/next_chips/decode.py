"""One token of a transformer on a mesh: its step through a block, part by part, and its cache.

The matrices of a block are static and stand on cores. Keys and values of the tokens before are data
that grow with the context: they lie in memory, and digital units multiply with them. A step takes
the blocks one after the other, so that time and energy are those of one block times their number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from aimc.layers import DecoderShape
from aimc.validation import check_choice, check_integer, check_number
from aimc_course.studies.next_chips.chip import OPS_PER_VALUE, MeshChip, MeshPlan, Stage
from aimc_course.studies.next_chips.constants import MeshConstants, mesh_constants
from aimc_course.studies.next_chips.mesh import Mesh

__all__ = ["CACHES", "DecodingChip", "Part", "Prompt", "Step"]

CACHES = ("auto", "chip", "outside")
"""Where keys and values lie; ``"auto"``: on the chip as long as they fit."""
WHERE = ("analog", "digital", "mesh", "memory", "links")
"""Kinds of unit."""
MATRICES, MESH, NORMS = "matrices on cores", "mesh", "norms and activations"
ATTENTION, CACHE, STANDING = "attention", "cache", "standing power"
LINKS = "links between chips"


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a step."""

    name: str
    """What is done."""
    where: str
    """One of `WHERE`."""
    seconds: float
    """Time that it adds to the step, s."""
    energy: float
    """J"""


@dataclass(frozen=True, slots=True)
class Step:
    """One token through all blocks. Made by `DecodingChip.step`."""

    context: int
    """Tokens attended to, the new one included."""
    cache: str
    """``"chip"`` or ``"outside"``."""
    users: int
    """Sequences whose tokens follow each other through the blocks."""
    period: float
    """Time from one token to the next, of whichever user, s."""
    parts: tuple[Part, ...]
    """In the order of the table."""

    @property
    def latency(self) -> float:
        """Time of the token from the first block to the last, s."""
        return sum(part.seconds for part in self.parts)

    @property
    def per_user(self) -> float:
        """Time from one token of a sequence to its next, s; above `latency` if tokens queue up."""
        return self.users * self.period

    @property
    def energy(self) -> float:
        """Energy of the token, standing power of cores included, J."""
        return sum(part.energy for part in self.parts)

    def of(self, where: str) -> float:
        """Return the energy of one kind of unit, J."""
        check_choice("where", where, WHERE)
        return sum(part.energy for part in self.parts if part.where == where)

    def part(self, name: str) -> Part:
        """Return one part by its name."""
        names = [part.name for part in self.parts]
        return self.parts[names.index(check_choice("name", name, tuple(names)))]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that is known from the start. Made by `DecodingChip.prompt`."""

    tokens: int
    """Its length."""
    seconds: float
    """Time until its last token has passed the last block, s."""
    energy: float
    """Energy of all its tokens, standing power included, J."""


@dataclass(frozen=True)
class DecodingChip:
    """A decoder on a mesh that holds each of its blocks.

    Examples
    --------
    >>> from aimc.layers import DecoderShape
    >>> chip = DecodingChip(DecoderShape(blocks=2, width=512, heads=8))
    >>> short, long = chip.step(128), chip.step(4096)
    >>> long.part("matrices on cores").energy == short.part("matrices on cores").energy
    True
    >>> long.part("attention").energy > 30 * short.part("attention").energy
    True
    """

    decoder: DecoderShape
    """What runs."""
    constants: MeshConstants = field(default_factory=mesh_constants)
    """Times and energies."""
    read_mode: str = ""
    """As in `MeshChip`."""
    digital_every: int = 4
    """One column of the mesh in so many holds digital units."""

    @cached_property
    def plan(self) -> MeshPlan:
        """One block on the smallest mesh that holds it; all blocks stand alike."""
        core, network = self.constants.core, self.decoder.block(1)
        cores = sum(
            -(-layer.shape[0] // core.columns) * -(-layer.shape[1] // core.rows)
            for layer in network.static
        )
        mesh = Mesh.for_cores(cores, digital_every=self.digital_every, pitch=self.constants.pitch)
        return MeshChip(mesh, self.constants, self.read_mode).map(network)

    @property
    def cores(self) -> int:
        """Cores of all blocks."""
        return self.decoder.blocks * self.plan.plan.mapping.cores

    @cached_property
    def attention_units(self) -> int:
        """Digital units that share the attention of a block."""
        return next(len(s.landing) for s in self.plan.stages if not s.static)

    @property
    def cache_room(self) -> int:
        """Memory of the digital units of all blocks, B."""
        return self.decoder.blocks * self.plan.mesh.units * self.constants.memory_bytes

    @property
    def longest_cached(self) -> int:
        """Longest context whose keys and values of one sequence lie on the chip."""
        return int(self.cache_room / self.decoder.cache_bytes(1, self.constants.value_bits))

    @cached_property
    def pace(self) -> float:
        """Time between tokens that cores and mesh allow, without attention, s."""
        c, mode = self.constants, self.plan.plan.read_mode
        busiest = max(max(s.incoming.busiest, s.outgoing.busiest) for s in self.plan.stages)
        cores = max(c.core.interval(g, mode) for s in self.plan.stages for g in s.groups)
        return max(cores, busiest * 8 / c.link_bits / c.clock)

    def step(
        self,
        context: int,
        *,
        cache: str = "auto",
        users: int = 1,
        links: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> Step:
        """Return what one more token takes.

        Parameters
        ----------
        context : int
            Tokens attended to, the new one included.
        cache : {"auto", "chip", "outside"}
            Where keys and values lie.
        users : int
            Sequences that decode at the same time. Their tokens follow each other through the
            blocks, so that cores wait less; each keeps a cache of its own.
        links : (float, float, float)
            What links between chips add to a token (s and J), and how long the busiest is in use
            (s); `aimc_course.studies.next_chips.ChipRow` knows.

        Raises
        ------
        ValueError
            If the cache is to lie on the chip and does not fit.
        """
        check_integer("context", context, low=1)
        check_integer("users", users, low=1)
        where = self._cache(cache, context, users)
        c, d = self.constants, self.decoder
        fetched, compute = self._attention(context, where)
        softmax = OPS_PER_VALUE * d.heads * context
        outputs = OPS_PER_VALUE * sum(layer.outputs for layer in d.block(1).static)
        rate = self.attention_units * c.digital_rate
        stages = self.plan.stages
        ways = [way for stage in stages for way in (stage.incoming, stage.outgoing)]
        cores = sum(self._stage_seconds(stage) for stage in stages)
        reads, values = self._core_energies()
        norms = sum(
            OPS_PER_VALUE * sum(x.outputs for x in s.layers) / len({b.site for b in s.landing})
            for s in stages
            if s.static
        )
        macs = 2 * d.width * context
        parts = (
            (MATRICES, "analog", cores, reads + values),
            (MESH, "mesh", sum(w.seconds(c) for w in ways), sum(w.energy(c) for w in ways)),
            (NORMS, "digital", norms / c.digital_rate, outputs * c.digital_op_energy),
            (
                ATTENTION,
                "digital",
                compute + softmax / rate,
                macs * c.digital_mac_energy + softmax * c.digital_op_energy,
            ),
            (
                CACHE,
                "memory",
                max(0.0, fetched / self._bandwidth(where) - compute),
                fetched * (c.outer_energy if where == "outside" else c.memory_energy),
            ),
        )
        whole = d.blocks * sum(seconds for _, _, seconds, _ in parts) + links[0]
        fetching = fetched / self._bandwidth(where)
        period = max(whole / users, self.pace, compute + softmax / rate, fetching, links[2])
        named = [
            Part(name, kind, d.blocks * seconds, d.blocks * energy)
            for name, kind, seconds, energy in parts
        ]
        named.append(Part(LINKS, "links", links[0], links[1]))
        named.append(Part(STANDING, "analog", 0.0, d.blocks * self._standing(period)))
        return Step(context, where, users, period, tuple(named))

    def core_times(self) -> dict[str, float]:
        """Return the time of a token on cores by what they do, s; names as in `ChipConstants`."""
        core, mode = self.constants.core, self.plan.plan.read_mode
        total: dict[str, float] = {}
        for stage in self.plan.stages:
            if stage.static:
                slowest = max(stage.groups, key=lambda group: core.latency(group, mode))
                for name, seconds in core.latency_parts(slowest, mode).items():
                    total[name] = total.get(name, 0.0) + self.decoder.blocks * seconds
        return total

    def prompt(self, tokens: int) -> Prompt:
        """Return what a prompt takes whose tokens follow each other as fast as the blocks allow.

        Its tokens are known, so none waits for the one before to leave the last block. Each still
        fetches the keys and values before it; that several queries could share a fetch is not used.
        """
        check_integer("tokens", tokens, low=1)
        where = self._cache("auto", tokens, 1)
        rate = self.attention_units * self.constants.digital_rate
        t = np.arange(1, tokens + 1)
        fetched, compute = self._attention(1, where)
        softmax = OPS_PER_VALUE * self.decoder.heads / rate
        slow = max(compute + softmax, fetched / self._bandwidth(where))
        between = np.maximum(self.pace, slow * t)
        first, whole = self.step(1), self.step(tokens)
        # the first token fills the blocks, the others follow; both ends at the mean of contexts
        seconds = float(np.sum(between[1:])) + first.latency
        energy = first.part(STANDING).energy
        if tokens > 1:
            period = float(np.mean(between[1:]))
            energy += (tokens - 1) * self.decoder.blocks * self._standing(period)
        for name in (MATRICES, MESH, NORMS, ATTENTION, CACHE):
            # linear in the context: the mean over the prompt is that of its ends
            energy += tokens * 0.5 * (first.part(name).energy + whole.part(name).energy)
        return Prompt(tokens, max(seconds, whole.latency), energy)

    # -- parts --------------------------------------------------------------------------------

    def _cache(self, cache: str, context: int, users: int) -> str:
        check_choice("cache", cache, CACHES)
        if cache == "outside":
            return cache
        needed = users * self.decoder.cache_bytes(context, self.constants.value_bits)
        fits = needed <= self.cache_room
        if cache == "chip" and not fits:
            raise ValueError(
                f"cache='chip' is not allowed: {users} x {context} tokens need {needed:.3g} B and "
                f"the digital units have {self.cache_room:.3g} B"
            )
        return "chip" if fits else "outside"

    def _bandwidth(self, where: str) -> float:
        c = self.constants
        return (
            c.outer_bandwidth if where == "outside" else self.attention_units * c.memory_bandwidth
        )

    def _attention(self, context: int, where: str) -> tuple[float, float]:
        """Return the bytes that a block fetches, and the time of its products, s."""
        c, d = self.constants, self.decoder
        fetched = d.cache_bytes(context, c.value_bits) / d.blocks
        macs = 2 * d.width * context
        return fetched, macs / (self.attention_units * c.digital_rate)

    def _stage_seconds(self, stage: Stage) -> float:
        core, mode = self.constants.core, self.plan.plan.read_mode
        return max((core.latency(group, mode) for group in stage.groups), default=0.0)

    def _core_energies(self) -> tuple[float, float]:
        core, plan = self.constants.core, self.plan.plan
        reads = values = 0.0
        for group in plan.groups:
            once = core.read_energy(plan.read_mode, plan.activity, group.utilisation(core.core))
            reads += group.cores * once
            values += group.values * core.energy_value
        return reads, values

    def _standing(self, period: float) -> float:
        check_number("period", period, low=0.0, open_low=True, unit="s")
        return sum(self.plan.standing(group, 1, 1, period) for group in self.plan.plan.groups)
