"""Which questions an exam takes: drawn by a seed, balanced over chapters and difficulties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from aimc.validation import check_integer
from aimc_course.teaching.items import Item, shuffled

__all__ = ["draw_exam"]


def draw_exam(items: Sequence[Item], count: int, seed: int) -> list[Item]:
    """Return the questions of an exam, in the order of the book, their answers in a new order.

    Each question comes from one of the chapters that have been asked least so far; among those, it
    has one of the difficulties asked least. Questions that need their chapter are left out. The
    same items, count and seed give the same exam, with any version of Python.

    Raises
    ------
    ValueError
        If there are fewer questions than asked for.
    """
    pool = {item.name: item for item in items if not item.in_context}
    check_integer("seed", seed, low=0)
    check_integer("items", count, low=1)
    if count > len(pool):
        raise ValueError(f"items={count}: these parts hold {len(pool)} questions for exams")
    left = [pool[name] for name in shuffled(seed, pool)]
    chapters: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    scarce = Counter(item.difficulty for item in left)
    taken: set[str] = set()
    for _ in range(count):
        best = min(
            left,
            key=lambda item: (
                chapters[item.chapter],
                levels[item.difficulty],
                scarce[item.difficulty],
            ),
        )
        left.remove(best)
        taken.add(best.name)
        chapters[best.chapter] += 1
        levels[best.difficulty] += 1
    return [_mixed(pool[item.name], seed) for item in items if item.name in taken]


def _mixed(item: Item, seed: int) -> Item:
    """Return a question with its answers in an order of this exam, unless the order must stay."""
    if item.keep_order:
        return item
    places = shuffled(f"{seed}/{item.name}", map(str, range(len(item.choices))))
    return replace(item, choices=tuple(item.choices[int(k)] for k in places))
