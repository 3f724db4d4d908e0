"""A design: what a team decides about its accelerator, read from a TOML file and checked loudly.

A file is data of strangers. It is small, it is TOML, and nothing in it is executed; what it may say
stands in `CHOICES`, and anything else raises with the name of the entry, its value and what is
allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = [
    "CHOICES",
    "LAYERS",
    "MOST_BYTES",
    "MOST_SIDE",
    "Choice",
    "Design",
    "DesignError",
    "read_design",
]

MOST_BYTES = 8192
"""Longest file."""
LONGEST_NAME = 60
LAYERS = ("conv1", "conv2", "conv3", "dense")
"""Layers of the network, which may stand on the chip more than once."""
MOST_SIDE, MOST_COPIES = 16, 16
"""Most cores of a side of the chip, and copies of a layer."""


class DesignError(ValueError):
    """A file that is no design; says which entry, its value, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision with a list of what may be chosen, in rising order where there is one."""

    table: str
    """Table of the file."""
    name: str
    """Its entry, and the field of `Design`."""
    allowed: tuple[Any, ...]
    """What may be chosen."""
    ordered: bool
    """Whether the first and the last are extremes."""
    text: str
    """What is chosen, in words."""


CHOICES = (
    Choice(
        "device",
        "model",
        ("pcm-14nm", "pcm-2019", "reram-2022"),
        False,
        "published statistics of the memory devices",
    ),
    Choice("device", "devices", (1, 2, 4), True, "devices per polarity that carry a weight"),
    Choice("array", "rows", (32, 64, 128, 256, 512, 1024), True, "word lines: inputs of a core"),
    Choice("array", "columns", (8, 16, 32, 64, 128, 256), True, "bit lines: outputs of a core"),
    Choice("converters", "input_bits", (3, 4, 5, 6, 7, 8), True, "resolution of pulse widths"),
    Choice(
        "converters", "output_bits", (3, 4, 5, 6, 7, 8, 9, 10), True, "resolution of one polarity"
    ),
    Choice(
        "converters",
        "full_scale_uA",
        (5, 10, 20, 50, 100, 200),
        True,
        "bit-line current at which a converter saturates, µA",
    ),
    Choice("converters", "read_mode", ("1-phase", "4-phase"), False, "how signs are read"),
    Choice(
        "recovery",
        "training",
        ("plain", "aware"),
        False,
        "floating point, or with noise on the weights and converters",
    ),
    Choice("recovery", "weight_range", ("core", "output"), False, "who shares a full-scale weight"),
    Choice("recovery", "programming", ("once", "refined"), False, "how weights are written"),
    Choice(
        "recovery",
        "compensation",
        ("none", "mean", "projection", "affine"),
        False,
        "what undoes drift",
    ),
)
"""Every decision but the name, the grid of cores and the copies of layers."""


@dataclass(frozen=True, slots=True)
class Design:
    """One accelerator for the shipped network. Made by `read_design`, or field by field."""

    name: str
    """Name on the scoreboard."""
    model: str = "pcm-14nm"
    devices: int = 2
    rows: int = 256
    columns: int = 256
    input_bits: int = 8
    output_bits: int = 8
    full_scale_uA: int = 100  # noqa: N815 - microampere, as in the file
    read_mode: str = "4-phase"
    training: str = "plain"
    weight_range: str = "core"
    programming: str = "once"
    compensation: str = "mean"
    grid: tuple[int, int] = (1, 7)
    """Rows and columns of cores on the chip."""
    copies: Mapping[str, int] = field(default_factory=dict)
    """How many times a layer stands on the chip; once where it is not named."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        for choice in CHOICES:
            _check_choice(choice, getattr(self, choice.name))
        _check_grid(self.grid)
        _check_copies(self.copies)
        object.__setattr__(self, "copies", MappingProxyType(dict(self.copies)))

    @property
    def cores(self) -> int:
        """Cores on the chip."""
        return self.grid[0] * self.grid[1]

    @property
    def full_scale(self) -> float:
        """Bit-line current at which a converter saturates, A."""
        return self.full_scale_uA * 1e-6

    def as_toml(self) -> str:
        """Return the file that `read_design` reads this from."""
        lines = [f'name = "{self.name.translate(_ESCAPED)}"']
        for table in dict.fromkeys(choice.table for choice in CHOICES):
            lines += ["", f"[{table}]"]
            for choice in CHOICES:
                if choice.table == table:
                    lines.append(f"{choice.name} = {_written(getattr(self, choice.name))}")
        lines += ["", "[mapping]", f"grid = [{self.grid[0]}, {self.grid[1]}]"]
        if self.copies:
            copies = ", ".join(f"{layer} = {n}" for layer, n in self.copies.items())
            lines.append(f"copies = {{ {copies} }}")
        return "\n".join(lines) + "\n"


_ESCAPED = {ord('"'): '\\"', ord("\\"): "\\\\"}


def read_design(content: bytes | str) -> Design:
    """Return the design that a file holds.

    Parameters
    ----------
    content : bytes or str
        The file, UTF-8, at most `MOST_BYTES` bytes. Every entry of `CHOICES`, the name and the grid
        of cores must be there; ``copies`` may be left out.

    Raises
    ------
    DesignError
        If it is too long, no TOML, lacks an entry, or says what is not allowed.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(raw) > MOST_BYTES:
        raise DesignError(f"the file has more than {MOST_BYTES} bytes, which is the limit")
    try:
        found = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise DesignError("the file is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise DesignError(f"the file is not TOML: {_short(str(error))}") from None
    tables: dict[str, set[str]] = {"mapping": {"grid", "copies"}}
    for choice in CHOICES:
        tables.setdefault(choice.table, set()).add(choice.name)
    for entry in found:
        if entry != "name" and entry not in tables:
            raise DesignError(
                f"{_short(entry)!r} is no part of a design: allowed are name, "
                + ", ".join(f"[{table}]" for table in sorted(tables))
            )
    values: dict[str, Any] = {"name": _entry(found, "", "name")}
    for table, names in tables.items():
        inside = found.get(table, {})
        if not isinstance(inside, dict):
            raise DesignError(f"{table} must be a table, [{table}], got {_short(repr(inside))}")
        if unknown := sorted(set(inside) - names):
            raise DesignError(
                f"[{table}] has no entry {_short(unknown[0])!r}: allowed are "
                + ", ".join(sorted(names))
            )
    for choice in CHOICES:
        values[choice.name] = _entry(found.get(choice.table, {}), choice.table, choice.name)
    mapping = found.get("mapping", {})
    grid = _entry(mapping, "mapping", "grid")
    values["grid"] = tuple(grid) if isinstance(grid, list) else grid
    values["copies"] = mapping.get("copies", {})
    return Design(**values)


def _entry(table: Mapping[str, Any], where: str, name: str) -> Any:
    if name not in table:
        raise DesignError(f"the file lacks {name}{f' in [{where}]' if where else ''}")
    return table[name]


def _check_name(name: Any) -> None:
    usual = isinstance(name, str) and name.strip() == name and name.isprintable()
    if not usual or not 1 <= len(name) <= LONGEST_NAME:
        raise DesignError(
            f"name={_short(repr(name))} must be 1 to {LONGEST_NAME} printable characters without "
            "blanks at its ends"
        )


def _check_choice(choice: Choice, value: Any) -> None:
    # 1, 1.0 and True are equal in Python; a file means one of them
    if not any(type(value) is type(each) and value == each for each in choice.allowed):
        allowed = ", ".join(_written(each) for each in choice.allowed)
        raise DesignError(
            f"{choice.name}={_short(repr(value))} in [{choice.table}] is not allowed: {choice.text}"
            f" is one of {allowed}"
        )


def _check_grid(grid: Any) -> None:
    sides = grid if isinstance(grid, tuple) else ()
    if len(sides) != 2 or not all(type(n) is int and 1 <= n <= MOST_SIDE for n in sides):
        raise DesignError(
            f"grid={_short(repr(grid))} in [mapping] is not allowed: it is [rows, columns] of "
            f"cores, each from 1 to {MOST_SIDE}"
        )


def _check_copies(copies: Any) -> None:
    if not isinstance(copies, Mapping):
        raise DesignError(f"copies={_short(repr(copies))} in [mapping] must be a table of layers")
    for layer, count in copies.items():
        if layer not in LAYERS:
            raise DesignError(
                f"copies names {_short(repr(layer))}: the layers are {', '.join(LAYERS)}"
            )
        if type(count) is not int or not 1 <= count <= MOST_COPIES:
            raise DesignError(
                f"copies of {layer}={_short(repr(count))} is not allowed: 1 to {MOST_COPIES}"
            )


def _written(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text[:81])
    return shown if len(shown) <= 80 else shown[:80] + "…"
