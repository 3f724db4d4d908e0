"""The reference answers of a lab: a file of their own, loaded when a check first needs one.

Some answers take long, a whole network on a student's own chip among them. Whoever judges many
students hands in a cache, which is asked before such an answer is computed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Answers", "Cache", "Reference"]


class Cache(Protocol):
    """Keeps reference answers."""

    def __call__(self, reference: Reference, arguments: tuple[Any, ...]) -> Any:
        """Return an answer, from wherever it is."""
        ...


@dataclass(frozen=True, slots=True)
class Reference:
    """One function of the answers' file; the file is imported by the first call."""

    answers: Answers
    name: str

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself."""
        found: Callable[..., Any] = getattr(importlib.import_module(self.answers.module), self.name)
        return found

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the function, or ask the cache what it returns."""
        if self.answers.cache is None or named:
            return self.function(*arguments, **named)
        return self.answers.cache(self, arguments)


class Answers:
    """The functions of a lab's answers by their names.

    Parameters
    ----------
    package : str
        The lab's folder, ``__package__`` of its judges.
    cache : callable, optional
        Keeps what the functions return.

    Examples
    --------
    >>> answers = Answers("aimc_answers.lab01")
    >>> answers.cores_needed(10, 784, 256, 256)
    4
    """

    def __init__(self, package: str, cache: Cache | None = None) -> None:
        self.module = f"{package}.answers"
        self.cache = cache

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return Reference(self, name)
