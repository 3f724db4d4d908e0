"""What older chapters still owe: allowances that may fall and never rise."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aimc_course.authoring.lint.findings import Finding

__all__ = ["PLACE", "Debts", "read_debts", "settle", "without_debts"]

PLACE = Path("src/aimc_course/authoring/lint/debts.toml")
"""Where the allowances of a course stand, from its root."""
HEAD = """\
# Written by `aimc-course lint --settle`, which only ever lowers a number. What stood here when a
# rule was made is let pass; a new chapter has no entry.
"""


@dataclass(frozen=True, slots=True)
class Debts:
    """Allowances of a course."""

    findings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Findings that are let pass, by file and rule."""
    short: Mapping[str, float] = field(default_factory=dict)
    """Share of short sentences (%) that is let pass, by file."""

    def written(self) -> str:
        """Return the text of the file that holds them."""
        lines = [HEAD, "# Findings that are let pass, by file and rule.", "[findings]"]
        files = sorted({file for file, _ in self.findings})
        for file in files:
            owed = sorted((rule, n) for (f, rule), n in self.findings.items() if f == file)
            inside = ", ".join(f"{rule} = {n}" for rule, n in owed)
            lines.append(f'"{file}" = {{ {inside} }}')
        lines += ["", "# Share of short sentences (%) that is let pass, by file; others have 12."]
        lines += ["[short-sentences]"]
        lines += [f'"{file}" = {share:g}' for file, share in sorted(self.short.items())]
        return "\n".join(lines) + "\n"


def read_debts(root: Path) -> Debts:
    """Return the allowances of a course; none if it keeps none.

    Raises
    ------
    ValueError
        If the file is no TOML.
    """
    path = root / PLACE
    if not path.is_file():
        return Debts()
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    owed = found.get("findings", {})
    return Debts(
        {(file, rule): int(n) for file, rules in owed.items() for rule, n in rules.items()},
        {file: float(share) for file, share in found.get("short-sentences", {}).items()},
    )


def without_debts(findings: Iterable[Finding], debts: Debts) -> list[Finding]:
    """Return the findings of every file and rule that has more of them than are let pass."""
    found = list(findings)
    counts = Counter((finding.file, finding.rule) for finding in found)
    return [f for f in found if counts[f.file, f.rule] > debts.findings.get((f.file, f.rule), 0)]


def settle(debts: Debts, findings: Iterable[Finding], short: Mapping[str, float]) -> Debts:
    """Return allowances that are lowered to what was found, and dropped where nothing was.

    Parameters
    ----------
    debts : Debts
        Allowances so far.
    findings : iterable of Finding
        All findings of the whole course.
    short : mapping of str to float
        Share of short sentences (%) of each file, rounded up; without those that need none.
    """
    counts = Counter((finding.file, finding.rule) for finding in findings)
    lower = {key: min(n, counts[key]) for key, n in debts.findings.items() if counts[key]}
    shares = {file: min(n, short[file]) for file, n in debts.short.items() if file in short}
    return Debts(lower, shares)
