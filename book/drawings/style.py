"""What all drawings share: colours, letters, and the few shapes that most of them are made of.

Colours are CSS variables of the site (book/_static/custom.css) with their light value as fallback,
so that a drawing follows the reader's theme where it is inlined and still looks right by itself.
"""

from __future__ import annotations

import itertools
import math
import re
from html import escape
from typing import Any

INK = "currentColor"
PAPER = "var(--pst-color-background, #ffffff)"
FAINT = "var(--aimc-faint, #76838f)"

# One thing has one colour in the whole book: a stroke (and for letters), and a paler fill.
GLASS = "var(--aimc-glass, #8a6d00)"
CRYSTAL = "var(--aimc-crystal, #3a7ca5)"
HEATER = "var(--aimc-heater, #a3401c)"
WORD_LINE = "var(--aimc-word-line, #0072b2)"
BIT_LINE = "var(--aimc-bit-line, #c44e00)"
DIGITAL = "var(--aimc-digital, #007f5f)"
DRAM = "var(--aimc-dram, #a6467d)"
SRAM = "var(--aimc-sram, #6b7f00)"
METAL = "var(--aimc-metal, #5f6b75)"
OXIDE = "var(--aimc-oxide, #76838f)"
GLASS_FILL = "var(--aimc-glass-fill, #fbe9a0)"
CRYSTAL_FILL = "var(--aimc-crystal-fill, #cfe4f3)"
HEATER_FILL = "var(--aimc-heater-fill, #efc9b8)"
WORD_LINE_FILL = "var(--aimc-word-line-fill, #d5e8f4)"
BIT_LINE_FILL = "var(--aimc-bit-line-fill, #fbe0cf)"
DIGITAL_FILL = "var(--aimc-digital-fill, #d0ebe2)"
DRAM_FILL = "var(--aimc-dram-fill, #f0d5e4)"
SRAM_FILL = "var(--aimc-sram-fill, #e4ebc4)"
METAL_FILL = "var(--aimc-metal-fill, #d5dade)"
OXIDE_FILL = "var(--aimc-oxide-fill, #eef1f3)"

SIZE = 14  # px, of ordinary letters
SMALL = 0.8  # of the letters, for what is raised or lowered
RAISE, LOWER = 0.38, 0.25  # of the letters' size

SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|(\S))")
_ROOT = re.compile(r"<svg\b[^>]*>")
_BOX = re.compile(r'viewBox="([^"]+)"')


def number(value: float) -> str:
    """Return a number for an SVG attribute, to a hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def tag(name: str, content: str = "", **attributes: Any) -> str:
    """Return one element; ``stroke_width`` becomes ``stroke-width``, and None is left out."""
    words = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    head = f"<{name}{''.join(words)}"
    return f"{head}>{content}</{name}>" if content else f"{head}/>"


def _plain(value: Any) -> str:
    return number(value) if isinstance(value, int | float) else str(value)


def svg_document(
    width: float, height: float, *body: str, left: float = 0, size: float = SIZE
) -> str:
    """Return a whole drawing, `size` px its smallest letters.

    A column of a phone is 345 px wide, where letters need 11 px: what does not fit then scrolls.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{number(left)} 0 {number(width)}'
        f' {number(height)}" font-family="inherit" font-size="{number(size)}" color="inherit">'
        + "".join(body)
        + "</svg>\n"
    )


def label(
    x: float,
    y: float,
    text: str,
    anchor: str = "start",
    *,
    size: float = SIZE,
    colour: str = INK,
    bold: bool = False,
    italic: bool = False,
    halo: bool = False,
    turn: float = 0,
) -> str:
    r"""Return a text whose baseline has its start (or "middle", or "end") at (x, y).

    ``G_{11}`` and ``V_1`` lower, ``10^{-6}`` raises; ``\\n`` starts a new line. With `halo` the
    letters have an edge of the page's colour, to be read on top of lines.
    """
    lines = text.split("\n")
    content = "".join(
        tag("tspan", _scripts(line, size), x=x, dy=1.25 * size if k else None)
        for k, line in enumerate(lines)
    )
    return tag(
        "text",
        content if len(lines) > 1 else _scripts(text, size),
        x=x,
        y=y,
        font_size=size,
        font_weight=600 if bold else None,
        font_style="italic" if italic else None,
        text_anchor=anchor,
        fill=colour,
        stroke=PAPER if halo else None,
        stroke_width=4 if halo else None,
        stroke_linejoin="round" if halo else None,
        paint_order="stroke" if halo else None,
        transform=f"rotate({number(turn)} {number(x)} {number(y)})" if turn else None,
    )


def _scripts(text: str, size: float) -> str:
    parts, end, shift = [], 0, 0.0

    def piece(words: str, wanted: float, **attributes: Any) -> None:
        nonlocal shift
        if not words:
            return
        dy, shift = wanted - shift, wanted
        if not dy and not attributes:
            parts.append(escape(words))
        else:
            parts.append(tag("tspan", escape(words), dy=dy or None, **attributes))

    for match in SCRIPT.finditer(text):
        piece(text[end : match.start()], 0.0)
        raised = match[1] == "^"
        words = match[2] if match[2] is not None else match[3]
        piece(words, -RAISE * size if raised else LOWER * size, font_size=SMALL * size)
        end = match.end()
    piece(text[end:], 0.0)
    return "".join(parts)


def line(
    *points: tuple[float, float],
    colour: str = INK,
    width: float = 1.6,
    dashed: bool = False,
    fill: str = "none",
    closed: bool = False,
) -> str:
    """Return a line through points; closed and filled it is a polygon."""
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if closed else "")
    return tag(
        "path",
        d=path,
        fill=fill,
        stroke=colour,
        stroke_width=width,
        stroke_linejoin="round",
        stroke_linecap="round",
        stroke_dasharray="5 4" if dashed else None,
    )


def arrow(
    *points: tuple[float, float],
    colour: str = INK,
    width: float = 1.6,
    head: float = 8,
    both: bool = False,
) -> str:
    """Return a line through points that ends (with `both`: and begins) in a head."""
    path = list(points)
    heads = [_head(path[-2], path[-1], colour, head)]
    path[-1] = _before(path[-2], path[-1], 0.7 * head)
    if both:
        heads.append(_head(points[1], points[0], colour, head))
        path[0] = _before(points[1], points[0], 0.7 * head)
    return line(*path, colour=colour, width=width) + "".join(heads)


def _before(a: tuple[float, float], b: tuple[float, float], gap: float) -> tuple[float, float]:
    far = math.dist(a, b) or 1.0
    return b[0] - gap * (b[0] - a[0]) / far, b[1] - gap * (b[1] - a[1]) / far


def _head(a: tuple[float, float], b: tuple[float, float], colour: str, size: float) -> str:
    x, y = _before(a, b, size)
    across = ((y - b[1]) * 0.45, (b[0] - x) * 0.45)
    corners = (b, (x + across[0], y + across[1]), (x - across[0], y - across[1]))
    path = " ".join(f"{number(u)},{number(v)}" for u, v in corners)
    return tag("polygon", points=path, fill=colour)


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    colour: str = INK,
    stroke: float = 1.4,
    radius: float = 0,
) -> str:
    """Return a rectangle with its upper left corner at (x, y)."""
    return tag(
        "rect",
        x=x,
        y=y,
        width=width,
        height=height,
        rx=radius or None,
        fill=fill,
        stroke=colour,
        stroke_width=stroke,
    )


def dot(x: float, y: float, radius: float = 3, colour: str = INK) -> str:
    """Return a filled circle, such as the dot where wires are joined."""
    return tag("circle", cx=x, cy=y, r=radius, fill=colour)


def flag(x: float, y: float, number: int, colour: str = INK) -> str:
    """Return a disc with a number, to which words beside the drawing's lines refer."""
    return dot(x, y, 11, colour) + label(x, y + 5, str(number), "middle", colour=PAPER, bold=True)


def circuit(**config: Any) -> Any:
    """Return an empty drawing of schemdraw, set to text as text and to the page's colour."""
    import schemdraw
    from schemdraw.backends import svg as backend
    from schemdraw.style import NAMED_COLORS

    schemdraw.use("svg")
    backend.config.text = "text"
    # It refuses colours that it does not know; ours are variables of the page.
    ours = [value for key, value in globals().items() if key.isupper() and "var(--" in str(value)]
    NAMED_COLORS.extend(colour for colour in ours if colour not in NAMED_COLORS)
    drawing = schemdraw.Drawing(show=False)
    drawing.config(**{"fontsize": SIZE, "color": "currentColor", "lw": 1.6, **config})
    return drawing


def circuit_svg(drawing: Any, margin: float = 8) -> str:
    """Return what was drawn with `circuit`, as a drawing of ours."""
    text = drawing.get_imagedata("svg").decode()
    found = _BOX.search(text)
    if found is None:
        raise ValueError("schemdraw wrote no viewBox")
    x, y, width, height = map(float, found[1].split())
    sides = (x - margin, y - margin, width + 2 * margin, height + 2 * margin)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(map(number, sides))}"'
        f' font-family="inherit" font-size="{SIZE}" color="inherit">'
    )
    text = _ROOT.sub(root, text, count=1)
    return text.replace(' font-family="sans"', "").replace("stroke-dasharray:-;", "") + "\n"


class Board:
    """A circuit laid out in pixels, y downwards, to be put into a drawing beside other shapes.

    Letters are not schemdraw's but those of `label`, which every browser places alike.
    """

    UNIT = 36.0  # px, what schemdraw makes of one of its units

    def __init__(self, **config: Any) -> None:
        self.drawing = circuit(**config)

    def _at(self, point: tuple[float, float]) -> tuple[float, float]:
        return point[0] / self.UNIT, -point[1] / self.UNIT

    def place(self, element: Any, point: tuple[float, float], anchor: str = "start") -> Any:
        """Add an element with one of its anchors at a point; return it."""
        return self.drawing.add(element.anchor(anchor).at(self._at(point)))

    def between(self, element: Any, start: tuple[float, float], end: tuple[float, float]) -> Any:
        """Add an element of two ends, such as a resistor; return it."""
        return self.drawing.add(element.at(self._at(start)).to(self._at(end)))

    def wire(self, *points: tuple[float, float], colour: str = INK, width: float = 1.6) -> None:
        """Add a wire through points."""
        import schemdraw.elements as elm

        for start, end in itertools.pairwise(points):
            part = elm.Line().linewidth(width)
            self.between(part if colour == INK else part.color(colour), start, end)

    def svg(self) -> str:
        """Return the shapes, for the body of `svg_document`."""
        text = self.drawing.get_imagedata("svg").decode().replace("stroke-dasharray:-;", "")
        return _ROOT.sub("", text, count=1).replace("</svg>", "").strip()
