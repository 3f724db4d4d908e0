"""Three ways to ask a statistical model for the weights at a later time."""

import style as s

WIDTH, HEIGHT = 440, 352
TALL = 54
ROWS = (
    (30, "everything drawn at each call", None, "new devices,\ndrifted to t"),
    (148, "weights stored", ("g^+ − g^{−}", "and ν^+, ν^{−}"), "split in two,\ndrift to t"),
    (
        266,
        "devices stored (this library)",
        ("g^+, g^{−}, ν^+, ν^{−}", "of every device"),
        "drift to t,\nthen subtract",
    ),
)
INKS = ((s.FAINT, "none"), (s.BIT_LINE, s.BIT_LINE_FILL), (s.DIGITAL, s.DIGITAL_FILL))


def svg() -> str:
    """Return the drawing."""
    body = []
    for (y, words, kept, later), (colour, fill) in zip(ROWS, INKS, strict=True):
        middle = y + TALL / 2
        body += [
            s.label(10, y - 10, words, bold=True),
            s.box(10, y, 76, TALL, fill=s.METAL_FILL, colour=s.METAL),
            s.label(48, y + 23, "target\nweights", "middle"),
            s.box(318, y, 112, TALL, fill=s.GLASS_FILL, colour=s.GLASS),
            s.label(374, y + 23, later, "middle"),
        ]
        if kept is None:
            body += [
                s.arrow((86, middle), (318, middle)),
                s.label(202, middle - 8, "nothing is kept", "middle"),
                s.label(202, middle + 20, "at each t", "middle"),
            ]
        else:
            body += [
                s.arrow((86, middle), (130, middle)),
                s.label(106, middle - 8, "once", "middle"),
                s.box(130, y, 136, TALL, fill=fill, colour=colour),
                *(s.label(198, y + 23 + 18 * k, line, "middle") for k, line in enumerate(kept)),
                s.arrow((266, middle), (318, middle)),
                s.label(291, middle - 8, "each t", "middle"),
            ]
    return s.svg_document(WIDTH, HEIGHT, *body)
