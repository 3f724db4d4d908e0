"""Which questions an exam takes: drawn by a seed, balanced over chapters and difficulties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from aimc.validation import check_integer
from aimc_course.teaching.items import Item, shuffled

__all__ = ["draw_exam"]


def draw_exam(items: Sequence[Item], count: int, seed: int, own: Sequence[Item] = ()) -> list[Item]:
    """Return the questions of an exam, in the order of the book, their answers in a new order.

    Each question comes from one of the chapters that have been asked least so far; among those, it
    has one of the difficulties asked least. Questions that need their chapter are left out, and of
    those that answer each other only one is taken. The same items, count and seed give the same
    exam, with any version of Python.

    Parameters
    ----------
    items : sequence of Item
        The questions to draw from.
    count : int
        Number of questions of the exam.
    seed : int
        Seed of the draw.
    own : sequence of Item
        Questions that the exam holds in any case, at its end.

    Raises
    ------
    ValueError
        If there are fewer questions than asked for, or a name stands twice.
    """
    pool = {item.name: item for item in items if not item.in_context}
    check_integer("seed", seed, low=0)
    check_integer("items", count, low=1)
    least, most = len(own), len(own) + len(pool)
    if not least <= count <= most:
        held = f"these parts hold {len(pool)} questions for exams, and {least} are your own"
        raise ValueError(f"items={count} must be {least} to {most}: {held}")
    twice = {item.name for item in own} & {item.name for item in items}
    if twice or len({item.name for item in own}) < least:
        raise ValueError(f"own questions need names that differ: {', '.join(sorted(twice))}")
    left = [pool[name] for name in shuffled(seed, pool)]
    chapters: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    scarce = Counter(item.difficulty for item in left)
    taken: set[str] = set()
    for _ in range(count - least):
        fitting = [item for item in left if not item.apart & taken]
        if not fitting:
            fit = least + len(taken)
            raise ValueError(f"items={count}: only {fit} fit, as some questions answer others")
        best = min(
            fitting,
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
    drawn = [item for item in items if item.name in taken]
    return [_mixed(item, seed) for item in (*drawn, *own)]


def _mixed(item: Item, seed: int) -> Item:
    """Return a question with its answers in an order of this exam, unless the order must stay."""
    if item.keep_order:
        return item
    places = shuffled(f"{seed}/{item.name}", map(str, range(len(item.choices))))
    return replace(item, choices=tuple(item.choices[int(k)] for k in places))
