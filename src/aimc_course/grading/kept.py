"""Answers that are kept, so that a question can be judged again without running the notebook.

They are kept only where a run of all cells went through at the first try, and used only while the
notebook would find the same things in its sandbox. Whatever else happened, the notebook is run.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

__all__ = ["MOST_BYTES", "KeptAnswers", "holds_function", "kept_values"]

MOST_BYTES = 2 * 2**20
"""Most bytes of the answers of one notebook; those that go beyond are not kept."""
LEVELS = 100
"""How deep an encoded answer may be nested to be kept; no judge takes one as deep."""


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """What a notebook handed in, as it came over the border."""

    serial: int
    """Serial number that the notebook ran with."""
    seen: str
    """Fingerprint of what it found in its sandbox."""
    notes: tuple[str, ...]
    """What happened while it ran."""
    witnessed: tuple[str, ...]
    """Those of the notes that the grader vouches for."""
    cells: Mapping[str, int]
    """The cell that gave the last answer to each question, counted from 1."""
    values: Mapping[str, Any] = field(repr=False)
    """Encoded answers without a function, by question."""
    missing: tuple[str, ...]
    """Questions that no cell answered."""

    def know(self, questions: Iterable[str]) -> bool:
        """Return whether it is known what the notebook answered, and where."""
        return all(question in self.cells or question in self.missing for question in questions)

    def judgeable(self, questions: Iterable[str]) -> bool:
        """Return whether these questions can be judged without running a cell."""
        return all(question in self.values or question in self.missing for question in questions)

    def to_bytes(self) -> bytes:
        """Return the answers as bytes, for the store."""
        said = {part.name: getattr(self, part.name) for part in fields(self)}
        return zlib.compress(json.dumps(said, separators=(",", ":")).encode("ascii"), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> KeptAnswers | None:
        """Return what `to_bytes` wrote; ``None`` if another version of the course wrote it."""
        try:
            said: Any = json.loads(zlib.decompress(data))
            for name in ("notes", "witnessed", "missing"):
                said[name] = tuple(said[name])
            return cls(**said)
        except (ValueError, TypeError, KeyError, AttributeError, zlib.error):
            return None


def kept_values(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the encoded answers that hold no function, as many as there is room for."""
    values, left = {}, MOST_BYTES
    for question, answer in answers.items():
        if holds_function(answer) or _deep(answer):
            continue
        size = len(json.dumps(answer))
        if size <= left:
            values[question] = answer
            left -= size
    return values


def holds_function(node: Any) -> bool:
    """Return whether an encoded answer holds a function."""
    return any(isinstance(part, dict) and "fn" in part for part, _ in _parts(node))


def _deep(node: Any) -> bool:
    return any(level > LEVELS for _, level in _parts(node))


def _parts(node: Any) -> Iterator[tuple[Any, int]]:
    """Yield every part of an encoded answer with its level, without recursion."""
    waiting = [(node, 0)]
    while waiting:
        part, level = waiting.pop()
        yield part, level
        if isinstance(part, dict):
            waiting.extend((inner, level + 1) for inner in part.values())
        elif isinstance(part, list):
            waiting.extend((inner, level + 1) for inner in part)
