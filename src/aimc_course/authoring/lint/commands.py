"""The command ``lint``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the command to a parser's subparsers; it sets ``run`` to what carries it out."""
    parser = commands.add_parser(
        "lint",
        help="check chapters and labs against the rules of the course",
        description="Checks pages of the book and sources of labs, and names file, line, rule and "
        "how to mend it. A line is excused from a rule by `<!-- lint: rule: reason -->` on it. "
        "Older chapters owe some of the rules; what they owe stands in debts.toml.",
    )
    parser.add_argument("paths", nargs="*", type=Path, help="pages, labs or folders; default: all")
    parser.add_argument("--all", action="store_true", help="show what is let pass as well")
    parser.add_argument("--prose", action="store_true", help="report on the lengths of sentences")
    parser.add_argument("--rules", action="store_true", help="list the rules and end")
    parser.add_argument("--settle", action="store_true", help="lower debts that were paid")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    from aimc_course.authoring.lint.check import CHAPTER_RULES, LAB_RULES, PAGE_RULES, files, lint
    from aimc_course.authoring.lint.debts import PLACE, read_debts, settle, without_debts
    from aimc_course.authoring.lint.shelf import Shelf
    from aimc_course.authoring.notebooks import find_root

    if chosen.rules:
        for rule in (*PAGE_RULES, *CHAPTER_RULES):
            print(f"{rule.name}: {rule.mend}")
        for lab_rule in LAB_RULES:
            print(f"{lab_rule.name}: {lab_rule.mend}")
        return 0
    if chosen.settle and (chosen.paths or chosen.prose):
        print("lint --settle looks at the whole course and takes no paths", file=sys.stderr)
        return 2
    root = find_root(chosen.paths[0] if chosen.paths else None)
    debts = read_debts(root)
    if chosen.prose:
        return _prose(root, chosen.paths, debts.short)
    findings = lint(root, chosen.paths)
    left = findings if chosen.all else without_debts(findings, debts)
    for finding in left:
        print(finding)
    if chosen.settle:
        settled = settle(debts, findings, _shares(root))
        (root / PLACE).write_text(settled.written(), encoding="utf-8", newline="\n")
        print(f"{PLACE}: {sum(debts.findings.values())} owed, now {sum(settled.findings.values())}")
    if not left:
        kinds = Counter(path.suffix for path in files(Shelf(root), chosen.paths))
        tried = f"{kinds['.md']} pages and {kinds['.ipynb']} labs"
        rules = len(PAGE_RULES) + len(CHAPTER_RULES) + len(LAB_RULES)
        print(f"{tried} were tried on {rules} rules: nothing found")
    passed = len(findings) - len(left)
    if passed:
        print(f"{passed} more are let pass, see --all", file=sys.stderr)
    return 1 if left else 0


def _prose(root: Path, paths: Sequence[Path], allowed: Any) -> int:
    from aimc_course.authoring.lint.check import pages
    from aimc_course.authoring.lint.prose import MEAN, MOST_SHORT, style

    status = 0
    print("sentences  words  short  may be  page")
    for page in pages(root, paths):
        found = style(page)
        if not found.count:
            continue
        most = allowed.get(page.file, MOST_SHORT)
        fails = page.is_chapter and (found.short > most or not MEAN[0] <= found.mean <= MEAN[1])
        status |= fails
        limit = f"{most:4g} %" if page.is_chapter else "     -"
        mark = "  <- too many, or too long" if fails else ""
        print(
            f"{found.count:9d}  {found.mean:5.1f}  {found.short:3.0f} %  {limit}  {page.file}{mark}"
        )
        if paths:
            for line, text in found.runs:
                print(f"    {page.file}:{line}: short sentences in a row from: {text[:60]}")
    return int(status)


def _shares(root: Path) -> dict[str, float]:
    from aimc_course.authoring.lint.check import pages
    from aimc_course.authoring.lint.prose import MOST_SHORT, style

    found = {page.file: style(page) for page in pages(root) if page.is_chapter}
    return {file: s.allowance for file, s in found.items() if s.short > MOST_SHORT}
