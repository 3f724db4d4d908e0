"""The same starts and the same slopes, paired in two ways."""

import style as s

WIDTH, HEIGHT = 440, 270
TOP, FLOOR, SPAN = 62, 240, 150
STARTS = (86, 98, 110, 122, 134)  # px, strong devices above
SLOPES = (26, 36, 46, 56, 66)  # px lost on the way
PANELS = ((20, "low starts drift more", SLOPES), (240, "low starts drift less", SLOPES[::-1]))


def svg() -> str:
    """Return the drawing."""
    body = []
    for x, words, slopes in PANELS:
        body += [
            s.label(x, 24, words, bold=True, size=15),
            s.arrow((x, FLOOR), (x, TOP - 14), colour=s.FAINT),
            s.arrow((x, FLOOR), (x + SPAN + 34, FLOOR), colour=s.FAINT),
            s.label(x + 8, TOP - 6, "log G"),
            s.label(x + SPAN + 34, FLOOR + 20, "log time since the pulse", "end"),
        ]
        ends = []
        for start, lost in zip(STARTS, slopes, strict=True):
            ends.append(start + lost)
            body += [
                s.line((x + 14, start), (x + 14 + SPAN, start + lost), colour=s.GLASS, width=2),
                s.dot(x + 14, start, 3.5, s.GLASS),
                s.dot(x + 14 + SPAN, start + lost, 3.5, s.GLASS),
            ]
        low, high = max(ends) + 5, min(ends) - 5
        body.append(
            s.arrow(
                (x + 26 + SPAN, high), (x + 26 + SPAN, low), colour=s.HEATER, width=2, both=True
            )
        )
        note = "a fan opens" if words.endswith("more") else "lines close in"
        body.append(s.label(x + 14, FLOOR - 12, note, colour=s.HEATER))
    return s.svg_document(WIDTH, HEIGHT, *body)
