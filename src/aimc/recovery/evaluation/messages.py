"""The warnings of many chips in a few sentences: what was clipped, in which layers most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["summarised"]

MOST_LAYERS = 3


def summarised(messages: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return one sentence for each kind of warning.

    Parameters
    ----------
    messages : sequence of sequences of mapping
        For each chip the warnings on the way, as `ChipResult.messages` has them.
    """
    clipped: dict[str, dict[str, float]] = {}
    on: dict[str, set[int]] = {}
    others: dict[tuple[str, str], str] = {}
    seen: dict[tuple[str, str], set[int]] = {}
    for chip, given in enumerate(messages):
        for warning in given:
            for what, layer, share in warning["clipped"]:
                layers = clipped.setdefault(what, {})
                layers[layer] = max(share, layers.get(layer, 0.0))
                on.setdefault(what, set()).add(chip)
            if not warning["clipped"]:
                # numbers differ from chip to chip
                kind = warning["category"], re.sub(r"\d[\d.e+-]*", "#", warning["text"])
                others.setdefault(kind, warning["text"])
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
    listed = ", ".join(
        f"up to {round(100 * layers[name], 1):g} % in layer {name!r}" for name in worst
    )
    rest = len(layers) - len(worst)
    return f"{listed} and less in {rest} more" if rest else listed
