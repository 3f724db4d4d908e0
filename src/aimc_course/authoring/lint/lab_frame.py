"""What every lab consists of: its head, its time, its chip, the figure to keep, its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aimc_course.authoring.lint.findings import Rule
from aimc_course.authoring.lint.lab_source import LabSource

__all__ = ["RULES"]

PROMISE = re.compile(r"about (?P<all>\d+) minutes, (?P<open>\d+) of them for the open question")
BREAK = re.compile(r"the end of section (?P<section>\d+) is a good place for a break")
MINUTES = re.compile(r"\((\d+) minutes\)$")
PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)]+)\)")
SITTING = (45, 90)  # minutes
LEAST_ALT = 80  # characters
FIGURE = "expected-figure"


def head(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find labs that do not open with title, time, what is needed, and points."""
    first = lab.cells[0] if lab.cells else None
    if first is None or first.kind != "markdown":
        yield 1, "the first cell is no text"
        return
    definition = lab.definition
    if definition is None:
        yield first.line, f"no folder in src/aimc_course/labs holds a lab named {lab.path.stem!r}"
        return
    # Nothing stands before it: a notebook elsewhere than on the site would show a label as text.
    if not first.text.startswith(f"# {definition.title}\n"):
        yield first.line, f"the first line is not '# {definition.title}'"
    titles = [n for n, line in lab.headings if line.startswith("# ")]
    for number in titles[1:]:
        yield number, "a second title"
    points = f"**Points:** {sum(q.points for q in definition.questions):g}"
    for part in ("**Time:** about ", "**You need:** ", points):
        if part not in first.text:
            yield first.line, f"the head does not say '{part}'"
    started = [cell for cell in lab.codes if f'start("{definition.name}", serial=' in cell.text]
    if len(started) != 1 or started[0] is not lab.codes[0]:
        yield first.line, f"the first cell of code does not start {definition.name!r}"


def time(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find sections without minutes, and times that do not add up to what is promised."""
    line = lab.cells[0].line if lab.cells else 1
    sections = [(n, text) for n, text in lab.headings if not text.startswith("# ")]
    for number, text in sections[:-1]:
        if not MINUTES.search(text):
            yield number, f"no minutes in the heading {text!r}"
    minutes = [int(match[1]) for _, text in sections if (match := MINUTES.search(text))]
    head_text = lab.cells[0].text if lab.cells else ""
    promise, stop = PROMISE.search(head_text), BREAK.search(head_text)
    if promise is None or not minutes:
        yield line, "the head does not say how long the lab and its open question take"
        return
    if abs(sum(minutes) - int(promise["all"])) > 1:
        yield line, f"the sections take {sum(minutes)} minutes, and {promise['all']} are promised"
    if minutes[-1] != int(promise["open"]):
        yield line, f"the open question takes {minutes[-1]} minutes, {promise['open']} are promised"
    after = int(stop["section"]) + 1 if stop else len(minutes)
    sittings = [sum(part) for part in (minutes[:after], minutes[after:]) if part]
    for sitting in sittings:
        if not SITTING[0] <= sitting <= SITTING[1]:
            yield line, f"a sitting of {sitting} minutes, and no break in it that is named"


def figure(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find labs that do not end with a figure to compare, and pictures without words."""
    line = lab.cells[-1].line if lab.cells else 1
    tagged = [cell for cell in lab.codes if FIGURE in cell.tags]
    if len(tagged) != 1:
        yield line, f"{len(tagged)} cells draw the figure to keep"
    shown = [(cell, match) for cell in lab.texts for match in PICTURE.finditer(cell.text)]
    if not any(match["target"] == f"expected/{lab.path.stem}.png" for _, match in shown):
        yield line, f"the text does not show expected/{lab.path.stem}.png"
    for cell, match in shown:
        place = cell.line_of(match.start())
        if len(match["alt"]) <= LEAST_ALT:
            yield place, f"the words for {match['target']} have {len(match['alt'])} characters"
        if not (lab.path.parent / match["target"]).is_file():
            yield place, f"there is no {match['target']}"


def end(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find labs that do not end with the points, and solutions that do not insist on all."""
    line = lab.cells[-1].line if lab.cells else 1
    if not lab.codes or lab.codes[-1].text.strip() != "lab.summary()":
        yield line, "students do not see their points at the end"
    last = lab.cells[-1] if lab.cells else None
    if last is None or not last.for_instructor or "lab.points == lab.max_points" not in last.text:
        yield line, "the solution copy does not insist on all points"


RULES: tuple[Rule[LabSource], ...] = (
    Rule(
        "lab-head",
        "Begin with title, **Time**, **You need** and **Points**, then start the lab; "
        "`new-lab` shows how.",
        head,
    ),
    Rule(
        "lab-time",
        "Give minutes in each heading; name the section after which to break, so that each sitting "
        "takes 45 to 90 minutes.",
        time,
    ),
    Rule(
        "lab-figure",
        "Tag the cell that draws it `expected-figure`, run `aimc-course expected-figures`, and "
        "describe the picture.",
        figure,
    ),
    Rule(
        "lab-end",
        "End with `lab.summary()` and, for the instructor, the assertion of all points.",
        end,
    ),
)
