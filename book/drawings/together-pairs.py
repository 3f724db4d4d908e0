"""Why a comparison runs over the same chips: bars of chips, and differences in pairs."""

from style import BIT_LINE, DIGITAL, FAINT, HEATER, INK, arrow, box, dot, label, line, svg_document

WIDTH, HEIGHT = 440, 322
CHIPS = ((62, 48), (40, 27), (78, 66), (52, 37), (30, 18))  # heights of both, px
FLOOR = 190


def svg() -> str:
    body = [
        line((20, FLOOR), (206, FLOOR)),
        label(20, 24, "accuracy, chip by chip", bold=True),
        label(248, 24, "difference in pairs", bold=True),
        line((250, FLOOR), (WIDTH - 14, FLOOR)),
    ]
    for k, (one, other) in enumerate(CHIPS):
        x = 38 + 36 * k
        high, low = FLOOR - 1.5 * one, FLOOR - 1.5 * other
        body += [
            line((x, high), (x + 12, low), colour=FAINT),
            dot(x, high, 5, DIGITAL),
            box(x + 8, low - 4.5, 9, 9, fill=BIT_LINE, colour=BIT_LINE),
            label(x + 6, FLOOR + 20, str(k + 1), anchor="middle"),
        ]
        y = FLOOR - 3 * (one - other)
        body += [
            dot(266 + 32 * k, y, 5, INK),
            label(266 + 32 * k, FLOOR + 20, str(k + 1), anchor="middle"),
        ]
    mean = sum(a - b for a, b in CHIPS) / len(CHIPS)
    body += [
        line((254, FLOOR - 3 * mean), (WIDTH - 18, FLOOR - 3 * mean), colour=HEATER, dashed=True),
        label(WIDTH - 14, FLOOR - 3 * mean - 18, "mean", anchor="end", colour=HEATER),
        label(113, FLOOR + 42, "chip", anchor="middle"),
        label(336, FLOOR + 42, "chip", anchor="middle"),
        dot(32, FLOOR + 68, 5, DIGITAL),
        label(46, FLOOR + 73, "trained for the hardware", colour=DIGITAL),
        box(228, FLOOR + 63, 9, 9, fill=BIT_LINE, colour=BIT_LINE),
        label(246, FLOOR + 73, "mapped directly", colour=BIT_LINE),
        arrow((212, 110), (242, 110)),
        label(10, FLOOR + 104, "Chips differ more than the two networks do, and the pairs"),
        label(10, FLOOR + 123, "do not notice: a good chip is good for both."),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
