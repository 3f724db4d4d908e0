"""The paper about the course: it cites what the bibliography has, and has the parts asked for."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAPER = (ROOT / "paper" / "paper.md").read_text()


def test_what_is_cited_is_in_the_bibliography() -> None:
    (path,) = re.findall(r"^bibliography: (\S+)$", PAPER, re.MULTILINE)
    entries = set(re.findall(r"^@\w+\{([^,]+),", (ROOT / "paper" / path).read_text(), re.MULTILINE))
    cited = set(re.findall(r"@(\w+)", PAPER))
    assert cited
    assert cited - entries == set()


def test_it_is_short_and_has_the_sections_that_the_journal_asks_for() -> None:
    body = PAPER.split("---\n", 2)[2]
    assert 800 <= len(body.split()) <= 1300
    for section in ("Summary", "Statement of need", "Story of the project", "References"):
        assert f"\n# {section}\n" in body
