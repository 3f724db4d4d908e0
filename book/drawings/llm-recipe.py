"""The recipe of analog foundation models as a pipeline: a teacher, a student on cores, one step."""

import style as s

WIDTH, HEIGHT = 440, 430
STUDENT = (
    ("inputs to 8 bits", "fixed ranges", s.WORD_LINE, s.WORD_LINE_FILL),
    ("weights + noise", "share of the largest", s.CRYSTAL, s.CRYSTAL_FILL),
    ("outputs to 8 bits", "fixed ranges", s.BIT_LINE, s.BIT_LINE_FILL),
)


def svg() -> str:
    left, right, wide = 14, 236, 190
    body = [
        s.label(WIDTH / 2, 22, "the same piece of text", "middle", bold=True),
        s.arrow((left + wide / 2, 30), (left + wide / 2, 56)),
        s.arrow((right + wide / 2, 30), (right + wide / 2, 56)),
        s.box(left, 58, wide, 206, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=6),
        s.label(left + wide / 2, 84, "teacher", "middle", bold=True, colour=s.DIGITAL),
        s.label(
            left + wide / 2, 140, "the plain network\nin floating point,\nnever changed", "middle"
        ),
        s.box(right, 58, wide, 206, colour=s.INK, radius=6),
        s.label(right + wide / 2, 82, "student", "middle", bold=True),
    ]
    y = 94
    for name, how, colour, fill in STUDENT:
        body += [
            s.box(right + 10, y, wide - 20, 46, fill=fill, colour=colour, radius=5),
            s.label(right + wide / 2, y + 19, name, "middle", colour=colour, bold=True),
            s.label(right + wide / 2, y + 37, how, "middle"),
        ]
        y += 54
    body += [
        s.arrow((left + wide / 2, 264), (left + wide / 2, 292)),
        s.arrow((right + wide / 2, 264), (right + wide / 2, 292)),
        s.box(left, 294, 412, 36, colour=s.INK, radius=6),
        s.label(WIDTH / 2, 317, "how far apart are their probabilities?", "middle", bold=True),
        s.arrow((right + wide / 2, 330), (right + wide / 2, 356)),
        s.box(right, 358, wide, 56, fill=s.METAL_FILL, colour=s.INK, radius=6),
        s.label(right + wide / 2, 381, "step, then clip", "middle", bold=True),
        s.label(right + wide / 2, 401, "at c σ of each output", "middle"),
        s.arrow((right, 386), (left + 120, 386), colour=s.INK),
        s.label(left + 114, 391, "next batch", "end"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
