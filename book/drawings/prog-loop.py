"""The loop that programs one device, as a flow chart."""

import style as s

WIDTH, HEIGHT = 440, 268


def svg() -> str:
    """Return the drawing."""
    body = [
        s.box(10, 22, 112, 46, fill=s.METAL_FILL, colour=s.METAL),
        s.label(66, 50, "RESET, SET", "middle"),
        s.arrow((122, 45), (160, 45)),
        s.box(160, 22, 116, 46, fill=s.HEATER_FILL, colour=s.HEATER),
        s.label(218, 50, "pulse with I_k", "middle"),
        s.arrow((276, 45), (314, 45)),
        s.box(314, 22, 116, 46, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE),
        s.label(372, 50, "read G̃_k", "middle"),
        s.arrow((372, 68), (372, 98)),
        s.tag(
            "path",
            d="M372 98L434 136L372 174L310 136Z",
            fill=s.DIGITAL_FILL,
            stroke=s.DIGITAL,
            stroke_width=1.6,
        ),
        s.label(372, 133, "within", "middle"),
        s.label(372, 149, "the margin?", "middle"),
        s.arrow((372, 174), (372, 212)),
        s.label(380, 196, "yes"),
        s.box(314, 212, 116, 40, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(372, 237, "done", "middle"),
        s.arrow((310, 136), (276, 136)),
        s.label(300, 128, "no", "end"),
        s.box(130, 112, 146, 48, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(203, 132, "change I in propor-", "middle"),
        s.label(203, 150, "tion to the error", "middle"),
        s.arrow((218, 112), (218, 68)),
        s.arrow((203, 160), (203, 212), colour=s.FAINT),
        s.label(195, 190, "too many pulses", "end", colour=s.FAINT),
        s.box(130, 212, 146, 40, colour=s.FAINT),
        s.label(203, 237, "given up", "middle", colour=s.FAINT),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
