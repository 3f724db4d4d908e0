"""The notebook shell: ipywidgets generated from an explorer's declaration."""

from __future__ import annotations

import math
from collections.abc import Collection
from io import BytesIO
from typing import Any, Protocol

from aimc.plots import draw
from aimc_course.explorers.controls import Choice, Control, Slider, SliderGrid, Toggle

__all__ = ["notebook_shell"]


class Shown(Protocol):
    """What the shell needs of an explorer."""

    @property
    def title(self) -> str:
        """Heading for the reader."""

    @property
    def controls(self) -> tuple[Control, ...]:
        """What can be moved."""

    def answer(self, **changes: Any) -> Any:
        """Return the answer for the default state with changes."""

    def idle(self, **changes: Any) -> Collection[str]:
        """Return the controls that do not change the answer in a state."""


def notebook_shell(explorer: Shown) -> Any:
    """Return a box of controls with the answer below, redrawn at each change.

    Raises
    ------
    ImportError
        If ipywidgets is not installed.
    """
    try:
        import ipywidgets
    except ImportError as error:
        raise ImportError(
            "interactive explorers need ipywidgets: pip install ipywidgets"
        ) from error

    inputs = {control.name: _Input(control, ipywidgets) for control in explorer.controls}
    picture = ipywidgets.Image(format="png", layout={"max_width": "100%"})
    sentence = ipywidgets.HTML()
    reset = ipywidgets.Button(description="Reset", tooltip="Back to the default state")

    def show(_: Any = None) -> None:
        state = {name: item.read() for name, item in inputs.items()}
        answer, idle = explorer.answer(**state), explorer.idle(**state)
        for name, item in inputs.items():
            item.enable(name not in idle)
        buffer = BytesIO()
        draw(answer.charts).savefig(buffer, format="png")
        picture.value = buffer.getvalue()
        sentence.value = f"<p role='status'>{answer.sentence}</p>"

    def restore(_: Any) -> None:
        for item in inputs.values():
            item.reset()

    for item in inputs.values():
        item.observe(show)
        _say(item, inputs)
    reset.on_click(restore)
    show()
    heading = ipywidgets.HTML(f"<strong>{explorer.title}</strong>")
    boxes = [item.box for item in inputs.values()]
    return ipywidgets.VBox([heading, *boxes, reset, picture, sentence])


class _Input:
    """One control as ipywidgets; a grid is a table of sliders."""

    def __init__(self, control: Control, ipywidgets: Any) -> None:
        self.control = control
        self.cells: list[list[Any]] = [[_single(control, ipywidgets)]]
        if isinstance(control, SliderGrid):
            self.cells = [
                [_cell(control, i, j, ipywidgets) for j in range(len(control.columns))]
                for i in range(len(control.rows))
            ]
            rows = [ipywidgets.HBox(row) for row in self.cells]
            self.box = ipywidgets.VBox([ipywidgets.Label(control.label), *rows])
        else:
            self.box = self.cells[0][0]
        if isinstance(control, Slider) and control.words:
            # The words stand where the slider's own number would.
            self.words = ipywidgets.Label()
            self.box.readout = False
            self.box.layout.width = "65%"
            self.box = ipywidgets.HBox([self.box, self.words])

    def read(self) -> Any:
        if isinstance(self.control, SliderGrid):
            return tuple(tuple(cell.value for cell in row) for row in self.cells)
        return self.cells[0][0].value

    def reset(self) -> None:
        if isinstance(self.control, SliderGrid):
            for row, values in zip(self.cells, self.control.value, strict=True):
                for cell, value in zip(row, values, strict=True):
                    cell.value = value
        else:
            self.cells[0][0].value = self.control.value

    def enable(self, enabled: bool) -> None:
        for row in self.cells:
            for cell in row:
                cell.disabled = not enabled

    def observe(self, callback: Any) -> None:
        for row in self.cells:
            for cell in row:
                cell.observe(callback, names="value")


def _say(item: _Input, inputs: dict[str, _Input]) -> None:
    """Keep the words beside a slider true to its value and to the choice that they depend on."""
    slider = item.control
    if not isinstance(slider, Slider) or not slider.words:
        return
    chooser = inputs.get(slider.words_by)

    def tell(_: Any = None) -> None:
        row = 0
        if chooser is not None and isinstance(chooser.control, Choice):
            row = chooser.control.options.index(chooser.read())
        item.words.value = slider.shown(item.read(), row)

    for source in (item, chooser):
        if source is not None:
            source.observe(tell)
    tell()


STYLE: dict[str, Any] = {"description_width": "initial"}


def _single(control: Control, ipywidgets: Any) -> Any:
    if isinstance(control, Slider):
        kind = ipywidgets.IntSlider if control.integer else ipywidgets.FloatSlider
        cast = int if control.integer else float
        label = control.label
        if control.unit and not control.words:
            label = f"{label} ({control.unit})"
        return kind(
            value=cast(control.value),
            min=cast(control.low),
            max=cast(control.high),
            step=cast(control.step),
            description=label,
            style=STYLE,
            continuous_update=False,
            layout={"width": "95%"},
        )
    if isinstance(control, Choice):
        return ipywidgets.Dropdown(
            options=control.options, value=control.value, description=control.label, style=STYLE
        )
    if isinstance(control, Toggle):
        return ipywidgets.Checkbox(value=control.value, description=control.label, style=STYLE)
    return ipywidgets.Label(control.label)


def _decimals(step: float) -> int:
    """Return how many decimals show every step."""
    return max(0, -math.floor(math.log10(step)))


def _cell(control: SliderGrid, i: int, j: int, ipywidgets: Any) -> Any:
    return ipywidgets.FloatSlider(
        value=control.value[i][j],
        min=control.low,
        max=control.high,
        step=control.step,
        description=f"{control.rows[i]} {control.columns[j]}",
        continuous_update=False,
        layout={"width": "24%"},
        style=STYLE,
        readout_format=f".{_decimals(control.step)}f",
    )
