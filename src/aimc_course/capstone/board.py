"""The scoreboard as one page: HTML and SVG that fetch nothing, with the names of strangers escaped.

The same files, serial numbers and images give the same page, byte for byte: it names no time and no
machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aimc.units import MICRO, MILLI, MM2
from aimc_course.capstone.costs import ASSUMED
from aimc_course.capstone.evaluation import TIMES, Evaluation
from aimc_course.capstone.picture import Mark, front_picture
from aimc_course.capstone.pricing import LIMITS
from aimc_course.capstone.scoring import REFERENCE, gains
from aimc_course.capstone.standing import Standing
from aimc_course.grading.gradebook.texts import escaped, printable

__all__ = ["as_html", "as_json", "write_board"]

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Design your own accelerator: scoreboard</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #8885; }
th:first-child, td:first-child { text-align: left; min-width: 8rem; overflow-wrap: anywhere; }
svg { width: 100%; min-width: 34rem; height: auto; }
.baseline { font-style: italic; }
summary { cursor: pointer; margin: .5rem 0; overflow-wrap: anywhere; }
</style>
</head>
<body>
"""


def as_html(standings: Sequence[Standing]) -> str:
    """Return the page.

    Parameters
    ----------
    standings : sequence of Standing
        From `aimc_course.capstone.standing.ranked`.
    """
    evaluated = next((each.found[0] for each in standings if each.found), None)
    parts = [HEAD, "<h1>Design your own accelerator: scoreboard</h1>"]
    if evaluated is not None:
        parts.append(
            f"<p>{len(evaluated.serials)} chips whose serial numbers nobody knew beforehand, "
            f"{evaluated.images} test images on each, {TIMES[0]:g} s and {TIMES[1]:g} s after "
            "programming; the worse time counts. The score is 1,000 times the volume that the "
            "designs of a team dominate, in accuracy above "
            f"{REFERENCE.accuracy:.0%} (one at {REFERENCE.top:.0%}), energy below "
            f"{REFERENCE.energy / MICRO:g} µJ per image and area below "
            f"{REFERENCE.area / MM2:g} mm².</p>"
        )
    rows = [
        (
            f"<tr{_kind(each)}><td>{escaped(each.team.name)}{' (baseline)' * each.team.baseline}"
            f"</td><td>{rank}</td><td>{each.score:.1f}</td><td>{len(each.front)}</td>"
            f"<td>{len(each.found)}</td><td>{_lost(each)}</td></tr>"
        )
        for rank, each in enumerate(standings, 1)
    ]
    parts.append(
        _table(("team", "rank", "score", "on its front", "designs", "refused or unread"), rows)
    )
    parts.append(f'<div class="wide">{front_picture(_marks(standings))}</div>')
    parts.append(
        "<p>A disc is a design, its label the rank of the team; baselines are dashed, designs that "
        "another one of the same team beats everywhere are faint.</p>"
    )
    parts.append("<h2>Designs</h2>")
    parts += [_details(rank, each) for rank, each in enumerate(standings, 1)]
    parts.append("<h2>What the costs assume</h2><ul>")
    parts += [f"<li>{escaped(text)}</li>" for text in ASSUMED]
    if evaluated is not None:
        left_out = evaluated.price.performance.not_included
        parts.append(f"<li>not included: {escaped('; '.join(left_out))}</li>")
    parts.append(
        f"<li>limits: {LIMITS.area / MM2:g} mm², {LIMITS.power / MILLI:g} mW at full speed, "
        f"{LIMITS.interval / MICRO:g} µs between images</li></ul>"
    )
    return "\n".join([*parts, "</body>", "</html>", ""])


def as_json(standings: Sequence[Standing]) -> dict[str, Any]:
    """Return the same as data: counts, energies and areas from which anybody can score again."""
    return {
        "reference": {
            "accuracy": REFERENCE.accuracy,
            "top": REFERENCE.top,
            "energy_J": REFERENCE.energy,
            "area_m2": REFERENCE.area,
        },
        "teams": [
            {
                "team": each.team.name,
                "baseline": each.team.baseline,
                "score": each.score,
                "designs": [_design(found, k in each.front) for k, found in enumerate(each.found)],
                "refused": [{"name": name, "reason": reason} for name, reason in each.refused],
                "problems": list(each.team.problems),
            }
            for each in standings
        ],
    }


def write_board(standings: Sequence[Standing], out: Path) -> Path:
    """Write ``index.html`` and ``scores.json`` to a folder, and return the page."""
    out.mkdir(parents=True, exist_ok=True)
    page = out / "index.html"
    page.write_text(as_html(standings), encoding="utf-8")
    text = json.dumps(as_json(standings), indent=1, ensure_ascii=True)
    (out / "scores.json").write_text(text + "\n", encoding="utf-8")
    return page


def _design(found: Evaluation, counts: bool) -> dict[str, Any]:
    return {
        "name": found.design.name,
        "toml": found.design.as_toml(),
        "on_front": counts,
        "correct": found.correct.tolist(),
        "images": found.images,
        "counted": found.counted,
        "energy_J": found.price.energy,
        "area_m2": found.price.area,
        "scope": found.price.scope,
    }


def _marks(standings: Sequence[Standing]) -> list[Mark]:
    return [
        Mark(
            label=str(rank),
            title=printable(f"{each.team.name}: {found.design.name}"),
            accuracy=found.accuracy,
            energy=found.price.energy,
            area=found.price.area,
            baseline=each.team.baseline,
            counts=place in each.front,
        )
        for rank, each in enumerate(standings, 1)
        for place, found in enumerate(each.found)
    ]


def _details(rank: int, each: Standing) -> str:
    rows = []
    for place, found in enumerate(each.found):
        early, late = (found.interval(k) for k in range(2))
        three = ", ".join(f"{gain:.2f}" for gain in gains(found))
        cost = found.price.performance
        low, high = (energy / MICRO for energy in found.price.energies)
        rows.append(
            f"<tr><td>{escaped(found.design.name)}{' *' * (place in each.front)}</td>"
            f"<td>{100 * early.mean:.1f} ± {100 * early.half_width:.1f}</td>"
            f"<td>{100 * late.mean:.1f} ± {100 * late.half_width:.1f}</td>"
            f"<td>{found.price.energy / MICRO:.4g} ({low:.3g} to {high:.3g})</td>"
            f"<td>{found.price.area / MM2:.4g}</td><td>{cost.seconds / MICRO:.4g}</td>"
            f"<td>{1 / cost.period:,.0f}</td><td>{found.price.power / MILLI:.0f}</td>"
            f"<td>{escaped(cost.read_mode)}</td><td>{three}</td></tr>"
        )
    head = (
        "design (* on the front)",
        "after a minute (%)",
        "after a day (%)",
        "energy (µJ)",
        "area (mm²)",
        "latency (µs)",
        "images per s",
        "power (mW)",
        "read",
        "gains",
    )
    reasons = [f"{name}: {reason}" for name, reason in each.refused] + list(each.team.problems)
    listed = "".join(f"<li>{escaped(reason)}</li>" for reason in reasons)
    files = "".join(f"<pre>{escaped(found.design.as_toml())}</pre>" for found in each.found)
    return (
        f"<details><summary>{rank}. {escaped(each.team.name)}: {each.score:.1f}</summary>"
        + (_table(head, rows) if rows else "")
        + (f"<p>Not counted:</p><ul>{listed}</ul>" if listed else "")
        + files
        + "</details>"
    )


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    cells = "".join(f'<th scope="col">{escaped(each)}</th>' for each in head)
    return f'<div class="wide"><table><tr>{cells}</tr>{"".join(rows)}</table></div>'


def _kind(each: Standing) -> str:
    return ' class="baseline"' if each.team.baseline else ""


def _lost(each: Standing) -> int:
    return len(each.refused) + len(each.team.problems)
