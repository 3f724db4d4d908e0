"""Pages of feedback, each made once: one whose content has not changed is taken from its file.

Drawing the pictures of a notebook anew takes a second or two, and a mark given by hand changes one
page of a class. So every page holds a fingerprint of all that it was made of.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from aimc_course.grading.gradebook.feedback import Titles, as_html
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.own_notebook import OwnNotebook
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.gradebook.texts import file_name
from aimc_course.grading.written.sheet import Sheet

__all__ = ["Pages"]

MAKERS = (
    "gradebook/feedback.py",
    "gradebook/own_notebook.py",
    "gradebook/texts.py",
    "gradebook/templates.py",
    "gradebook/templates/feedback.html",
    "gradebook/templates/feedback_parts.html",
    "written/rendering.py",
)
"""Files that say how a page looks."""
OPENS = b"<!-- "
NEEDS = ("latex2mathml", "markdown_it", "mdit_py_plugins", "nh3", "PIL", "pygments")


class Pages:
    """The pages of one lab.

    Parameters
    ----------
    store : Store
        Where the notebooks are.
    folder : Path
        Where pages are kept.
    titles : Titles
        What questions are called.
    sheet : Sheet, optional
        The questions that people mark.
    key : bytes
        Secret of the class: nobody can tell from a fingerprint what it was made of.
    """

    def __init__(
        self, store: Store, folder: Path, titles: Titles, sheet: Sheet | None, key: bytes
    ) -> None:
        self._store, self._folder, self._titles, self._sheet = store, folder, titles, sheet
        self._key = key
        folder.mkdir(parents=True, exist_ok=True)

    def keep_only(self, names: set[str]) -> None:
        """Remove what was written for others, so that nothing old is handed out again."""
        for path in self._folder.iterdir():
            if path.stem not in names and path.is_file():
                path.unlink()

    def page(self, outcome: Outcome) -> bytes:
        """Return the page of a student."""
        content = self._content(outcome)
        path = self._folder / f"{file_name(outcome.label)}.html"
        if path.is_file():
            known = path.read_bytes()
            if known == self._signed(known.rpartition(OPENS)[0], content):
                return known
        own = None
        if outcome.entry is not None:
            own = OwnNotebook.read(self._store.notebook(outcome.entry.number), self._sheet)
        return self._signed(as_html(outcome, self._titles, own).encode(), content)

    def _signed(self, page: bytes, content: bytes) -> bytes:
        made = hmac.new(self._key, b"feedback" + content + page, hashlib.sha256).hexdigest()
        return page + OPENS + f"{made[:32]} -->\n".encode("ascii")

    def _content(self, outcome: Outcome) -> bytes:
        """Return a fingerprint of all that a page is made of."""
        # How long it took, and in which run, is not on the page.
        entry = outcome.entry and replace(outcome.entry, marks=None, run=0, revision=0)
        marks = outcome.marks
        if marks is not None:
            timeless = tuple(replace(mark, seconds=0.0) for mark in marks.marks)
            marks = replace(marks, marks=timeless, seconds=0.0)
        shown = (replace(outcome, entry=entry, marks=marks), self._titles, self._sheet)
        return hashlib.sha256(repr(shown).encode("utf-8", "replace") + _looks()).digest()


@lru_cache(maxsize=1)
def _looks() -> bytes:
    """Return a fingerprint of the course's own part in how pages look."""
    found = hashlib.sha256()
    for name in MAKERS:
        found.update((Path(__file__).parents[1] / name).read_bytes())
    found.update(repr([find_spec(name) is not None for name in NEEDS]).encode())
    return found.digest()
