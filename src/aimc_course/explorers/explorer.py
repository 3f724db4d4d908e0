"""An explorer: a pure function from a state to an answer, with a declared set of controls.

The function knows nothing of any user interface. Whatever shows it, ipywidgets in a live kernel or
a static page, is generated from the same declaration and gets the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from aimc.plots import Chart, draw
from aimc_course.explorers.controls import Control, declaration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Answer", "Explorer"]

APART = re.compile(
    r"(?<=\d) (?=(?:[fpnµmkMGT]?(?:A|B|F|Hz|J|K|OPS|S|V|W|Ω|m|s)[²³]?|°C|bits?)(?![\w-]))"
    r"| (?=[±×] )|(?<=[±×]) "
)
"""A space between a number and its unit, or beside a sign, at which no line may end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an explorer says about one state."""

    values: dict[str, Any]
    """Numbers by name, in SI units, JSON-ready."""
    charts: tuple[Chart, ...]
    """What to draw."""
    sentence: str
    """The answer in words, for those who do not see the charts."""
    scene: dict[str, Any] = field(default_factory=dict)
    """What the explorer's stage draws besides the controls, JSON-ready."""

    def as_json(self) -> dict[str, Any]:
        """Return the answer as a tree of dicts, lists, strings and numbers."""
        charts = [chart.as_json() for chart in self.charts]
        scene = {"scene": self.scene} if self.scene else {}
        return {"values": self.values, "charts": charts, "sentence": self.sentence, **scene}


@dataclass(frozen=True, slots=True)
class Explorer:
    """A declared, pure, interactive computation."""

    name: str
    """Identifier, unique in the book."""
    title: str
    """Heading for the reader."""
    controls: tuple[Control, ...]
    """What can be moved; names are the keyword arguments of ``compute``."""
    compute: Callable[..., Answer]
    """Pure function of the controls."""
    source: str = ""
    """The few lines that compute the answer, to be shown to the reader."""
    stage: str = ""
    """Name of the page's drawing that moves the controls by hand, in book/_static/live/stages."""

    def state(self, **changes: Any) -> dict[str, Any]:
        """Return the default state with changes, each checked against its control.

        Raises
        ------
        ValueError, TypeError
            If a name is unknown or a value is not allowed.
        """
        known = {control.name: control for control in self.controls}
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise ValueError(
                f"{self.name} has no control named {unknown[0]!r}: choose from {sorted(known)}"
            )
        return {
            name: control.check(changes.get(name, control.value)) for name, control in known.items()
        }

    def idle(self, **changes: Any) -> frozenset[str]:
        """Return the controls that do not change the answer in a state, as they declare it."""
        state = self.state(**changes)
        return frozenset(
            control.name
            for control in self.controls
            if any(state[name] not in values for name, values in control.needs.items())
        )

    def answer(self, **changes: Any) -> Answer:
        """Return the answer for the default state with changes.

        No line of its sentence ends between a number and its unit.
        """
        found = self.compute(**self.state(**changes))
        return replace(found, sentence=APART.sub("\u00a0", found.sentence))

    def figure(self, **changes: Any) -> Figure:
        """Return the answer as a Matplotlib figure."""
        return draw(self.answer(**changes).charts)

    def declaration(self) -> dict[str, Any]:
        """Return name, title, controls and stage as JSON-ready data."""
        controls = declaration(self.controls)
        return {
            "name": self.name,
            "title": self.title,
            "controls": controls,
            "stage": self.stage,
        }

    def interact(self) -> Any:
        """Return the explorer as ipywidgets, for a live notebook."""
        from aimc_course.explorers.notebook_shell import notebook_shell

        return notebook_shell(self)
