"""Signed weights and signed inputs on one output line: two drive voltages around its own."""

import schemdraw.elements as elm
import style as s

LINE = 318  # x of the output line
# y, sign of the drive relative to the line, name of the device, what it adds
DEVICES = (
    (48, "−", "G_1^+", "adds"),
    (116, "+", "G_1^−", "subtracts"),
    (204, "+", "G_2^+", "subtracts"),
    (272, "−", "G_2^−", "adds"),
)


def svg() -> str:
    """Return the drawing."""
    board = s.Board(lw=2)
    body = []
    for y, sign, name, effect in DEVICES:
        board.wire((182, y), (214, y), colour=s.WORD_LINE, width=3)
        board.between(elm.RBox(), (214, y), (LINE, y))
        ends = (
            ((288, y - 19), (244, y - 19)) if effect == "adds" else ((244, y - 19), (288, y - 19))
        )
        body += [
            s.label(174, y + 5, f"V_{{cm}} {sign} V_{{read}}", "end", size=16, colour=s.WORD_LINE),
            s.arrow(*ends, colour=s.BIT_LINE, width=2),
            s.label(266, y + 29, name, "middle", size=16),
            s.dot(LINE, y, 4, s.BIT_LINE),
            s.label(LINE + 14, y + 5, effect, size=16, colour=s.BIT_LINE),
        ]
    board.wire((LINE, 26), (LINE, 324), colour=s.BIT_LINE, width=3)
    for y, words in ((48, "x_1 > 0"), (204, "x_2 < 0")):
        body += [
            s.line((62, y - 8), (56, y - 8), (56, y + 76), (62, y + 76), colour=s.DIGITAL, width=2),
            s.label(48, y + 39, words, "end", size=16, colour=s.DIGITAL),
        ]
    body += [
        s.box(LINE - 92, 324, 184, 34, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4),
        s.label(LINE, 346, "regulator: holds V_{cm}", "middle", size=16),
    ]
    return s.svg_document(424, 362, board.svg(), *body, left=-4)
