"""The same starts and the same slopes, paired in two ways."""

from style import FAINT, GLASS, HEATER, arrow, dot, label, line, svg_document

WIDTH, HEIGHT = 440, 270
TOP, FLOOR, SPAN = 62, 240, 150
STARTS = (86, 98, 110, 122, 134)  # px, strong devices above
SLOPES = (26, 36, 46, 56, 66)  # px lost on the way
PANELS = (
    (20, "low starts drift more", SLOPES),
    (240, "low starts drift less", SLOPES[::-1]),
)


def svg() -> str:
    """Return the drawing."""
    body = []
    for x, words, slopes in PANELS:
        body += [
            label(x, 24, words, bold=True, size=15),
            arrow((x, FLOOR), (x, TOP - 14), colour=FAINT),
            arrow((x, FLOOR), (x + SPAN + 34, FLOOR), colour=FAINT),
            label(x + 8, TOP - 6, "log G"),
            label(x + SPAN + 34, FLOOR + 20, "log time", anchor="end"),
        ]
        ends = []
        for start, lost in zip(STARTS, slopes, strict=True):
            ends.append(start + lost)
            body += [
                line((x + 14, start), (x + 14 + SPAN, start + lost), colour=GLASS, width=2),
                dot(x + 14, start, 3.5, GLASS),
                dot(x + 14 + SPAN, start + lost, 3.5, GLASS),
            ]
        low, high = max(ends) + 5, min(ends) - 5
        body.append(
            arrow((x + 26 + SPAN, high), (x + 26 + SPAN, low), colour=HEATER, width=2, both=True)
        )
        note = "a fan opens" if words.endswith("more") else "lines close in"
        body.append(label(x + 14, FLOOR - 12, note, colour=HEATER))
    return svg_document(WIDTH, HEIGHT, *body)
