"""What the class report says of code that notebooks share: a reason to ask, never proof."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from aimc_course.grading.gradebook.report_figures import described, pairs
from aimc_course.grading.gradebook.report_tables import percent
from aimc_course.grading.gradebook.similar_code import SimilarCode

__all__ = ["ASK", "similarity"]

ASK = "A reason to ask, not proof."
MOST_PAIRS, MOST_STUDENTS, MOST_TYPED = 20, 400, 60
PASTED = 0.5
"""Share of the published solution from which on its passages are shown."""


def similarity(similar: SimilarCode | None, number: int) -> dict[str, Any] | None:
    """Return what the report shows of similar code; ``number`` is that of its figure."""
    if similar is None:
        return None
    found, labels, shares = similar.comparison, similar.labels, similar.comparison.solution
    shown: dict[str, Any] = {"picture": "", "pairs": [], "left": 0}
    if len(found.documents) > 1:
        caption, alt = _said(similar, number)
        shown |= {
            "picture": described(pairs(found), alt),
            "caption": caption,
            "pairs": [
                {
                    "names": f"{labels[pair.one]} and {labels[pair.other]}",
                    "said": f"{percent(pair.similarity)} of the smaller one's rare code",
                    "passages": similar.between(pair.one, pair.other),
                    "heads": (labels[pair.one], labels[pair.other]),
                }
                for pair in found.pairs[:MOST_PAIRS]
            ],
            "left": len(found.pairs) - MOST_PAIRS,
        }
    order = sorted(range(len(shares)), key=lambda k: (-shares[k].similarity, labels[k]))
    pasted = [k for k in order if shares[k].similarity >= PASTED]
    typed = sorted(similar.typed, key=lambda item: -len(item[1].values))
    return shown | {
        "shares": [
            (labels[k], percent(shares[k].similarity), shares[k].own) for k in order[:MOST_STUDENTS]
        ],
        "pasted": len(pasted),
        "pasted_shown": [
            {
                "names": labels[k],
                "said": f"{percent(shares[k].similarity)} shared with the published solution",
                "passages": similar.published(k),
                "heads": (labels[k], "published solution"),
            }
            for k in pasted[:MOST_PAIRS]
        ],
        "typed": [
            (label, answer.question, ", then ".join(answer.values))
            for label, answer in typed[:MOST_TYPED]
        ],
        "changed": sum(len(answer.values) > 1 for _, answer in typed),
    }


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
