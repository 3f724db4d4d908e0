"""What every chapter consists of: sections in order, objectives, time, closing parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from aimc_course.authoring.lint.findings import Rule
from aimc_course.authoring.lint.markup import roles
from aimc_course.authoring.lint.pages import Page

__all__ = ["RULES", "VERBS"]

OBJECTIVES = r"what you will be able to do"
TIME = r"prerequisites and (time|minutes)"
MISCONCEPTIONS = r"common misconceptions"
SUMMARY = r"summary.*"
READING = r"further reading"
SECTIONS = (
    OBJECTIVES,
    TIME,
    r"predict",
    r"(the )?published results?, reproduced|model check",
    r"what it costs",
    MISCONCEPTIONS,
    r"exercises",
    r"quiz",
    SUMMARY,
    READING,
)
OPENING, CLOSING = slice(0, 3), slice(5, None)
# What somebody else can see a student do. "Understand" and "know" cannot be seen.
WORDS = """
apply argue assess balance bound build calculate calibrate carry check choose classify compare
compute count criticise decide defend derive describe design detect diagnose distinguish draw
estimate evaluate explain express find fit formulate identify implement infer judge justify list
locate map measure name order place plan predict program propose prove quantify rank recompute
reproduce rewrite say schedule select separate simulate sketch solve split state test trace train
translate use verify weigh write
"""
VERBS = frozenset(WORDS.split())
BULLET = re.compile(r"^(?:[-*]|\d+\.) (?P<text>.+)$")
BOLD = re.compile(r"\*\*(\w+)\*\*")
MINUTES = re.compile(r"\b\d+ minutes\b")
LEAST_MISCONCEPTIONS, LEAST_READING, LEAST_SUMMARY = 3, 3, 3


def bullets(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the items of a list, each with its line and without its mark."""
    return [(n, match["text"]) for n, line in lines if (match := BULLET.match(line))]


def sections(page: Page) -> Iterator[tuple[int, str]]:
    """Find sections that are missing, doubled or out of order."""
    titles = [(n, line) for n, line in page.prose if re.match(r"# \S", line)]
    if len(titles) != 1:
        yield (titles[1][0] if titles else 1), f"a chapter has one title, this one {len(titles)}"
    places = []
    for pattern in SECTIONS:
        fits = [k for k, (_, h) in enumerate(page.headings) if re.fullmatch(pattern, h.lower())]
        if len(fits) != 1:
            line = page.headings[fits[1]][0] if fits else 1
            yield line, f"the section {pattern!r} stands here {len(fits)} times"
        places.append(fits[0] if fits else -1)
    if -1 in places:
        return
    if places[OPENING] != [0, 1, 2]:
        yield page.headings[0][0], "a chapter opens with objectives, time and the prediction"
    if places[CLOSING] != sorted(places[CLOSING]):
        yield page.headings[places[CLOSING][0]][0], "the closing sections are out of order"


def objectives(page: Page) -> Iterator[tuple[int, str]]:
    """Find objectives that nobody could test."""
    line, under = page.section(OBJECTIVES)
    found = bullets(under)
    if line and len(found) != 3:
        yield line, f"{len(found)} objectives"
    for number, text in found:
        bold = [verb.lower() for verb in BOLD.findall(text)]
        if not bold or not text.startswith("**"):
            yield number, "the objective does not begin with its verb in bold"
        for verb in sorted(set(bold) - VERBS):
            yield number, f"{verb!r} is no verb that somebody could see a student do"


def time(page: Page) -> Iterator[tuple[int, str]]:
    """Find chapters that do not say what they need, or how long they take."""
    line, under = page.section(TIME)
    text = " ".join(part for _, part in under)
    if line and len(MINUTES.findall(text)) < 1:
        yield line, "no minutes for reading"
    if line and not re.search(r"\b\d+ (more|minutes) for (the )?exercises|exercises .*\d+", text):
        yield line, "no minutes for the exercises"
    needed = [part for part in re.split(r"(?<=[.;])\s", text) if not MINUTES.search(part)]
    if line and not "".join(needed).strip():
        yield line, "nothing is said of what a reader has to know"


def closing(page: Page) -> Iterator[tuple[int, str]]:
    """Find closing sections that are too thin."""
    line, under = page.section(MISCONCEPTIONS)
    found = bullets(under) + _defined(under)
    if line and len(found) < LEAST_MISCONCEPTIONS:
        yield line, f"{len(found)} misconceptions"
    for number, text in found:
        if not text.startswith(("**", '"')):
            yield number, "the misconception is not in bold, so the answer cannot be told from it"
    line, under = page.section(SUMMARY)
    if line and len(bullets(under)) < LEAST_SUMMARY:
        yield line, f"a summary of {len(bullets(under))} points"
    line, under = page.section(READING)
    if line and len(bullets(under)) < LEAST_READING:
        yield line, f"{len(bullets(under))} works to read on"
    for number, text in bullets(under):
        named = roles("(?:cite|ref)(?::[a-z]+)?", text) or "](" in text
        said = re.sub(r"\{[\w:]+\}`[^`]*`|\[[^\]]*\]\([^)]*\)", " ", text)
        if not named:
            yield number, "the work is not cited"
        elif len(re.findall(r"\w+", said)) < 4:
            yield number, "nothing is said on why to read it"


def _defined(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the terms of a list of definitions."""
    pairs = pairwise(lines)
    return [(n, term) for (n, term), (_, text) in pairs if term.strip() and text.startswith(": ")]


RULES: tuple[Rule[Page], ...] = (
    Rule(
        "sections",
        "Keep the order of the other chapters; AUTHORING.md lists it.",
        sections,
    ),
    Rule(
        "objectives",
        "Write three, each beginning with what a student then does, such as **compute**.",
        objectives,
    ),
    Rule("time", 'Say "Reading takes about 40 minutes, and the exercises 30 more".', time),
    Rule(
        "closing",
        "Misconceptions (3 or more, in bold, with what is right), a summary, and works with one "
        "line on why.",
        closing,
    ),
)
