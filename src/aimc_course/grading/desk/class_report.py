"""One page about a class: how the points are spread, which questions were hard, and why."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aimc_course.grading.desk.feedback import PAGE_STYLE, Titles
from aimc_course.grading.desk.outcomes import Outcome
from aimc_course.grading.desk.store import Entry
from aimc_course.grading.desk.texts import escaped, number

__all__ = ["Item", "as_page", "items", "slips", "twins"]

MOST_SLIPS = 20
BLUE, GREY = "#1f77b4", "#bbbbbb"


@dataclass(frozen=True, slots=True)
class Item:
    """How a class did in one question."""

    question: str
    share: float
    """Mean share of its points."""
    full: float
    """Share of students with all points."""
    none: float
    """Share of students without a point."""
    discrimination: float
    """Correlation of its points with the points of all other questions; NaN where one of the two
    is the same for everybody."""


def items(found: Sequence[Outcome]) -> tuple[Item, ...]:
    """Return how a class did, question by question."""
    counted = [outcome.marks for outcome in found if outcome.marks]
    if not counted:
        return ()
    names = list(dict.fromkeys(mark.question for marks in counted for mark in marks.marks))
    points = np.zeros((len(counted), len(names)))
    most = np.zeros(len(names))
    for row, marks in enumerate(counted):
        for mark in marks.marks:
            column = names.index(mark.question)
            points[row, column] = mark.points
            most[column] = max(most[column], mark.max_points)
    rest = points.sum(axis=1, keepdims=True) - points
    return tuple(
        Item(
            name,
            float(points[:, k].mean() / most[k]) if most[k] else 0.0,
            float(np.mean(points[:, k] >= most[k] - 1e-9)),
            float(np.mean(points[:, k] <= 0)),
            _correlation(points[:, k], rest[:, k]),
        )
        for k, name in enumerate(names)
    )


def slips(found: Sequence[Outcome]) -> list[tuple[str, str, int]]:
    """Return question, misunderstanding and how many students show it, most frequent first."""
    count = Counter(
        (mark.question, mark.slip)
        for outcome in found
        if outcome.marks
        for mark in outcome.marks.marks
        if mark.slip
    )
    ordered = sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(question, slip, n) for (question, slip), n in ordered]


def twins(entries: Sequence[Entry], found: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """Return groups of students who handed in the same notebook, byte for byte."""
    shown: dict[str, list[str]] = {}
    for outcome in found:
        shown.setdefault(outcome.student.owner, []).append(outcome.label)
    owners: dict[str, list[str]] = {}
    for entry in entries:
        owners.setdefault(entry.digest, []).append(entry.owner)
    return [
        tuple(label for owner in group for label in shown.get(owner, [owner]))
        for group in owners.values()
        if len(group) > 1
    ]


def as_page(found: Sequence[Outcome], entries: Sequence[Entry], titles: Titles) -> str:
    """Return the report as one HTML page that loads nothing."""
    points = [o.points for o in found if o.points is not None and not o.student.excused]
    most = max((o.max_points or 0.0 for o in found), default=0.0)
    analysed = items(found)
    body = [f"<h1>{escaped(titles.lab)}: the class</h1>", _overview(found, points, most)]
    if points:
        body.append(
            _figure(
                _distribution(points, most),
                "Figure 1: how the points are spread over the class",
                f"Histogram of the points of {len(points)} students; the dashed line is the "
                f"median, {number(float(np.median(points)))} of {number(most)}.",
            )
        )
    if analysed:
        hardest = min(analysed, key=lambda item: item.share)
        body += [
            _figure(
                _difficulty(analysed),
                "Figure 2: the mean share of its points that each question earned",
                f"Bars for {len(analysed)} questions; the lowest is {hardest.question} with "
                f"{_percent(hardest.share)}.",
            ),
            _item_table(analysed, titles),
        ]
    body += [_slip_table(slips(found), titles), _twin_list(twins(entries, found))]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(titles.lab)}: the class</title><style>{PAGE_STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _overview(found: Sequence[Outcome], points: Sequence[float], most: float) -> str:
    without = sum(o.attempts == 0 and not o.student.excused for o in found)
    lines = [f"{len(points)} students have points, {without} handed in nothing."]
    waiting = sum(o.attempts > 0 and o.marks is None for o in found)
    if waiting:
        lines.append(f"{waiting} have a notebook that is not graded yet.")
    if points:
        lines.append(
            f"Mean {number(float(np.mean(points)))}, median {number(float(np.median(points)))}, "
            f"of {number(most)} points."
        )
    late = sum(o.days > 0 for o in found)
    if late:
        lines.append(f"{late} were late.")
    several = Counter(o.attempts for o in found if o.attempts)
    if any(attempts > 1 for attempts in several):
        said = ", ".join(f"{n} with {k}" for k, n in sorted(several.items()))
        lines.append(f"Students by the number of notebooks that they handed in: {said}.")
    return f"<p>{escaped(' '.join(lines))}</p>"


def _item_table(analysed: Sequence[Item], titles: Titles) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escaped(i.question)}</th><td>{escaped(titles.of(i.question))}</td>'
        f'<td class="n">{_percent(i.share)}</td><td class="n">{_percent(i.full)}</td>'
        f'<td class="n">{_percent(i.none)}</td>'
        f'<td class="n">{_decimals(i.discrimination)}</td></tr>'
        for i in analysed
    )
    return (
        "<h2>Questions</h2><p>The last column is the correlation of a question's points with the "
        "points of all the others. Near zero or below it, a question does not tell students who "
        "know from students who do not; look at its wording first.</p>"
        "<div class='wide' tabindex='0'><table><thead><tr>"
        + _heads("Question", "Asks for", "Mean", "All points", "None", "Correlation")
        + f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _slip_table(found: Sequence[tuple[str, str, int]], titles: Titles) -> str:
    if not found:
        return "<h2>Most frequent slips</h2><p>No answer shows a known slip.</p>"
    rows = "".join(
        f'<tr><th scope="row">{escaped(question)}</th><td>{escaped(titles.of(question))}</td>'
        f'<td class="n">{count}</td><td>{escaped(slip)}</td></tr>'
        for question, slip, count in found[:MOST_SLIPS]
    )
    return (
        "<h2>Most frequent slips</h2><div class='wide' tabindex='0'><table><thead><tr>"
        + _heads("Question", "Asks for", "Students", "What the answer shows")
        + f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _twin_list(found: Sequence[tuple[str, ...]]) -> str:
    if not found:
        return ""
    lines = "".join(f"<li>{escaped(', '.join(group))}</li>" for group in found)
    return (
        "<h2>The same file</h2><p>These students handed in notebooks that agree in every byte. "
        f"That is a reason to ask, and no proof of who wrote it.</p><ul>{lines}</ul>"
    )


def _heads(*names: str) -> str:
    numbers = ("Mean", "All points", "None", "Correlation", "Students")
    return "".join(
        f'<th scope="col"{" class=n" if name in numbers else ""}>{name}</th>' for name in names
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _decimals(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if a.size < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _figure(picture: str, caption: str, alt: str) -> str:
    described = picture.replace("<svg ", f'<svg role="img" aria-label="{escaped(alt)}" ', 1)
    return (
        f"<figure>{described}<figcaption>{escaped(caption)}. {escaped(alt)}</figcaption></figure>"
    )


def _distribution(points: Sequence[float], most: float) -> str:
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    top = max(most, *points, 1.0)
    figure = Figure(figsize=(7, 2.8), layout="constrained")
    axes = figure.subplots()
    axes.hist(points, bins=np.linspace(0, top, 11).tolist(), color=BLUE, edgecolor="white")
    axes.axvline(float(np.median(points)), color="black", linestyle="--")
    axes.set(xlabel="Points", ylabel="Students", xlim=(0, top))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _svg(figure)


def _difficulty(analysed: Sequence[Item]) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.8 + 0.24 * len(analysed)), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(analysed))
    axes.barh(places, 1.0, color=GREY, height=0.7)
    axes.barh(places, [item.share for item in analysed], color=BLUE, height=0.7)
    axes.set_yticks(places, [item.question.replace("$", r"\$") for item in analysed])
    axes.invert_yaxis()
    axes.set(xlabel="Mean share of the points", xlim=(0, 1))
    return _svg(figure)


def _svg(figure: object) -> str:
    import matplotlib

    with (
        matplotlib.rc_context({"svg.hashsalt": "aimc", "svg.fonttype": "none"}),
        io.StringIO() as out,
    ):
        figure.savefig(out, format="svg", metadata={"Date": None})  # type: ignore[attr-defined]
        text = out.getvalue()
    return text[text.index("<svg ") :]
