"""Pages of the grader: templates in one folder, and whatever they are given is strangers' text.

>>> environment().from_string("<p>{{ said }}</p>").render(said="<script>")
'<p>&lt;script&gt;</p>'
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aimc_course.grading.gradebook.texts import escaped

__all__ = ["environment", "rendered"]


def environment(**values: Any) -> Environment:
    """Return templates that escape all that is not HTML by its type; they know these values."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= values
    return made


def _shown(value: Any) -> Any:
    return value if hasattr(value, "__html__") else Markup(escaped(str(value)))


def rendered(template: str, **values: Any) -> str:
    """Return a page."""
    return environment().get_template(template).render(**values)
