"""The warnings of many chips in a few sentences: what was clipped, in which layers most."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["summarised"]

CLIPPED = re.compile(
    r"layer '(?P<layer>[^']*)'(?:, cores? [^:]*)?: (?:up to )?(?P<share>[\d.]+)% of the "
    r"(?P<what>.+?) lie beyond [^;\n]*? and were clipped"
)
MOST_LAYERS = 3


def summarised(messages: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """Return one sentence for each kind of warning.

    Parameters
    ----------
    messages : sequence of sequences of (str, str)
        For each chip the warnings on the way: name of the category, and text.
    """
    clipped: dict[str, dict[str, float]] = {}
    on: dict[str, set[int]] = {}
    others: dict[tuple[str, str], str] = {}
    seen: dict[tuple[str, str], set[int]] = {}
    for chip, given in enumerate(messages):
        for category, text in given:
            found = list(CLIPPED.finditer(text))
            for each in found:
                layers = clipped.setdefault(each["what"], {})
                share = float(each["share"])
                layers[each["layer"]] = max(share, layers.get(each["layer"], 0.0))
                on.setdefault(each["what"], set()).add(chip)
            if not found:
                kind = category, re.sub(r"\d[\d.e+-]*", "#", text)
                others.setdefault(kind, text)
                seen.setdefault(kind, set()).add(chip)
    total = len(messages)
    notes = [
        f"{what} were clipped on {len(on[what])} of {total} chips: {_layers(layers)}; calibrate "
        "the range to the data (aimc.nn.calibrate) or scale the data"
        for what, layers in clipped.items()
    ]
    notes += [
        f"{category} on {len(seen[category, kind])} of {total} chips: {text}"
        for (category, kind), text in others.items()
    ]
    return notes


def _layers(layers: dict[str, float]) -> str:
    worst = sorted(layers, key=lambda name: -layers[name])[:MOST_LAYERS]
    listed = ", ".join(f"up to {layers[name]:g} % in layer {name!r}" for name in worst)
    rest = len(layers) - len(worst)
    return f"{listed} and less in {rest} more" if rest else listed
