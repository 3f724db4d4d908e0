"""Explorer of the chapter on the next chips: what one token takes, and which part leads."""

from __future__ import annotations

import inspect
from functools import lru_cache

from aimc.layers import DecoderShape
from aimc.plots import Bars, Chart, Line, Rule
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer
from aimc_course.studies.next_chips import DecodingChip, mesh_constants
from aimc_course.studies.next_chips import decode as decode_room

__all__ = ["TOKEN_STEP", "chip", "compute"]

SLEEP = {"never": 1.0, "at a tenth": 0.1, "at a hundredth": 0.01}
CACHE = {"on the chip while it fits": "auto", "outside": "outside"}
HEAD = 64  # numbers of a query
SHORTEST, LONGEST = 6, 16  # powers of two of the context
TOKENS = tuple(f"{2**k:,} tokens" for k in range(SHORTEST, LONGEST + 1))
FIXED = ("matrices on cores", "mesh", "norms and activations")


@lru_cache(maxsize=64)
def chip(width: int, blocks: int, queries: int, sleep: float) -> DecodingChip:
    """Return a decoder on its mesh.

    Parameters
    ----------
    width : int
        Numbers per token.
    blocks : int
        Blocks in a row.
    queries : int
        Queries that share a key and a value.
    sleep : float
        Share of its standing power that a waiting core takes.
    """
    heads = width // HEAD
    decoder = DecoderShape(width=width, blocks=blocks, heads=heads, key_heads=heads // queries)
    return DecodingChip(decoder, mesh_constants().changed(idle_share=sleep))


def compute(
    width: str, blocks: int, queries: str, power: int, cache: str, readers: int, sleep: str
) -> Answer:
    """Take one token apart.

    Parameters
    ----------
    width, queries : str
        As of `chip`, in words of the controls.
    blocks : int
        As of `chip`.
    power : int
        Context, as a power of two.
    cache, sleep : str
        Keys of `CACHE` and `SLEEP`.
    readers : int
        Sequences whose tokens follow each other.
    """
    machine = chip(int(width), blocks, int(queries), SLEEP[sleep])
    context, where = 2**power, CACHE[cache]
    step = machine.step(context, cache=where, users=readers)
    fixed = sum(step.part(name).energy for name in FIXED)
    growing = step.part("attention").energy + step.part("cache").energy
    standing = step.part("standing power").energy
    values = {
        "latency": step.latency,
        "per_reader": step.per_user,
        "energy": step.energy,
        "fixed": fixed,
        "growing": growing,
        "standing": standing,
        "on_chip": step.cache == "chip",
        "cores": machine.cores,
    }
    lies = "on the chip" if step.cache == "chip" else "outside"
    leader = max(
        ("work that every token needs", fixed),
        ("attention and its cache", growing),
        ("standing power", standing),
        key=lambda pair: pair[1],
    )[0]
    sentence = (
        f"{machine.cores:,} cores hold {machine.decoder.weights / 1e6:,.0f} million weights. At a "
        f"context of {context:,} tokens each user gets a token in {step.per_user * 1e6:,.0f} µs, "
        f"for {step.energy * 1e3:,.2f} mJ, with the cache {lies}; the largest part is {leader}."
    )
    charts = (_by_context(machine, where, readers, context), _times(step))
    return Answer(values, charts, sentence)


def _by_context(machine: DecodingChip, where: str, readers: int, context: int) -> Chart:
    contexts = tuple(2**k for k in range(SHORTEST, LONGEST + 1))
    steps = [machine.step(n, cache=where, users=readers) for n in contexts]

    def line(label: str, *names: str, dashed: bool = False) -> Line:
        energies = tuple(1e3 * sum(step.part(name).energy for name in names) for step in steps)
        return Line(tuple(map(float, contexts)), energies, label, dashed=dashed)

    return Chart(
        "Energy of a token",
        "context (tokens)",
        "energy (mJ)",
        (
            line("cores, mesh, norms", *FIXED, dashed=True),
            line("attention and cache", "attention", "cache"),
            line("standing power", "standing power"),
            Rule(float(context), "now", axis="x"),
        ),
        x_scale="log",
        y_scale="log",
    )


def _times(step: decode_room.Step) -> Chart:
    names = (*FIXED, "attention", "cache")
    shares = tuple(100 * step.part(name).seconds / step.latency for name in names)
    words = ("cores", "mesh", "norms", "attention", "cache")
    return Chart(
        "Time of a token", "", "share of the time (%)", (Bars(words, shares),), y_range=(0.0, 100.0)
    )


TOKEN_STEP = Explorer(
    name="token_step",
    title="One token, part by part",
    controls=(
        Choice("width", "Width", ("512", "1024", "2048"), "1024"),
        Slider("blocks", "Blocks", 4, 32, 4, 24, integer=True),
        Choice("queries", "Queries per key", ("1", "4", "8"), "1"),
        Slider("power", "Context", SHORTEST, LONGEST, 1, 10, integer=True, words=(TOKENS,)),
        Choice("cache", "Cache", tuple(CACHE), "on the chip while it fits"),
        Slider("readers", "Users", 1, 32, 1, 1, integer=True),
        Choice("sleep", "Cores sleep", tuple(SLEEP), "at a hundredth"),
    ),
    compute=compute,
    source=inspect.getsource(decode_room.DecodingChip),
)
"""Energy and time of a token by part, against shape, context, cache, readers and sleep."""
