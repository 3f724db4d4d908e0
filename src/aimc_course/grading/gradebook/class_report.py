"""One page about a class: how it did, what it misunderstood, and what is worth a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from aimc_course.grading.gradebook.by_hand import Marker
from aimc_course.grading.gradebook.feedback import PAGE_STYLE, Titles
from aimc_course.grading.gradebook.item_analysis import Aim, Item, aims, items, reliability, slips
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.report_figures import (
    FIGURE_STYLE,
    described,
    distribution,
    handing_in,
    outcomes_by_question,
)
from aimc_course.grading.gradebook.report_similarity import ASK, similarity
from aimc_course.grading.gradebook.report_tables import bar, decimals, percent
from aimc_course.grading.gradebook.similar_code import SimilarCode, twins
from aimc_course.grading.gradebook.store import Entry
from aimc_course.grading.gradebook.templates import rendered
from aimc_course.grading.gradebook.texts import number, quoted

__all__ = ["as_page"]

MOST_SLIPS, MOST_TOPICS = 20, 4
WEAK = 0.1
"""Correlation under which a question tells hardly anybody apart."""
STYLE = """
body { max-width: 60rem; } h2 { margin-top: 2.5rem; } h1 { margin-bottom: .2rem; }
svg { background: none; } figcaption, .count, .where { font-size: .9rem; }
.where { margin: .6rem 0 .2rem; } .count { margin: .3rem 0 1rem; }
table th[scope=row] { font-weight: normal; } .words th[scope=row] { min-width: 11rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; }
.cards div { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.cards strong { display: block; font-size: 1.5rem; line-height: 1.3; }
.talk { border-left: .3rem solid var(--orange); } .talk li { margin: .4rem 0; }
.bar { display: inline-block; width: 5rem; height: .7rem; margin-right: .5rem;
  background: var(--grid); }
.bar span { display: block; height: 100%; background: var(--blue); }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
  gap: 0 1rem; }
.beside > div { min-width: 0; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: .6rem; margin: 0;
  font-size: .8rem; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; } li { overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; } .wide, pre { overflow: visible; }
  pre { white-space: pre-wrap; } figure, tr, .cards { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; } }
"""


def as_page(
    found: Sequence[Outcome],
    entries: Sequence[Entry],
    titles: Titles,
    objectives: Mapping[str, Sequence[str]] | None = None,
    similar: SimilarCode | None = None,
    timing: Sequence[str] = (),
    marked: Sequence[Marker] = (),
) -> str:
    """Return the report as one HTML page that loads nothing.

    Parameters
    ----------
    found : sequence of Outcome
        What the students get.
    entries : sequence of Entry
        All notebooks that were handed in.
    titles : Titles
        What questions are called.
    objectives : mapping of str to sequence of str, optional
        What the lab teaches, and the questions that show it.
    similar : SimilarCode, optional
        What the notebooks share.
    timing : sequence of str
        The rules on late and missing work, and what followed from them.
    marked : sequence of Marker, optional
        Who marked by hand.
    """
    read = [o for o in found if o.marks is None or not o.marks.wrong_file]
    points = [  # zeros of those who handed in nothing say nothing about the lab
        o.points for o in read if o.points is not None and not (o.zeroed or o.student.excused)
    ]
    most = max((o.max_points or 0.0 for o in found), default=0.0)
    analysed, reached, common = items(read), aims(read, objectives or {}), slips(read)
    return rendered(
        "class_report.html",
        lab=titles.lab,
        style=Markup(PAGE_STYLE + FIGURE_STYLE + STYLE),
        cards=_cards(found, points, most, similar),
        doubts=[f"{o.label} {doubt}" for o in found for doubt in o.doubts],
        requests=[
            (o.label, r.question, titles.of(r.question), quoted(r.reason))
            for o in found
            for r in o.requests
            if r.open
        ],
        topics=_topics(analysed, reached, common, titles),
        points=_points(read, points, most),
        objectives=[
            (aim.objective, ", ".join(aim.questions), bar(aim.share), percent(aim.reached))
            for aim in reached
        ],
        questions=_questions(analysed, titles),
        slips=[
            (slip, count, _named(question, titles)) for question, slip, count in common[:MOST_SLIPS]
        ],
        marked=[(m.who, m.marks, percent(m.share)) for m in marked],
        timing=[line[:1].upper() + line[1:] for line in timing],
        handing_in=_handing_in(found),
        similar=similarity(similar, 4),
        same_file=twins(entries, found),
        ask=ASK,
    )


def _cards(
    found: Sequence[Outcome], points: Sequence[float], most: float, similar: SimilarCode | None
) -> list[tuple[str, str]]:
    """Return the numbers that stand first."""
    missing = sum(o.attempts == 0 and not o.student.excused for o in found)
    waiting = sum(o.attempts > 0 and o.marks is None for o in found)
    cards = [(str(len(points)), "students have points"), (str(missing), "handed in nothing")]
    if waiting:
        cards.append((str(waiting), "not graded yet"))
    if points:
        cards.append((number(float(np.median(points))), f"median of {number(most)} points"))
    cards.append((str(sum(o.late > 0 for o in found)), "handed in late"))
    if similar is not None:
        cards.append((str(len(similar.comparison.pairs)), "pairs of notebooks worth a look"))
    return cards


def _topics(
    analysed: Sequence[Item],
    reached: Sequence[Aim],
    common: Sequence[tuple[str, str, int]],
    titles: Titles,
) -> list[str]:
    """Return what to speak about in class: the weakest objective, question, and usual slips."""
    lines = []
    if reached:
        aim = min(reached, key=lambda a: (a.reached, a.share))
        asked = ", ".join(aim.questions)
        lines.append(
            f"“{aim.objective}” ({asked}) was reached least: {percent(aim.reached)} of the class "
            "earned at least 80 % of its points."
        )
    if analysed:
        item = min(analysed, key=lambda i: i.share)
        lines.append(
            f"The hardest question was {_named(item.question, titles)}: the class earned "
            f"{percent(item.share)} of its points, and {percent(item.none)} earned nothing."
        )
        weak = [i.question for i in analysed if i.discrimination < WEAK and 0.05 < i.share < 0.95]
        if weak:
            lines.append(
                f"{', '.join(weak)} hardly told those who know from those who do not. Look at the "
                "wording before you blame the class."
            )
    return lines + [
        f"{count} students in {_named(question, titles)}: {slip}"
        for question, slip, count in common[: MOST_TOPICS - 1]
        if count > 1
    ]


def _named(question: str, titles: Titles) -> str:
    title = titles.of(question)
    return f"{question} ({title})" if title else question


def _points(found: Sequence[Outcome], points: Sequence[float], most: float) -> dict[str, Any]:
    if not points:
        return {}
    low, middle, high = (float(v) for v in np.percentile(points, [25, 50, 75]))
    spread = float(np.std(points, ddof=1)) if len(points) > 1 else float("nan")
    alpha = reliability(found)
    said = (
        f"Figure 1: points of {len(points)} students. The line is the median, {number(middle)} of "
        f"{number(most)}; the middle half of the class lies in the band from {number(low)} to "
        f"{number(high)}."
    )
    rows = [
        ("Mean", number(float(np.mean(points)))),
        ("Standard deviation", "–" if np.isnan(spread) else number(spread)),
        ("Lowest and highest", f"{number(min(points))} and {number(max(points))}"),
        ("Cronbach's alpha", decimals(alpha)),
    ]
    picture = described(distribution(points, most), f"Histogram. {said}")
    return {"picture": picture, "caption": said, "rows": rows}


def _questions(analysed: Sequence[Item], titles: Titles) -> dict[str, Any]:
    if not analysed:
        return {}
    hardest = min(analysed, key=lambda item: item.share)
    rows = [
        (
            *(_named(item.question, titles), percent(item.share), percent(item.full)),
            *(percent(item.none), decimals(item.discrimination, item.low, item.high)),
        )
        for item in analysed
    ]
    alt = (
        f"Stacked bars for {len(analysed)} questions; the lowest mean is that of "
        f"{hardest.question}, {percent(hardest.share)} of its points."
    )
    return {"picture": described(outcomes_by_question(analysed), alt), "rows": rows}


def _handing_in(found: Sequence[Outcome]) -> dict[str, Any]:
    tried = [o for o in found if o.attempts and not o.student.excused]
    if not tried:
        return {}
    attempts, units = [o.attempts for o in tried], [o.late for o in tried]
    several, late, per = sum(a > 1 for a in attempts), sum(u > 0 for u in units), tried[0].per
    said = (
        f"Figure 3: notebooks that each of {len(tried)} students handed in, and {per}s late. "
        f"{several} handed in more than one notebook, {late} were late."
    )
    picture = described(handing_in(attempts, units, per), f"Two bar charts. {said}")
    return {"picture": picture, "caption": said}
