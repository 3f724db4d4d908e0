"""One style sheet in place of the theme's dozen, with the rules that the site uses.

The theme and its extensions bring 0.5 MB of rules in separate files, each of which a browser must
have before it shows anything. A rule stays if each class that it names is a word of a page or of a
script, or begins with a word that ends in a hyphen, as scripts build names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from os.path import normpath, relpath
from pathlib import Path
from typing import Any

import tinycss2
from sphinx.errors import ExtensionError

AFTER_LIGHT = 1000  # the extension that cuts down the icons
PAGES = ("html", "dirhtml")
OWN = "custom.css"  # stands last, after what single pages add
LINK = re.compile(
    r'[ \t]*<link\b(?=[^>]*rel="stylesheet")[^>]*href="([^"?]+)(?:\?[^"]*)?"[^>]*>\n?'
)
CLASSES = re.compile(r'\bclass="([^"]*)"')
WORD = re.compile(r"[A-Za-z0-9_-]+")
ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|https?:|#|/)([^)"']+)\1\s*\)""")


def pages(outdir: Path) -> list[Path]:
    """Return the pages of the book: not those of JupyterLite, nor of libraries."""
    return [
        page
        for page in sorted(outdir.rglob("*.html"))
        if not {"_static", "lite"} & set(page.relative_to(outdir).parts)
    ]


def used_words(outdir: Path) -> set[str]:
    """Return the classes of all pages and all words of scripts."""
    static = outdir / "_static"
    words: set[str] = set()
    for page in pages(outdir):
        for names in CLASSES.findall(page.read_text(encoding="utf-8")):
            words.update(names.split())
    for path in (path for kind in ("*.js", "*.mjs") for path in static.rglob(kind)):
        if not path.relative_to(static).parts[0].startswith("pyodide-"):
            words.update(WORD.findall(path.read_text(encoding="utf-8", errors="replace")))
    return words


def moved(text: str, sheet: Path, target: Path) -> str:
    """Return a style sheet whose addresses lead from another folder to the same files."""

    def address(found: re.Match[str]) -> str:
        path = normpath(sheet.parent / found[2])
        return f"url({relpath(path, target).replace(chr(92), '/')})"

    return ADDRESS.sub(address, text)


class Pruner:
    """Leaves the rules of a style sheet that can meet something; what it imports stands in it."""

    def __init__(self, words: set[str], target: Path) -> None:
        self.words = words
        self.target = target  # the folder for which addresses are rewritten
        self.beginnings = tuple(word for word in words if word.endswith("-") and len(word) > 2)

    def known(self, name: str) -> bool:
        return name in self.words or name.startswith(self.beginnings)

    def can_meet(self, selector: list[Any]) -> bool:
        """Return whether all classes of a selector exist; those within functions do not count."""
        return all(
            self.known(after.value)
            for before, after in pairwise(selector)
            if before.type == "literal" and before.value == "." and after.type == "ident"
        )

    def rules(self, rules: list[Any], sheet: Path) -> Iterator[str]:
        """Yield what is left, rule by rule."""
        for rule in rules:
            if rule.type == "at-rule" and rule.at_keyword == "import":
                # An address in url() leads from the target by now, one in quotes from the sheet.
                (place,) = (t for t in rule.prelude if t.type in ("string", "url"))
                folder = sheet.parent if place.type == "string" else self.target
                yield self.prune(folder / place.value)
            elif rule.type == "at-rule" and rule.at_keyword in ("media", "supports"):
                inside = tinycss2.parse_rule_list(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                if kept := "".join(self.rules(inside, sheet)):
                    yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{kept}}}"
            elif rule.type == "at-rule" and rule.at_keyword == "charset":
                continue
            elif rule.type == "qualified-rule":
                kept_selectors = [
                    tinycss2.serialize(selector).strip()
                    for selector in split(rule.prelude)
                    if self.can_meet(selector)
                ]
                if kept_selectors:
                    declarations = tinycss2.serialize(rule.content).strip()
                    yield f"{','.join(kept_selectors)}{{{declarations}}}"
            elif rule.type != "error":
                yield rule.serialize()

    def prune(self, sheet: Path) -> str:
        """Return a style sheet without the rules that nothing meets."""
        text = moved(sheet.read_text(encoding="utf-8"), sheet, self.target)
        found = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        if faults := [rule.message for rule in found if rule.type == "error"]:
            raise ExtensionError(f"{sheet.name} is no style sheet: {faults[0]}")
        return "".join(self.rules(found, sheet))


def split(prelude: list[Any]) -> Iterator[list[Any]]:
    """Yield the selectors of a rule."""
    selector: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def merge(app: Any, exception: Exception | None) -> None:
    """Write the one sheet and let all pages ask for it."""
    if exception or app.builder.name not in PAGES:
        return
    outdir = Path(app.outdir)
    static = outdir / "_static"
    asked: dict[Path, list[str]] = {}
    for page in pages(outdir):
        links = LINK.findall(page.read_text(encoding="utf-8"))
        if any(Path(link).name.startswith("theme-") for link in links):
            continue  # written by an earlier build, and not since
        if any(link.startswith("/") for link in links):
            continue  # the page for lost readers, which is shown at any address
        asked[page] = [normpath(page.parent / link) for link in links]
    full = [sheets for page, sheets in asked.items() if len(sheets) > 1]
    if not full:
        return
    common = [
        sheet for sheet in full[0] if all(sheet in s for s in full) and Path(sheet).name != OWN
    ]
    if not common:
        raise ExtensionError("no style sheet is common to all pages")
    pruner = Pruner(used_words(outdir), static)
    text = "".join(pruner.prune(Path(sheet)) for sheet in common)
    name = f"theme-{hashlib.sha256(text.encode()).hexdigest()[:12]}.css"
    (static / name).write_text(text, encoding="utf-8")
    for page, sheets in asked.items():
        if len(sheets) < 2:
            continue
        up = relpath(static / name, page.parent).replace("\\", "/")
        first = iter([f'    <link rel="stylesheet" href="{up}">\n'])

        def instead(found: re.Match[str], page: Path = page, first: Iterator[str] = first) -> str:
            return next(first, "") if normpath(page.parent / found[1]) in common else found[0]

        page.write_text(LINK.sub(instead, page.read_text(encoding="utf-8")), encoding="utf-8")
    asked_for = {
        Path(link).name
        for page in pages(outdir)
        for link in LINK.findall(page.read_text(encoding="utf-8"))
    }
    for old in static.glob("theme-*.css"):
        if old.name not in asked_for:
            old.unlink()


def setup(app: Any) -> dict[str, bool]:
    app.connect("build-finished", merge, priority=AFTER_LIGHT)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
