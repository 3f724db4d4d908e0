"""The drift law counts from the last pulse, the library from the first read."""

from style import (
    FAINT,
    GLASS,
    HEATER,
    HEATER_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 318
BASE = 128
PULSES = ((40, 74), (84, 44), (128, 56))  # place and height of programming pulses
VERIFY = (64, 108, 152)
ZERO, FIRST, LATER = 138, 248, 372


def ruler(y: float, words: str, start: float, marks: dict[float, str], colour: str) -> list[str]:
    body = [
        label(12, y - 14, words, colour=colour, bold=True),
        arrow((start, y + 10), (WIDTH - 8, y + 10), colour=colour),
    ]
    for x, name in marks.items():
        body += [
            line((x, y + 3), (x, y + 17), colour=colour, width=2),
            label(x, y + 34, name, anchor="middle", colour=colour),
        ]
    return body


def svg() -> str:
    body = [
        label(12, 18, "current through the device"),
        *(
            box(x, BASE - height, 10, height, fill=HEATER_FILL, colour=HEATER)
            for x, height in PULSES
        ),
        *(box(x, BASE - 14, 7, 14, fill=WORD_LINE_FILL, colour=WORD_LINE) for x in VERIFY),
        *(
            box(x - 4, BASE - 14, 8, 14, fill=WORD_LINE_FILL, colour=WORD_LINE)
            for x in (FIRST, LATER)
        ),
        line((12, BASE), (196, BASE)),
        line((208, BASE), (304, BASE)),
        arrow((316, BASE), (WIDTH - 8, BASE)),
        *(line((x - 4, BASE + 7), (x + 4, BASE - 7)) for x in (196, 208, 304, 316)),
        label(56, 44, "melt", colour=HEATER),
        label(146, 82, "last pulse", colour=HEATER),
        label(FIRST, BASE - 22, "first read", anchor="middle", colour=WORD_LINE),
        label(LATER, BASE - 22, "later read", anchor="middle", colour=WORD_LINE),
        label(8, BASE + 24, "program and verify"),
        *(
            line((x, start), (x, end), colour=FAINT, width=1, dashed=True)
            for x, start, end in (
                (ZERO, BASE + 8, 186),
                (FIRST, BASE + 8, 186),
                (LATER, BASE + 8, 186),
                (FIRST, 232, 264),
                (LATER, 232, 264),
            )
        ),
        *ruler(190, "drift law", ZERO, {ZERO: "0", FIRST: "t₀", LATER: "t"}, GLASS),
        *ruler(268, "library", FIRST, {FIRST: "0", LATER: "t − t₀"}, WORD_LINE),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
