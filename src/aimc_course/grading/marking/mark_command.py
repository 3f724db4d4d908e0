"""The command ``mark``."""

from __future__ import annotations

import argparse
import contextlib
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aimc.validation import check_integer, check_number

__all__ = ["add_commands"]

NEEDS = {
    "jinja2": "jinja2",
    "latex2mathml": "latex2mathml",
    "markdown_it": "markdown-it-py",
    "mdit_py_plugins": "mdit-py-plugins",
    "nh3": "nh3",
    "PIL": "pillow",
    "pygments": "pygments",
    "starlette": "starlette",
    "uvicorn": "uvicorn",
}
KINDS = {"explanations": "explain", "figure": "figure"}


def add_commands(commands: Any) -> None:
    """Add the command to a parser's subparsers; it sets ``run`` to what carries it out."""
    marking = commands.add_parser(
        "mark",
        help="mark by hand what no judge can mark, on a page in your browser",
        description="Shows explanations, open questions, figures and predictions of the class on "
        "a page that only your own browser can open, question by question and without names. "
        "Marks are kept at once; end the page with Ctrl+C to have feedback and grades written.",
    )
    marking.add_argument("out", type=Path, help="folder of marks and results")
    marking.add_argument("--lab", required=True, help="number or name of the lab")
    marking.add_argument("--key-file", type=Path, help="class key; by default OUT/class.key")
    marking.add_argument("--source", type=Path, help="notebook that the lab is made from")
    marking.add_argument(
        "--explanations",
        type=float,
        metavar="POINTS",
        help="points of each explanation; 0 at first: a comment only",
    )
    marking.add_argument(
        "--figure", type=float, metavar="POINTS", help="points of the figure; 0 at first"
    )
    marking.add_argument(
        "--marker",
        metavar="NAME",
        help="your name beside your marks, where several people mark; by default your account",
    )
    marking.add_argument("--names", action="store_true", help="show names")
    marking.add_argument("--port", type=int, default=0, help="port; by default a free one")
    marking.add_argument(
        "--no-browser", action="store_true", help="print the address, open no browser"
    )
    marking.set_defaults(run=_mark)


def _mark(chosen: argparse.Namespace) -> int:
    missing = [package for module, package in NEEDS.items() if find_spec(module) is None]
    if missing:
        raise ValueError(
            f"the page needs {', '.join(missing)}: python -m pip install {' '.join(missing)}"
        )
    from aimc_answers.rubrics import rubric
    from aimc_course.grading.gradebook.by_hand import ByHand
    from aimc_course.grading.gradebook.file_systems import check_local
    from aimc_course.grading.gradebook.gradebook import titles_of
    from aimc_course.grading.gradebook.grading_commands import known_gradebook, lab_name
    from aimc_course.grading.marking.rounds import Round
    from aimc_course.grading.marking.server import Marking, listening, serve
    from aimc_course.grading.written.source import find_source, read_sheet, with_samples

    lab, port = lab_name(chosen.lab), check_integer("--port", chosen.port, low=0, high=65_535)
    source = chosen.source or find_source(lab, Path.cwd())
    with known_gradebook(chosen) as gradebook:
        if not gradebook.store.entries(lab):
            raise ValueError(f"{chosen.out} holds no notebook of {lab}: grade first")
        if chosen.names and gradebook.rules(lab).anonymous:
            raise ValueError(f"{lab} was graded with --anonymous: names stay hidden")
        if chosen.marker is not None:
            gradebook.store.sign(chosen.marker)
            check_local(chosen.out)
        by_hand = ByHand(gradebook.store, lab)
        sheet = read_sheet(source.read_bytes(), lab)
        with contextlib.suppress(FileNotFoundError):  # a lab of one's own may have no rubric
            sheet = with_samples(sheet, rubric(lab))
        for line in by_hand.use(sheet.worth(_points(chosen, by_hand))):
            print(line)
        if new := by_hand.collect():
            print(f"answers of {new} notebooks read")
        _publish(gradebook, lab, by_hand)
        marking = Round(gradebook, lab, names=chosen.names)
        figure = source.parent / "expected" / f"{source.stem}.png"
        with listening(port) as where:
            page = Marking(
                marking,
                titles_of(lab),
                where.getsockname()[1],
                figure.read_bytes() if figure.is_file() else None,
            )
            print(f"open once: {page.guard.address}", flush=True)
            print("Ctrl+C ends the page and writes feedback and grades.", flush=True)
            if not chosen.no_browser:
                webbrowser.open(page.guard.address)
            try:
                with contextlib.suppress(KeyboardInterrupt):
                    serve(page, where)
            finally:
                page.running.close()
                marking.leases.release()
        _publish(gradebook, lab, by_hand)
    return 0


def _points(chosen: argparse.Namespace, by_hand: Any) -> dict[str, float]:
    """Return the points by kind: those that were asked for, or else those of before."""
    found = {}
    for option, kind in KINDS.items():
        value = getattr(chosen, option)
        if value is not None:
            found[kind] = check_number(f"--{option}", value, low=0.0, high=100.0)
        elif (known := by_hand.rubric.base) is not None:
            items = [item for item in known.items if item.kind == kind]
            found |= {kind: items[0].max_points} if items else {}
    return found


def _publish(gradebook: Any, lab: str, by_hand: Any) -> None:
    """Write what goes out, if marks by hand were given since it was written."""
    changes = by_hand.marks.changes()
    if int(gradebook.store.setting(f"published {lab}") or 0) == changes:
        return
    for line in gradebook.publish(lab):
        print(line)
    print(f"results: {gradebook.out / lab}")
