"""Freeze the running text of this book's first two parts as the corpus of the character LSTM.

    python scripts/make_course_text.py

The text is our own and under CC BY 4.0. Code, formulas, tables, questions' marks and links are
dropped, letters become small, and what is not in a vocabulary of 50 characters disappears. Chapters
change and the corpus must not: this script says where it came from; it is not run again.
"""

from __future__ import annotations

import argparse
import gzip
import re
import string
import unicodedata
from pathlib import Path

import numpy as np

from aimc import datasets

BOOK = Path(__file__).parent.parent / "book"
CHAPTERS = (
    *("intro.md", "1-concepts/*.md", "2-devices/*.md"),
    *("models.md", "instructor.md", "notation.md", "glossary.md"),
)
VOCABULARY = "\n " + string.ascii_lowercase + string.digits + ".,;:?()-'\"%/"
REPLACED = {"–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "×": "x", "µ": "u", "…": "..."}


def running_text(source: str) -> str:
    """Return the sentences of a chapter in MyST Markdown."""
    text = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    # Code, figures and explorers go with their fences; what stands in boxes is text and stays.
    text = re.sub(r"^(`{3,})\{(code-cell|math|figure|explorer|list-table|bibliography)\}.*?^\1\s*$",
                  "", text, flags=re.DOTALL | re.MULTILINE)  # fmt: skip
    text = re.sub(r"^```(?!\{)\w*\n.*?^```\s*$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\$\$.*?\$\$[^\n]*", "", text, flags=re.DOTALL)
    text = re.sub(
        r"^\s*(`{3,}|:{3,}|\||:[\w-]+:|\(.*\)=\s*$|\+\+\+|%).*$", "", text, flags=re.MULTILINE
    )
    text = re.sub(r"\$[^$\n]+(\n[^$\n]+)?\$", "x", text)
    text = re.sub(r"\{(cite|fact|eq|eval|glue|numref|ref)[^}]*\}`[^`]*`", "", text)
    text = re.sub(r"\{[^}]*\}`([^`<]*?)\s*(<[^`]*>)?`", r"\1", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^>]*>", "", text)
    text = re.sub(r"^\s*(#+|[-*]( \[[x ]\])?|\d+\.)\s+", "", text, flags=re.MULTILINE)
    text = text.replace(" :: ", " ")
    for old, new in REPLACED.items():
        text = text.replace(old, new)
    text = unicodedata.normalize("NFKD", text).lower()
    text = "".join(c for c in text if c in VOCABULARY)
    # One line per paragraph.
    paragraphs = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", text))
    kept = (re.sub(r"\s+([.,;:?)])", r"\1", part) for part in paragraphs if len(part) > 40)
    return "\n".join(re.sub(r"\(\s*\)", "", part) for part in kept) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Freeze the course's text as a corpus.")
    parser.add_argument(
        "--output", type=Path, default=datasets.SHIPPED_FOLDER / "course_text.txt.gz"
    )
    arguments = parser.parse_args()
    pages = [page for pattern in CHAPTERS for page in sorted(BOOK.glob(pattern))]
    text = "".join(running_text(page.read_text(encoding="utf-8")) for page in pages)
    raw = text.encode("ascii")
    arguments.output.write_bytes(gzip.compress(raw, 9, mtime=0))
    print(f"{len(pages)} pages, {len(text):,} characters, {len(set(text))} different")
    print(f"{arguments.output.name}: {arguments.output.stat().st_size:,} bytes")
    print(f"its SHA-256 must be {datasets.fingerprint(np.frombuffer(raw, np.uint8))}")


if __name__ == "__main__":
    main()
