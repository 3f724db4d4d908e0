"""All chapters in their order, with an arc from each to those that build on it.

Titles are links, as seen from the page of reading paths.
"""

from pathlib import Path

import style as s

from aimc_course.teaching.book import chapters
from aimc_course.teaching.reading import direct, readings

PARTS = {
    1: ("Concepts", s.WORD_LINE),
    2: ("Devices", s.HEATER),
    3: ("The chip", s.CRYSTAL),
    4: ("Accuracy", s.DIGITAL),
    5: ("Future", s.BIT_LINE),
}
WIDTH, AXIS, ROW, HEAD = 446, 180, 22, 30


def svg() -> str:
    """Return the drawing."""
    found = readings(chapters(Path(__file__).parents[2]))
    parts, places, y, part = [], {}, 8.0, 0
    for reading in found:
        if reading.part != part:
            part = reading.part
            y += HEAD
            name, colour = PARTS[part]
            parts.append(s.label(AXIS + 14, y - 2, f"{part} · {name}", colour=colour, bold=True))
        y += ROW
        places[reading.label] = (y - 5, PARTS[part][1])
        title = s.label(AXIS + 14, y, reading.title)
        parts.append(s.tag("a", title, href=f"{reading.name}.html"))
    for earlier, later in direct(found):
        (top, colour), (low, _) = places[earlier], places[later]
        reach = min(AXIS - 14, 10 + 0.34 * (low - top))
        bow = round(AXIS - 1.34 * reach, 1)
        path = f"M{AXIS} {top}C{bow} {top} {bow} {low} {AXIS} {low}"
        parts.append(
            s.tag("path", d=path, fill="none", stroke=colour, stroke_width=1.4, opacity=0.75)
        )
    parts += [s.dot(AXIS, at, 4, colour) for at, colour in places.values()]
    parts.append(
        s.tag(
            "path",
            d=f"M{AXIS} 36V{y - 5}",
            fill="none",
            stroke=s.FAINT,
            stroke_width=1,
            opacity=0.5,
        )
    )
    parts.append(s.label(8, 20, "an arc is a prerequisite", colour=s.METAL))
    return s.svg_document(WIDTH, y + 12, *parts)
