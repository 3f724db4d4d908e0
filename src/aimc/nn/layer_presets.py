"""Which preset makes the cores of which layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from aimc.cores import Core

__all__ = ["Preset", "presets_of"]

Preset: TypeAlias = Callable[..., Core] | str
"""``preset(serial=..., index=..., **options)`` returns an unprogrammed core; or its name."""

ALL = "*"


def presets_of(
    layers: Sequence[str],
    preset: Preset | None,
    presets: Mapping[str, Preset] | None,
    options: Mapping[str, Any],
) -> dict[str, tuple[Preset, Mapping[str, Any]]]:
    """Return the preset of each layer with its options.

    Parameters
    ----------
    layers : sequence of str
        Names of the layers that go on cores.
    preset : callable, optional
        For layers that no pattern names.
    presets : mapping of str to callable, optional
        By pattern, as in `aimc.nn.convert`; the first that fits a layer is its preset.
    options : mapping
        Further arguments of ``preset``.

    Raises
    ------
    TypeError
        If neither is given, ``presets`` is no mapping, or there are options without ``preset``.
    ValueError
        If a pattern is the preset of no layer, or a layer has no preset.
    """
    if preset is None and presets is None:
        raise TypeError("preset=None: pass a preset, or presets for each layer")
    if presets is not None and not isinstance(presets, Mapping):
        raise TypeError(
            f"presets must map names of layers to presets, got {type(presets).__name__}"
        )
    if preset is None and options:
        raise TypeError(
            f"options {sorted(options)} have no preset to go to: give each of presets its own, for "
            "example with functools.partial(preset, devices=1)"
        )
    patterns = {} if presets is None else dict(presets)
    first = {path: next((p for p in patterns if _fits(path, p)), None) for path in layers}
    known = ", ".join(repr(path) for path in layers)
    for pattern in patterns:
        if pattern in first.values() or pattern == ALL:
            continue
        if any(_fits(path, pattern) for path in layers):
            raise ValueError(
                f"presets: {pattern!r} is the preset of no layer, since patterns before it fit all "
                "of its layers: put it in front of them"
            )
        raise ValueError(f"presets names {pattern!r}, which fits no layer on cores: {known}")
    left = [path for path, pattern in first.items() if pattern is None]
    if left and preset is None:
        raise ValueError(
            f"presets has no pattern for {', '.join(map(repr, left))}: add one, or a preset for "
            f"all others, {ALL!r}"
        )
    made_by: dict[str | None, tuple[Preset, Mapping[str, Any]]]
    made_by = {pattern: (each, {}) for pattern, each in patterns.items()}
    if preset is not None:
        made_by[None] = preset, options
    return {path: made_by[pattern] for path, pattern in first.items()}


def _fits(path: str, pattern: str) -> bool:
    """Tell whether a pattern names a layer, or a module that it is in."""
    parts = path.split(".")
    names = [".".join(parts[: k + 1]) for k in range(len(parts))]
    return any(fnmatchcase(name, pattern) for name in names)
