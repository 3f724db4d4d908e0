"""The recipe of analog foundation models as a pipeline: a teacher, a student on cores, one step."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    HEATER,
    HEATER_FILL,
    INK,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    svg_document,
)

WIDTH, HEIGHT = 440, 430
STUDENT = (
    ("inputs to 8 bits", "fixed ranges", WORD_LINE, WORD_LINE_FILL),
    ("weights + noise", "share of the largest", CRYSTAL, CRYSTAL_FILL),
    ("outputs to 8 bits", "fixed ranges", BIT_LINE, BIT_LINE_FILL),
)


def svg() -> str:
    left, right, wide = 14, 236, 190
    body = [
        label(WIDTH / 2, 22, "the same piece of text", anchor="middle", bold=True),
        arrow((left + wide / 2, 30), (left + wide / 2, 56)),
        arrow((right + wide / 2, 30), (right + wide / 2, 56)),
        box(left, 58, wide, 206, fill=DIGITAL_FILL, colour=DIGITAL, radius=6),
        label(left + wide / 2, 84, "teacher", anchor="middle", bold=True, colour=DIGITAL),
        label(
            left + wide / 2,
            140,
            "the plain network\nin floating point,\nnever changed",
            anchor="middle",
        ),
        box(right, 58, wide, 206, colour=INK, radius=6),
        label(right + wide / 2, 82, "student", anchor="middle", bold=True),
    ]
    y = 94
    for name, how, colour, fill in STUDENT:
        body += [
            box(right + 10, y, wide - 20, 46, fill=fill, colour=colour, radius=5),
            label(right + wide / 2, y + 19, name, anchor="middle", colour=colour, bold=True),
            label(right + wide / 2, y + 37, how, anchor="middle"),
        ]
        y += 54
    body += [
        arrow((left + wide / 2, 264), (left + wide / 2, 292)),
        arrow((right + wide / 2, 264), (right + wide / 2, 292)),
        box(left, 294, 412, 36, colour=INK, radius=6),
        label(WIDTH / 2, 317, "how far apart are their probabilities?", anchor="middle", bold=True),
        arrow((right + wide / 2, 330), (right + wide / 2, 356)),
        box(right, 358, wide, 56, fill=HEATER_FILL, colour=HEATER, radius=6),
        label(right + wide / 2, 381, "step, then clip", anchor="middle", bold=True, colour=HEATER),
        label(right + wide / 2, 401, "at c σ of each output", anchor="middle"),
        arrow((right, 386), (left + 120, 386), colour=INK),
        label(left + 114, 391, "next batch", anchor="end"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
