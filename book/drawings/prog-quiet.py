"""Two devices of nearly the same conductance: left in SET, and programmed to the top."""

import style as s

from aimc.devices import pcm_hermes
from aimc.devices.pulsed import pulsed_hermes
from aimc.recovery.programming import set_relaxation

WIDTH, HEIGHT = 446, 312
ONE, TWO = pcm_hermes(devices=1), pcm_hermes(devices=2)
QUIET = 1e6 * set_relaxation(ONE, TWO, pulsed_hermes())  # µS
PAIR = 1e6 * float(TWO.programming_std(TWO.g_max))  # µS
BOUNDS = tuple((QUIET**2 + (by**2 - 1) * PAIR**2) ** 0.5 for by in (0.95, 1.05))
TOP = 1e6 * float(ONE.programming_std(ONE.g_max))  # µS
MICRO = 60  # px for a microsiemens
WIDE, ROD, THICK, LAYER, STEM = 150, 34, 20, 84, 52  # px
SLIVER = 3  # px; a shell of a nanometre over a heater of some tens would be thinner still


def _cell(left: float, title: str, glass: bool, spread: float, words: str) -> str:
    middle, top = left + WIDE / 2, 36
    joint = top + THICK + LAYER
    low = joint + STEM
    parts = [
        s.label(middle, 22, title, "middle", bold=True),
        s.box(left, top, WIDE, THICK, fill=s.METAL_FILL, colour=s.METAL),
        s.box(left, top + THICK, WIDE, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.box(left, joint, WIDE, STEM, fill=s.OXIDE_FILL, colour=s.OXIDE),
        s.box(middle - ROD / 2, joint, ROD, STEM, fill=s.HEATER_FILL, colour=s.HEATER),
        s.box(left, low, WIDE, THICK, fill=s.METAL_FILL, colour=s.METAL),
        s.label(middle, top + THICK + 24, "crystal", "middle", colour=s.CRYSTAL),
        s.arrow((middle, low - 4), (middle, joint - LAYER + 34), width=2),
    ]
    if glass:
        parts.insert(
            5, s.box(middle - ROD / 2, joint - SLIVER, ROD, SLIVER, fill=s.GLASS, colour=s.GLASS)
        )
        parts.append(_lens(middle, joint, left + WIDE + 46, joint - 26))
    ruler, axis, reach = low + THICK + 44, low + THICK + 64, MICRO * spread
    parts += [
        s.label(middle, ruler - 14, f"moves by ± {words} µS", "middle", colour=s.HEATER),
        s.line((middle - reach, ruler), (middle + reach, ruler), colour=s.HEATER, width=3),
        s.line((middle - reach, ruler - 7), (middle - reach, ruler + 7), colour=s.HEATER, width=2),
        s.line((middle + reach, ruler - 7), (middle + reach, ruler + 7), colour=s.HEATER, width=2),
        s.line((left, axis), (left + WIDE, axis), colour=s.FAINT, width=1.4),
    ]
    for place in (-1, 0, 1):
        x = middle + MICRO * place
        word = {-1: "−1", 0: "verified", 1: "+1 µS"}[place]
        parts += [
            s.line((x, axis), (x, axis + 5), colour=s.FAINT, width=1.4),
            s.label(x, axis + 20, word, "middle"),
        ]
    return "".join(parts)


def _lens(at: float, joint: float, x: float, y: float) -> str:
    """Return a magnified view of the edge between heater and crystal."""
    half = 30
    return "".join(
        [
            s.line(
                (at + ROD / 2 + 2, joint - SLIVER / 2), (x - half, y), colour=s.FAINT, width=1.2
            ),
            s.box(x - half, y - half, 2 * half, 2 * half, fill=s.CRYSTAL_FILL, colour=s.FAINT),
            s.box(x - half, y + 8, 2 * half, half - 8, fill=s.HEATER_FILL, colour=s.HEATER),
            s.box(x - half, y - 8, 2 * half, 16, fill=s.GLASS_FILL, colour=s.GLASS),
            s.label(x, y + 5, "1 nm", "middle", colour=s.GLASS),
            s.label(x, y + half + 20, "fresh glass", "middle", colour=s.GLASS),
        ]
    )


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _cell(14, "left in SET", False, QUIET, f"{BOUNDS[0]:.1f} to {BOUNDS[1]:.1f}"),
        _cell(200, "programmed to the top", True, TOP, f"{TOP:.1f}"),
    )
