"""The part of the class report about code that notebooks share: a reason to ask, never proof."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from aimc_course.grading.gradebook.report_figures import figure, pairs
from aimc_course.grading.gradebook.report_tables import percent, table
from aimc_course.grading.gradebook.similar_code import SimilarCode
from aimc_course.grading.gradebook.texts import escaped
from aimc_course.grading.similarity.passages import Excerpt, Passage

__all__ = ["ASK", "similarity_section"]

ASK = "A reason to ask, not proof."
MOST_PAIRS, MOST_STUDENTS, MOST_TYPED = 20, 400, 60
PASTED = 0.5
"""Share of the published solution from which on its passages are shown."""


def similarity_section(similar: SimilarCode | None, number: int) -> str:
    """Return the section about similar code; ``number`` is that of its figure."""
    if similar is None:
        return (
            "<h2 id='code'>Similar code</h2><p>The lab's notebooks were not found, so no code was "
            "compared. Give the command in a folder that holds the course's <code>labs</code>.</p>"
        )
    found = similar.comparison
    intro = (
        "<h2 id='code'>Similar code</h2>"
        f"<p><strong>{ASK}</strong> Names, comments, formatting, order and added lines make little "
        "difference to this comparison. Code of the copy that everybody starts from does not "
        "count, code of the published solution counts only in its own table, and what many "
        "students wrote counts little.</p>"
    )
    parts = [intro]
    if len(found.documents) > 1:
        parts.append(figure(pairs(found), *_said(similar, number)))
        parts.append(_pairs(similar))
    parts += [_solutions(similar), _typed(similar)]
    return "".join(parts)


def _said(similar: SimilarCode, number: int) -> tuple[str, str]:
    found = similar.comparison
    middle, high = np.percentile(found.similarities, [50, 95])
    count = found.similarities.size
    honest = (
        f"the median pair shares {percent(middle)} of its rare code, and 95 of 100 pairs share "
        f"less than {percent(high)}"
    )
    if math.isnan(found.expected):
        line = "The class is too small to tell what is usual; the line stands at a fixed value."
    else:
        line = (
            f"The dashed line, {percent(found.threshold)}, is where pairs become worth a look: "
            f"from this class alone one would expect {_few(found.expected)} beyond it among people "
            f"who work apart, and there are {len(found.pairs)}."
        )
    caption = (
        f"Figure {number}: what is usual in this class. Above, all {count} pairs, of which most "
        f"work apart: {honest}. {line} Below, each notebook beside the published solution."
    )
    alt = f"Two histograms of similarities from 0 to 1, counts on a logarithmic axis: {honest}."
    return caption, alt


def _few(value: float) -> str:
    if value < 0.95:
        return "fewer than one"
    return "one" if value < 1.5 else f"{value:.0f}"


def _pairs(similar: SimilarCode) -> str:
    found, labels = similar.comparison, similar.labels
    head = "<h3>Pairs worth a look</h3>"
    if not found.pairs:
        return f"{head}<p>None: no two notebooks share more than a class like this one does.</p>"
    parts = [head]
    for pair in found.pairs[:MOST_PAIRS]:
        names = f"{labels[pair.one]} and {labels[pair.other]}"
        said = f"{percent(pair.similarity)} of the smaller one's rare code"
        shown = similar.between(pair.one, pair.other)
        parts.append(_details(names, said, shown, (labels[pair.one], labels[pair.other])))
    left = len(found.pairs) - MOST_PAIRS
    if left > 0:
        parts.append(f"<p>{left} less similar pairs are not shown.</p>")
    return "".join(parts)


def _solutions(similar: SimilarCode) -> str:
    shares = similar.comparison.solution
    if not shares:
        return ""
    order = sorted(range(len(shares)), key=lambda k: (-shares[k].similarity, similar.labels[k]))
    rows = [
        (similar.labels[k], percent(shares[k].similarity), str(shares[k].own))
        for k in order[:MOST_STUDENTS]
    ]
    pasted = [k for k in order if shares[k].similarity >= PASTED]
    shown = [
        _details(
            similar.labels[k],
            f"{percent(shares[k].similarity)} shared with the published solution",
            similar.published(k),
            (similar.labels[k], "published solution"),
        )
        for k in pasted[:MOST_PAIRS]
    ]
    return (
        "<h3>Beside the published solution</h3><p>The solutions are public, and whoever pastes one "
        f"gets its points. {len(pasted)} notebooks share at least half of their own code with it. "
        f"{ASK}</p>{''.join(shown)}<details><summary>All notebooks</summary>"
        + table(("Student", "Shared with the solution #", "Own runs of code #"), rows)
        + "</details>"
    )


def _typed(similar: SimilarCode) -> str:
    if not similar.typed:
        return ""
    order = sorted(similar.typed, key=lambda item: -len(item[1].values))
    rows = [
        (label, answer.question, ", then ".join(answer.values))
        for label, answer in order[:MOST_TYPED]
    ]
    several = sum(len(answer.values) > 1 for _, answer in order)
    more = (
        f" In {several} cases the number changed from one notebook to the next, as it does when "
        "hints are followed in place of a computation."
        if several
        else ""
    )
    return (
        "<h3>Numbers typed as answers</h3><p>The course's own notebook computes these answers. A "
        f"number may be noted down from another cell, so ask where it came from.{more}</p>"
        + table(("Student", "Question", "Typed"), rows)
    )


def _details(names: str, said: str, shown: Sequence[Passage], heads: tuple[str, str]) -> str:
    rows = "".join(
        f'<div class="beside">{_excerpt(passage.one, heads[0])}{_excerpt(passage.other, heads[1])}'
        f"</div><p class='count'>{passage.words} words agree in a row.</p>"
        for passage in shown
    )
    return (
        f"<details><summary><strong>{escaped(names)}</strong>: {escaped(said)}</summary>"
        f"{rows or '<p>What they share lies in pieces too short to show.</p>'}</details>"
    )


def _excerpt(excerpt: Excerpt, head: str) -> str:
    where = f"{head}, cell {excerpt.cell}, line {excerpt.line}"
    return (
        f"<div><p class='where'>{escaped(where)}</p>"
        f'<pre tabindex="0" role="region" aria-label="{escaped(where)}">'
        f"<code>{escaped(excerpt.text)}</code></pre></div>"
    )
