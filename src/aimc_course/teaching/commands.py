"""Commands of this room: ``bank``, ``exam``, ``figures`` and ``slides``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]

PACKAGES = {"moodle": "bank.xml", "qti": "bank.zip", "markdown": "bank.md"}


def add_commands(commands: Any) -> None:
    """Add the commands to a parser's subparsers; each sets ``run`` to what carries it out."""
    bank = commands.add_parser(
        "bank",
        help="write the questions of the book for Moodle, as QTI or as Markdown",
        description="Writes all questions of quizzes and predictions, with answers, feedback, "
        "objective and difficulty. Run it inside of the course's folder.",
    )
    bank.add_argument("--format", choices=tuple(PACKAGES), required=True)
    bank.add_argument("--parts", help="such as 1-4 or 1,3; by default all")
    bank.add_argument("--out", type=Path, required=True, help="file, or a folder that is there")
    bank.set_defaults(run=_told(_bank))

    exam = commands.add_parser(
        "exam",
        help="draw an exam from the questions of the book",
        description="Draws questions by a seed, balanced over chapters and difficulties, and "
        "writes a paper and its solutions. Everybody can read these questions, and their answers, "
        "in the book: mix them with some of your own.",
    )
    exam.add_argument("--items", type=int, default=20, help="number of questions")
    exam.add_argument("--parts", help="such as 1-4 or 1,3; by default all")
    exam.add_argument("--seed", type=int, required=True, help="the same seed gives the same exam")
    exam.add_argument(
        "--own", type=Path, help="Markdown file with questions of your own, all taken"
    )
    exam.add_argument("--title", default="Analog in-memory computing", help="heading of the paper")
    exam.add_argument("--mathjax", default="", help="address of a MathJax script for the HTML")
    exam.add_argument("--out", type=Path, required=True, help="folder of the four files")
    exam.set_defaults(run=_told(_exam))

    figures = commands.add_parser(
        "figures",
        help="collect all drawings of the book, with captions and alternative text",
        description="Draws what the book draws, and writes SVG and PNG with a page and a table of "
        "captions and alternative texts. Needs the tools of the book; PNG needs a Chromium.",
    )
    figures.add_argument("--out", type=Path, required=True, help="folder of the pack")
    figures.add_argument("--no-png", action="store_true", help="SVG only; needs no browser")
    figures.set_defaults(run=_told(_figures))

    slides = commands.add_parser(
        "slides",
        help="build slides for each part, with speaker notes and as PDF",
        description="Builds decks of reveal.js from the chapters: their figures, equations, "
        "questions and conclusions, chosen by a plan for each part. Runs the cells of the chapters "
        "unless the book was built before. The decks need no network; PDF needs a Chromium.",
    )
    slides.add_argument("--part", "--parts", help="such as 2 or 1-4; by default all with a plan")
    slides.add_argument("--out", type=Path, required=True, help="folder of the decks")
    slides.add_argument("--no-pdf", action="store_true", help="decks only; needs no browser")
    slides.add_argument(
        "--handout", action="store_true", help="also PDF with the notes under each slide"
    )
    slides.set_defaults(run=_told(_slides))


def _told(run: Any) -> Any:
    """Return a command that prints what is wrong, instead of where."""

    def carried_out(chosen: argparse.Namespace) -> int:
        try:
            for path in run(chosen):
                print(path)
        except (ValueError, OSError, ImportError, RuntimeError) as error:
            print(error, file=sys.stderr)
            return 2
        return 0

    return carried_out


def _items(chosen: argparse.Namespace) -> list[Any]:
    from aimc_course.teaching.items import chosen_parts, read_items

    parts = None if chosen.parts is None else chosen_parts(chosen.parts)
    items = read_items(parts=parts)
    missing = sorted(set(parts or ()) - {item.part for item in items})
    if missing:
        raise ValueError(f"parts={chosen.parts!r}: the book has no part {missing[0]}")
    return items


def _bank(chosen: argparse.Namespace) -> list[Path]:
    from aimc_course.teaching.moodle import to_moodle
    from aimc_course.teaching.qti import to_qti
    from aimc_course.teaching.sheets import bank_markdown

    items = _items(chosen)
    out = chosen.out / PACKAGES[chosen.format] if chosen.out.is_dir() else chosen.out
    out.parent.mkdir(parents=True, exist_ok=True)
    if chosen.format == "qti":
        out.write_bytes(to_qti(items))
    else:
        text = (to_moodle if chosen.format == "moodle" else bank_markdown)(items)
        out.write_text(text, encoding="utf-8")
    return [out]


def _exam(chosen: argparse.Namespace) -> list[Path]:
    from aimc_course.teaching.draw import draw_exam
    from aimc_course.teaching.items import read_own
    from aimc_course.teaching.sheets import exam_html, exam_markdown

    own = read_own(chosen.own) if chosen.own else []
    items = draw_exam(_items(chosen), chosen.items, chosen.seed, own)
    chosen.out.mkdir(parents=True, exist_ok=True)
    written = []
    for solved, stem in ((False, "exam"), (True, "exam-solutions")):
        page = exam_html(items, chosen.title, solved=solved, mathjax=chosen.mathjax)
        sheet = exam_markdown(items, chosen.title, solved=solved)
        for path, text in ((f"{stem}.html", page), (f"{stem}.md", sheet)):
            (chosen.out / path).write_text(text, encoding="utf-8")
            written.append(chosen.out / path)
    return written


def _figures(chosen: argparse.Namespace) -> list[Path]:
    from aimc_course.teaching.figures import write_pack

    return write_pack(chosen.out, png=not chosen.no_png)


def _slides(chosen: argparse.Namespace) -> list[Path]:
    from aimc_course.teaching.book import find_root
    from aimc_course.teaching.items import chosen_parts
    from aimc_course.teaching.slides.building import write_decks
    from aimc_course.teaching.slides.printing import print_decks

    root = find_root()
    parts = None if chosen.part is None else chosen_parts(chosen.part)
    written = decks = write_decks(chosen.out, parts, root=root)
    if not chosen.no_pdf:
        written = [*written, *print_decks(decks, root)]
        if chosen.handout:
            written += print_decks(decks, root, handout=True)
    return written
