"""Body of a question: choices, which of them are right, feedback, and the order they are shown in.

The directives of `quiz` read questions with it, and so does whoever has no Sphinx at hand.
"""

from __future__ import annotations

import re
from hashlib import sha256

CHOICE = re.compile(r"^[-*]\s+\[(?P<mark>[ xX])\]\s+(?P<rest>.*)$", re.DOTALL)
SEPARATOR = " :: "


def split_choices(lines: list[str]) -> list[tuple[bool, str, str]]:
    """Return (is right, text, feedback) of each choice in the directive's body.

    Raises
    ------
    ValueError
        If a line starts no choice and continues none, a choice lacks its feedback, there are fewer
        than two choices, or none is right.
    """
    items: list[list[str]] = []
    for line in lines:
        if re.match(r"[-*]\s", line):
            items.append([line.strip()])
        elif line.strip():
            if not items:
                raise ValueError(f"expected '- [ ] choice :: feedback', got {line!r}")
            items[-1].append(line.strip())
    choices = []
    for item in items:
        text = " ".join(item)
        match = CHOICE.match(text)
        if match is None or SEPARATOR not in match["rest"]:
            raise ValueError(f"expected '- [ ] choice :: feedback', got {text!r}")
        choice, feedback = match["rest"].split(SEPARATOR, 1)
        choices.append((match["mark"] in "xX", choice.strip(), feedback.strip()))
    if len(choices) < 2 or not any(right for right, _, _ in choices):
        raise ValueError("a question needs two choices or more, and a right one marked [x]")
    return choices


def shuffled(name: str, count: int) -> list[int]:
    """Return the order in which the choices of a question are shown; it follows from its name."""
    return sorted(range(count), key=lambda k: sha256(f"{name}/{k}".encode()).digest())
