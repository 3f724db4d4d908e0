"""Which parts of an answer are right, in words that show no number.

>>> said(("the first", "the second"), (True, False), "twice what it should be")
'right: the first; not yet: the second. twice what it should be'
>>> divided('right: the first; not yet: the second. twice what it should be')
('right: the first; not yet: the second. ', 'twice what it should be')
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["check_names", "divided", "said"]

HEAD = re.compile(r"right: [^.:]+; not yet: [^.:]+\. ")


def said(names: Sequence[str], right: Sequence[bool], told: str) -> str:
    """Return what is said of an answer of which some parts are right; all or none: ``told``."""
    if not names or all(right) or not any(right):
        return told
    good = ", ".join(name for name, held in zip(names, right, strict=True) if held)
    bad = ", ".join(name for name, held in zip(names, right, strict=True) if not held)
    return f"right: {good}; not yet: {bad}. {told}"


def divided(message: str) -> tuple[str, str]:
    """Return the names of the parts, which are never secret, and the rest of a message."""
    found = HEAD.match(message)
    return (message[: found.end()], message[found.end() :]) if found else ("", message)


def check_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of parts.

    Raises
    ------
    ValueError
        If there is only one, if two are alike, or if one holds a full stop or a colon.
    """
    if len(names) == 1 or len(set(names)) < len(names):
        raise ValueError(f"parts must be two or more different names, got {tuple(names)}")
    if any(not name or set(name) & set(".:") for name in names):
        raise ValueError(f"parts must be names without full stops and colons, got {tuple(names)}")
    return tuple(names)
