"""The text of a deck: what Sphinx reads, written from a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from aimc_course.teaching.slides.plan import Plan, Slide

__all__ = ["deck_name", "deck_text"]

FENCE = "`" * 6
EMPTY = ("", (), 0.0)
LICENCE = "The aimc course authors, CC BY 4.0. Text, figures and numbers are those of the book."


def deck_name(plan: Plan) -> str:
    """Return the name of a deck's page, without its ending."""
    return f"part{plan.part}"


def deck_text(plan: Plan, titles: Mapping[str, str]) -> str:
    """Return a deck as MyST Markdown, one section and one directive for each slide.

    Parameters
    ----------
    plan : Plan
        What to show.
    titles : mapping of str to str
        Titles of the chapters, by name.
    """
    named = ", ".join(titles[name] for name in plan.chapters)
    first = {
        "words": [plan.subtitle, f"Chapters: {named}."],
        "notes": plan.notes,
        "time": f"{plan.minutes:g} minutes in all.",
        "chapter": "",
        "from": "",
        "plan": plan.path,
        "title": plan.title,
        "split": 0.0,
    }
    lines = [f"# {plan.title}", "", *_directive(first), ""]
    for slide in plan.slides:
        lines += [f"## {slide.title}", "", *_directive(_spec(slide, plan, titles)), ""]
    return "\n".join(lines)


def _spec(slide: Slide, plan: Plan, titles: Mapping[str, str]) -> dict[str, object]:
    held = {key: value for key, value in asdict(slide).items() if value not in EMPTY}
    unit = "minute" if slide.minutes == 1 else "minutes"
    held |= {
        "plan": plan.path,
        "split": slide.split,
        "from": titles[slide.chapter],
        "points": slide.point_places,
        "sources": slide.sources,
        "time": f"{slide.minutes:g} {unit}.",
    }
    return held


def _directive(spec: Mapping[str, object]) -> list[str]:
    return [f"{FENCE}{{slide}}", json.dumps(spec, ensure_ascii=False, indent=1), FENCE]
