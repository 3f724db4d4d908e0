"""Anatomy of a claim: a fraction, and the questions that belong to each of its parts."""

import style as s

WIDTH, HEIGHT = 446, 330


def svg() -> str:
    """Return the drawing."""
    body = [
        s.label(20, 128, "“1000 ×", size=24, bold=True, colour=s.INK),
        s.label(20, 150, "better”", size=24, bold=True, colour=s.INK),
        s.label(128, 132, "=", size=24),
        s.box(156, 70, 270, 44, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=6),
        s.label(291, 97, "energy of the rival", "middle", colour=s.DIGITAL, bold=True),
        s.line((150, 125), (432, 125), colour=s.INK, width=2),
        s.box(156, 136, 270, 44, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, radius=6),
        s.label(291, 163, "energy of the new machine", "middle", colour=s.WORD_LINE, bold=True),
        s.flag(168, 34, 1, s.DIGITAL),
        s.label(186, 39, "which machine, which year?", colour=s.DIGITAL),
        s.line((168, 46), (168, 68), colour=s.FAINT),
        s.flag(418, 52, 2, s.DIGITAL),
        s.label(402, 57, "how many bits, users?", "end", colour=s.DIGITAL),
        s.flag(168, 204, 3, s.WORD_LINE),
        s.label(186, 209, "measured, simulated or hoped?", colour=s.WORD_LINE),
        s.line((168, 182), (168, 192), colour=s.FAINT),
        s.flag(168, 232, 4, s.WORD_LINE),
        s.label(186, 237, "what is counted, what stays outside?", colour=s.WORD_LINE),
        s.line((12, 256), (434, 256), colour=s.FAINT, width=1, dashed=True),
        s.flag(30, 282, 5, s.METAL),
        s.label(48, 287, "same workload?", colour=s.METAL),
        s.flag(190, 282, 6, s.METAL),
        s.label(208, 287, "same answers?", colour=s.METAL),
        s.flag(342, 282, 7, s.METAL),
        s.label(360, 287, "interval?", colour=s.METAL),
        s.label(30, 318, "questions for the whole fraction", colour=s.METAL),
        s.flag(54, 196, 8, s.METAL),
        s.label(12, 226, "does one", colour=s.METAL),
        s.label(12, 244, "division agree?", colour=s.METAL, halo=True),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
