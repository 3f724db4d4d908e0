"""The directive ``frontispiece``: the crossbar of the first page, which answers without Python.

A picture stands in the conductances of 256 phase-change devices, inputs come from the left, and
the sums leave at the bottom. The drawing is complete without JavaScript. ``frontispiece.js`` lets
a reader paint, change inputs and turn the time; it computes with what the library drew here for
each device, switched on and off: the conductance after programming and the drift coefficient.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

SCRIPT, STYLE = "frontispiece.js", "frontispiece.css"
SERIAL = 7
SIZE = 16  # rows and columns
YEAR = 365.25 * 86400.0

# Pictures, one letter a device: # conducts. All symmetric enough to be seen in 16 by 16 dots.
PICTURES = {
    "Ohm": """
................
....########....
...##......##...
..##........##..
.##..........##.
.##..........##.
.##..........##.
.##..........##.
.##..........##.
..##........##..
...##......##...
....##....##....
.....#....#.....
.....#....#.....
.#####....#####.
................""",
    "Heart": """
................
...###....###...
..#####..#####..
.##############.
.##############.
.##############.
.##############.
..############..
..############..
...##########...
....########....
.....######.....
......####......
.......##.......
................
................""",
    "Face": """
.....######.....
...##......##...
..#..........#..
.#............#.
.#...##..##...#.
#....##..##....#
#....##..##....#
#..............#
#..............#
#..##......##..#
#...##....##...#
.#...######...#.
.#....####....#.
..#..........#..
...##......##...
.....######.....""",
    "Nothing": "\n" + "\n".join(["." * SIZE] * SIZE),
}
FIRST = "Heart"

# Geometry of the drawing, px.
PITCH, LEFT, TOP = 22, 98, 10
LEVER = (10, 60)  # where an input bar begins, and its length at full voltage
RADIUS = 9.5  # of a dot at the largest conductance
EDGE = LEFT + SIZE * PITCH
BARS = TOP + SIZE * PITCH + 16  # where the output bars begin
UNIT = 10.0  # px of an output bar for one device, fully on, at full voltage
DEEPEST = 112.0
WIDTH, HEIGHT = EDGE + 12, BARS + DEEPEST + 8


def picture(name: str) -> np.ndarray:
    """Return a picture as booleans, rows first."""
    lines = PICTURES[name].split()
    return np.array([[letter == "#" for letter in line] for line in lines])


def inputs() -> np.ndarray:
    """Return the inputs of the first view, as shares of the largest voltage."""
    return np.round(0.25 + 0.75 * np.sin(np.pi * (np.arange(SIZE) + 0.5) / SIZE), 2)


def data() -> dict[str, Any]:
    """Return what the page computes with: each device's draws, switched on and off, in S."""
    from aimc.devices import pcm_2019

    device = pcm_2019()
    states = {
        "on": device.program(np.full((SIZE, SIZE), device.g_max), SERIAL),
        "off": device.program(np.zeros((SIZE, SIZE)), SERIAL),
    }

    def digits(values: np.ndarray) -> list[float]:
        return [float(f"{value:.12g}") for value in values.ravel().tolist()]

    return {
        "size": SIZE,
        "g_max": device.g_max,
        "t_0": device.t_0,
        "year": YEAR,
        "devices": {
            name: {"g": digits(state.g_programmed), "nu": digits(state.drift_exponent)}
            for name, state in states.items()
        },
        "pictures": {name: "".join(PICTURES[name].split()) for name in PICTURES},
        "inputs": inputs().tolist(),
        "geometry": {
            "pitch": PITCH,
            "left": LEFT,
            "top": TOP,
            "radius": RADIUS,
            "lever": LEVER,
            "bars": BARS,
            "unit": UNIT,
            "deepest": DEEPEST,
        },
    }


def drawing(made: dict[str, Any]) -> str:
    """Return the first view as SVG; the script moves its parts and adds none."""
    on = picture(FIRST)
    state = made["devices"]
    g = np.where(on.ravel(), state["on"]["g"], state["off"]["g"]).reshape(SIZE, SIZE)
    volts = np.asarray(made["inputs"])
    sums, exact = volts @ g / made["g_max"], volts @ on
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">']
    middle = [TOP + PITCH * (k + 0.5) for k in range(SIZE)]
    across = [LEFT + PITCH * (k + 0.5) for k in range(SIZE)]
    for y, share in zip(middle, volts, strict=True):
        parts.append(
            f'<path class="word" d="M{LEVER[0] + LEVER[1] + 8} {y}H{EDGE}"/>'
            f'<rect class="track" x="{LEVER[0]}" y="{y - 6}" width="{LEVER[1]}" height="12"'
            ' rx="3"/>'
            f'<rect class="input" x="{LEVER[0]}" y="{y - 6}" width="{LEVER[1] * share:.1f}"'
            ' height="12" rx="3"/>'
        )
    for x, measured, right in zip(across, sums, exact, strict=True):
        parts.append(
            f'<path class="bit" d="M{x} {TOP}V{BARS}"/><path class="flow" d="M{x} {TOP}V{BARS}"/>'
            f'<rect class="output" x="{x - 7}" y="{BARS}" width="14"'
            f' height="{min(UNIT * measured, DEEPEST):.1f}"/>'
            f'<rect class="exact" x="{x - 7}" y="{BARS}" width="14"'
            f' height="{min(UNIT * right, DEEPEST):.1f}"/>'
        )
    for y, row in zip(middle, g, strict=True):
        for x, value in zip(across, row, strict=True):
            radius = RADIUS * np.sqrt(max(value / made["g_max"], 0.0))
            parts.append(f'<circle class="device" cx="{x}" cy="{y}" r="{radius:.2f}"/>')
    parts.append(
        f'<rect class="cursor" x="{LEFT}" y="{TOP}" width="{PITCH}" height="{PITCH}" rx="4"/></svg>'
    )
    return "".join(parts)


class frontispiece(nodes.General, nodes.Element):
    """The crossbar of the first page."""


class Frontispiece(SphinxDirective):
    """The crossbar, and as its content the sentence below it where no script runs."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        alt = " ".join(self.options.get("alt", "").split())
        if not alt:
            raise self.error("a frontispiece needs :alt:, words for those who do not see it")
        made = frontispiece("", alt=alt, data=data())
        self.state.nested_parse(self.content, self.content_offset, made)
        self.env.metadata[self.env.docname]["aimc-frontispiece"] = True
        return [made]


def visit(self: Any, node: nodes.Element) -> None:
    text = json.dumps(node["data"], allow_nan=False, separators=(",", ":"))
    self.body.append(
        '<section class="aimc-front" aria-label="A crossbar to play with">'
        f'<script type="application/json" class="aimc-front-data">{text}</script>'
        f'<div class="aimc-front-drawing" role="img" aria-label="{node["alt"]}">'
        f"{drawing(node['data'])}</div>"
        '<div class="aimc-front-controls"></div><div class="aimc-front-words">'
    )


def depart(self: Any, node: nodes.Element) -> None:
    self.body.append("</div></section>")


def visit_flat(self: Any, node: nodes.Element) -> None:
    """Other writers print the words."""


def add_files(app: Any, pagename: str, _template: str, context: Any, doctree: Any) -> None:
    """Give the page that has a frontispiece its script and style."""
    if doctree is not None and "aimc-frontispiece" in app.env.metadata.get(pagename, {}):
        app.add_css_file(STYLE)
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Any) -> dict[str, Any]:
    flat = (visit_flat, visit_flat)
    app.add_node(frontispiece, html=(visit, depart), latex=flat, text=flat)
    app.add_directive("frontispiece", Frontispiece)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
