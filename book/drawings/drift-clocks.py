"""The drift law counts from the last pulse, the library from the first read."""

import style as s

WIDTH, HEIGHT = 440, 318
BASE = 128
PULSES = ((40, 74), (84, 44), (128, 56))  # place and height of programming pulses
VERIFY = (64, 108, 152)
ZERO, FIRST, LATER = 138, 248, 372


def ruler(y: float, words: str, start: float, marks: dict[float, str], colour: str) -> list[str]:
    body = [
        s.label(12, y - 14, words, colour=colour, bold=True),
        s.arrow((start, y + 10), (WIDTH - 8, y + 10), colour=colour),
    ]
    for x, name in marks.items():
        body += [
            s.line((x, y + 3), (x, y + 17), colour=colour, width=2),
            s.label(x, y + 34, name, "middle", colour=colour),
        ]
    return body


def svg() -> str:
    body = [
        s.label(12, 18, "current through the device"),
        *(
            s.box(x, BASE - height, 10, height, fill=s.HEATER_FILL, colour=s.HEATER)
            for x, height in PULSES
        ),
        *(s.box(x, BASE - 14, 7, 14, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE) for x in VERIFY),
        *(
            s.box(x - 4, BASE - 14, 8, 14, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE)
            for x in (FIRST, LATER)
        ),
        s.line((12, BASE), (196, BASE)),
        s.line((208, BASE), (304, BASE)),
        s.arrow((316, BASE), (WIDTH - 8, BASE)),
        *(s.line((x - 4, BASE + 7), (x + 4, BASE - 7)) for x in (196, 208, 304, 316)),
        s.label(56, 44, "melt", colour=s.HEATER),
        s.label(146, 82, "last pulse", colour=s.HEATER),
        s.label(FIRST, BASE - 22, "first read", "middle", colour=s.WORD_LINE),
        s.label(LATER, BASE - 22, "later read", "middle", colour=s.WORD_LINE),
        s.label(8, BASE + 24, "program and verify"),
        *(
            s.line((x, start), (x, end), colour=s.FAINT, width=1, dashed=True)
            for x, start, end in (
                (ZERO, BASE + 8, 186),
                (FIRST, BASE + 8, 186),
                (LATER, BASE + 8, 186),
                (FIRST, 232, 264),
                (LATER, 232, 264),
            )
        ),
        *ruler(190, "drift law", ZERO, {ZERO: "0", FIRST: "t₀", LATER: "t"}, s.GLASS),
        *ruler(268, "library", FIRST, {FIRST: "0", LATER: "t − t₀"}, s.WORD_LINE),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
