"""The loop of an LSTM on the chip: cores of both matrices, the global digital unit, and back."""

import style as s

WIDTH, HEIGHT = 540, 330


def _core(top: float, title: str, rows: str) -> str:
    return "".join(
        (
            s.box(150, top, 34, 66, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, radius=3),
            s.label(167, top + 38, "in", "middle"),
            s.box(190, top, 96, 66, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=3),
            s.label(238, top + 29, title, "middle", bold=True),
            s.label(238, top + 49, rows, "middle"),
            s.box(292, top, 58, 66, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=3),
            s.label(321, top + 38, "LDPU", "middle"),
        )
    )


def svg() -> str:
    """Return the drawing."""
    parts = [
        _core(26, "W_x", "input gates"),
        _core(126, "W_h", "hidden gates"),
        s.label(14, 50, "input"),
        s.label(14, 68, "x_t", italic=True),
        s.arrow((50, 60), (149, 60), colour=s.DIGITAL),
        s.label(14, 150, "last step's"),
        s.label(14, 168, "h_{t−1}", italic=True),
        s.arrow((96, 160), (149, 160), colour=s.DIGITAL),
        s.arrow((321, 92), (321, 125), colour=s.DIGITAL, width=2.4),
        s.label(332, 114, "partial sums", colour=s.DIGITAL),
        s.arrow((321, 192), (321, 227), colour=s.DIGITAL, width=2.4),
        s.label(332, 215, "sums of four gates", colour=s.DIGITAL),
        s.box(214, 228, 214, 62, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(226, 252, "GDPU: σ, tanh", bold=True),
        s.label(226, 275, "next c_t, h_t", italic=True),
        s.box(352, 238, 40, 40, fill=s.PAPER, colour=s.DIGITAL, radius=3),
        s.label(372, 263, "c", "middle", italic=True),
        s.arrow((383, 278), (383, 304), (361, 304), (361, 279), colour=s.DIGITAL),
        s.label(392, 308, "stays here"),
        s.arrow((428, 258), (530, 258), colour=s.DIGITAL),
        s.label(446, 248, "h_t", italic=True),
        s.label(436, 279, "output layer"),
        s.arrow((214, 262), (70, 262), (70, 182), colour=s.INK, width=2.4),
        s.label(14, 284, "h_t", italic=True, colour=s.INK),
        s.label(36, 284, "is the next step's input,", colour=s.INK),
        s.label(14, 303, "and every step waits for it", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
