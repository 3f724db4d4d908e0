"""What a process and all that it started take: memory, and time in which they had no processor.

Memory is what the kernel would win by ending them: their pages, those that were swapped out, and
the tables of pages, which can be made far larger than the pages themselves.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["Starvation", "memory_watch", "tree_memory"]

OWN, TABLES = ("VmRSS", "VmSwap", "VmPTE"), ("VmPTE",)
SHARED = ("Pss", "SwapPss")


def memory_watch(root: int, most: int) -> Callable[[], str]:
    """Return a function that says whether a process tree holds more than so many bytes."""

    def watch() -> str:
        return (
            f"took more than {most >> 20} MiB of memory" if tree_memory(root, most) > most else ""
        )

    return watch


def tree_memory(root: int, enough: int = 0) -> int:
    """Return the bytes of memory that a process and its descendants hold.

    Pages that several of them share are counted once each only where their plain sum exceeds
    ``enough``: that count takes longer. Systems without ``/proc`` give 0.
    """
    parents: dict[int, int] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError, ValueError, IndexError):
                    text = Path(f"/proc/{name}/stat").read_bytes()
                    parents[int(name)] = int(text.rpartition(b")")[2].split()[1])
    tree = {root}
    grown = True
    while grown:
        found = {child for child, parent in parents.items() if parent in tree} - tree
        grown = bool(found)
        tree |= found
    held = {number: _said(f"/proc/{number}/status", OWN) or 0 for number in tree}
    if sum(held.values()) <= enough:
        return sum(held.values())
    return sum(_share(number, most) for number, most in held.items())


def _share(number: int, otherwise: int) -> int:
    shared = _said(f"/proc/{number}/smaps_rollup", SHARED)
    return otherwise if shared is None else shared + (_said(f"/proc/{number}/status", TABLES) or 0)


def _said(path: str, names: Sequence[str]) -> int | None:
    """Return the sum of sizes that a file of the kernel gives, bytes; ``None`` if it gives none."""
    found = None
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(path).read_text().splitlines():
            name, _, size = line.partition(":")
            if name in names:
                found = (found or 0) + int(size.split()[0]) * 1024
    return found


class Starvation:
    """Time in which a process tree wanted to compute, and other work kept it from a processor.

    Limits of time do not count it: what a student's code earns must not depend on how busy the
    teacher's machine is. Code cannot starve itself: no time counts in which the tree as a whole
    has had a processor. Systems that do not tell give 0.

    Parameters
    ----------
    root : int
        First process of the tree.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._last = (time.monotonic(), *_scheduled(root))

    def more(self) -> float:
        """Return the starved time since the last call, s."""
        before, self._last = self._last, (time.monotonic(), *_scheduled(self._root))
        passed, computed, waited = (b - a for a, b in zip(before, self._last, strict=True))
        return max(0.0, min(waited, passed - max(0.0, computed)))


def _scheduled(root: int) -> tuple[float, float]:
    """Return for how long the threads of a tree have computed, and waited for a processor, s."""
    computed = waited = 0
    waiting = [root]
    while waiting:
        place = Path(f"/proc/{waiting.pop()}/task")
        try:
            threads = os.listdir(place)
        except OSError:
            continue
        for thread in threads:
            with contextlib.suppress(OSError, ValueError):
                waiting += map(int, (place / thread / "children").read_text().split())
                had, had_not, _ = map(int, (place / thread / "schedstat").read_text().split())
                computed, waited = computed + had, waited + had_not
    return computed / 1e9, waited / 1e9
