"""What building a page warns of: its own mistakes, not that the rest of the book is absent."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

PAGE = "book/2-devices/04-noise"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f'/x/{PAGE}.md:3: WARNING: could not find bibtex key "nobody2020"', True),
        (f"\x1b[91m/x/{PAGE}.md:3: ERROR: no published fact 'A999'\x1b[39;49;00m\n", True),
        ("WARNING: the kernel died", True),
        (f"/x/{PAGE}.md:3: WARNING: undefined label: 'ch-drift'", False),
        (f"/x/{PAGE}.md:3: WARNING: term not in glossary: 'drift'", False),
        ('/x/book/intro.md:3: WARNING: could not find bibtex key "nobody2020"', False),
        ("reading sources... [ 50%] book/intro", False),
    ],
)
def test_warnings_of_a_page_are_shown_unless_another_page_mends_them(
    script: Callable[[str], ModuleType], line: str, told: bool
) -> None:
    assert bool(script("build_page").problems(line, [PAGE])) == told
