"""One page about a class: how it did, what it misunderstood, and what is worth a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from aimc_course.grading.gradebook.by_hand import Marker
from aimc_course.grading.gradebook.feedback import PAGE_STYLE, Titles
from aimc_course.grading.gradebook.item_analysis import Aim, Item, aims, items, reliability, slips
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.report_figures import (
    FIGURE_STYLE,
    distribution,
    figure,
    handing_in,
    outcomes_by_question,
)
from aimc_course.grading.gradebook.report_similarity import ASK, similarity_section
from aimc_course.grading.gradebook.report_tables import bar, decimals, percent, table
from aimc_course.grading.gradebook.similar_code import SimilarCode, twins
from aimc_course.grading.gradebook.store import Entry
from aimc_course.grading.gradebook.texts import escaped, number, quoted

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
    body = [
        f"<h1>{escaped(titles.lab)}: the class</h1>",
        _cards(found, points, most, similar),
        _doubts(found),
        _requests(found, titles),
        _topics(analysed, reached, common, titles),
        _points(read, points, most),
        _objectives(reached, titles),
        _questions(analysed, titles),
        _slips(common, titles),
        _marked(marked),
        _handing_in(found, timing),
        similarity_section(similar, 4),
        _same_file(twins(entries, found)),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(titles.lab)}: the class</title>"
        f"<style>{PAGE_STYLE}{FIGURE_STYLE}{STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _doubts(found: Sequence[Outcome]) -> str:
    lines = [f"{o.label} {doubt}" for o in found for doubt in o.doubts]
    if not lines:
        return ""
    return (
        "<h2 id='in-doubt'>Marks to look at</h2><p>A file that is not this lab's notebook counts "
        "in no figure below. Where a process ended twice, the notebook may have meant it, or the "
        "machine was short of memory: regrade the question, or look at the answer and give points "
        "by hand.</p><ul>" + "".join(f"<li>{escaped(line)}</li>" for line in lines) + "</ul>"
    )


def _requests(found: Sequence[Outcome], titles: Titles) -> str:
    """Return the requests that wait for an answer."""
    lines = [
        f"<li><strong>{escaped(o.label)} {escaped(r.question)}</strong> "
        f"{escaped(titles.of(r.question))}: {escaped(quoted(r.reason))}</li>"
        for o in found
        for r in o.requests
        if r.open
    ]
    if not lines:
        return ""
    return (
        "<h2 id='requests'>Requests to answer</h2><p>These students ask for a mark again. Keep it "
        "or change it, with a reason, by the command <code>answer</code>.</p>"
        f"<ul>{''.join(lines)}</ul>"
    )


def _cards(
    found: Sequence[Outcome], points: Sequence[float], most: float, similar: SimilarCode | None
) -> str:
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
    return (
        "<div class='cards'>"
        + "".join(f"<div><strong>{value}</strong>{escaped(said)}</div>" for value, said in cards)
        + "</div>"
    )


def _topics(
    analysed: Sequence[Item],
    reached: Sequence[Aim],
    common: Sequence[tuple[str, str, int]],
    titles: Titles,
) -> str:
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
    lines += [
        f"{count} students in {_named(question, titles)}: {slip}"
        for question, slip, count in common[: MOST_TOPICS - 1]
        if count > 1
    ]
    if not lines:
        return ""
    rows = "".join(f"<li>{escaped(line)}</li>" for line in lines)
    return f"<h2 id='talk'>To talk about in class</h2><div class='talk'><ul>{rows}</ul></div>"


def _named(question: str, titles: Titles) -> str:
    title = titles.of(question)
    return f"{question} ({title})" if title else question


def _points(found: Sequence[Outcome], points: Sequence[float], most: float) -> str:
    if not points:
        return ""
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
    return (
        "<h2 id='points'>Points</h2><div class='beside'>"
        + figure(distribution(points, most), said, f"Histogram. {said}")
        + f"<div>{table(('Statistic', 'Value #'), rows)}</div></div>"
        + "<p>Alpha near 1 means that the questions rank students alike; a lab of many different "
        "skills may well lie at 0.6.</p>"
    )


def _objectives(reached: Sequence[Aim], titles: Titles) -> str:
    if not reached:
        return ""
    rows = [
        (aim.objective, ", ".join(aim.questions), bar(aim.share), percent(aim.reached))
        for aim in reached
    ]
    return "<h2 id='objectives'>What the class learned</h2>" + table(
        ("Objective", "Questions", "Points earned #", "Reached by #"), rows, words=True
    )


def _questions(analysed: Sequence[Item], titles: Titles) -> str:
    if not analysed:
        return ""
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
    return (
        "<h2 id='questions'>Questions</h2>"
        + figure(
            outcomes_by_question(analysed),
            "Figure 2: shares of the class with all, some and none of each question's points.",
            alt,
        )
        + "<p>The last column is the correlation of a question's points with the points of all the "
        "others, which for a question that is right or wrong is the point-biserial one. Near zero "
        "or below it, a question does not tell students who know from students who do not. In "
        "brackets stands its 95 % interval, which is wide in a small class.</p>"
        + table(
            ("Question", "Mean #", "All points #", "None #", "Discrimination #"), rows, words=True
        )
    )


def _slips(found: Sequence[tuple[str, str, int]], titles: Titles) -> str:
    head = "<h2 id='slips'>Most frequent slips</h2>"
    if not found:
        return f"{head}<p>No answer shows a known slip.</p>"
    rows = [
        (slip, str(count), _named(question, titles)) for question, slip, count in found[:MOST_SLIPS]
    ]
    return head + table(("What the answer shows", "Students #", "Question"), rows, words=True)


def _marked(found: Sequence[Marker]) -> str:
    """Return who marked how much by hand: markers who differ much should talk to each other."""
    if not found:
        return ""
    rows = [(m.who, str(m.marks), percent(m.share)) for m in found]
    return (
        "<h2 id='marked'>Who marked by hand</h2>"
        + table(("Marker", "Answers with points #", "Mean share given #"), rows)
        + "<p>Each got other answers, so that shares differ by chance as well.</p>"
    )


def _handing_in(found: Sequence[Outcome], timing: Sequence[str]) -> str:
    tried = [o for o in found if o.attempts and not o.student.excused]
    if not tried:
        return ""
    attempts, units = [o.attempts for o in tried], [o.late for o in tried]
    several, late, per = sum(a > 1 for a in attempts), sum(u > 0 for u in units), tried[0].per
    said = (
        f"Figure 3: notebooks that each of {len(tried)} students handed in, and {per}s late. "
        f"{several} handed in more than one notebook, {late} were late."
    )
    rules = "".join(f"<li>{escaped(line[:1].upper() + line[1:])}</li>" for line in timing)
    return (
        "<h2 id='handing-in'>Handing in</h2>"
        + (f"<ul>{rules}</ul>" if rules else "")
        + figure(handing_in(attempts, units, per), said, f"Two bar charts. {said}")
    )


def _same_file(found: Sequence[tuple[str, ...]]) -> str:
    if not found:
        return ""
    lines = "".join(f"<li>{escaped(', '.join(group))}</li>" for group in found)
    return (
        "<h3>The same file</h3><p>These students handed in notebooks that agree in every byte. "
        f"{ASK}</p><ul>{lines}</ul>"
    )
