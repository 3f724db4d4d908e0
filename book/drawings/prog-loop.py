"""The loop that programs one device, as a flow chart."""

import style as s

WIDTH, HEIGHT = 440, 268


def _question(x: float, *words: str) -> list[str]:
    return [
        s.tag(
            "path",
            d=f"M{x} 98L{x + 62} 136L{x} 174L{x - 62} 136Z",
            fill=s.DIGITAL_FILL,
            stroke=s.DIGITAL,
            stroke_width=1.6,
        ),
        *(s.label(x, 133 + 16 * k, word, "middle") for k, word in enumerate(words)),
    ]


def svg() -> str:
    """Return the drawing."""
    body = [
        s.box(10, 22, 112, 46, fill=s.METAL_FILL, colour=s.METAL),
        s.label(66, 41, "initialise:", "middle"),
        s.label(66, 59, "RESET, SET", "middle"),
        s.arrow((122, 45), (164, 45)),
        s.box(164, 22, 112, 46, fill=s.HEATER_FILL, colour=s.HEATER),
        s.label(220, 50, "pulse with I_k", "middle"),
        s.arrow((276, 45), (314, 45)),
        s.box(314, 22, 116, 46, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE),
        s.label(372, 50, "read G̃_k", "middle"),
        s.arrow((372, 68), (372, 98)),
        *_question(372, "within", "the margin?"),
        s.label(380, 196, "yes"),
        s.arrow((372, 174), (372, 212)),
        s.box(314, 212, 116, 40, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(372, 237, "done", "middle"),
        s.arrow((310, 136), (286, 136)),
        s.label(299, 128, "no", "middle"),
        *_question(224, "limit of", "pulses?"),
        s.label(232, 196, "yes", colour=s.FAINT),
        s.arrow((224, 174), (224, 212), colour=s.FAINT),
        s.box(166, 212, 116, 40, colour=s.FAINT),
        s.label(224, 237, "given up", "middle", colour=s.FAINT),
        s.arrow((162, 136), (140, 136)),
        s.label(152, 128, "no", "middle"),
        s.box(10, 106, 130, 60, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(75, 132, "change I in pro-", "middle"),
        s.label(75, 150, "portion to the error", "middle"),
        s.arrow((133, 106), (133, 49)),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
