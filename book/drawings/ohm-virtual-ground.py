"""How an amplifier holds a bit line at a fixed voltage and passes the current on."""

import schemdraw.elements as elm
import style as s

ROWS = (74, 124, 174)
STEMS = (52, 140, 204)


def svg() -> str:
    """Return the drawing: an amplifier with feedback above, a regulator and mirror below."""
    return s.svg_document(444, 632, _feedback(), _mirror())


def _feedback() -> str:
    board = s.Board(lw=2)
    for y in ROWS:
        board.wire((22, y), (62, y), colour=s.WORD_LINE, width=3)
        board.between(elm.RBox(), (62, y), (146, y))
    board.wire((146, ROWS[0]), (146, 226), (262, 226), colour=s.BIT_LINE, width=3)
    board.place(elm.Opamp(leads=False).right(), (262, 226), "in1")
    board.wire((262, 271), (244, 271), (244, 284), width=2)
    board.place(elm.Ground(), (244, 284))
    board.wire((214, 226), (214, 130), (240, 130), width=2)
    board.between(elm.RBox(), (240, 130), (360, 130))
    board.wire((360, 130), (384, 130), (384, 248), (340, 248), width=2)
    board.wire((384, 248), (424, 248), width=2)
    words = [s.label(4, 24, "(a) An amplifier with feedback", size=16, bold=True)]
    for j, y in enumerate(ROWS, start=1):
        words += [
            s.label(30, y - 10, f"V_{j}", size=16, colour=s.WORD_LINE),
            s.label(104, y - 16, f"G_{j}", "middle", size=15),
            s.dot(146, y, 4, s.BIT_LINE),
        ]
    words += [
        s.dot(214, 226, 5, s.BIT_LINE),
        s.dot(384, 248, 4),
        s.arrow((152, 210), (202, 210), colour=s.BIT_LINE),
        s.label(177, 201, "I", "middle", size=16, colour=s.BIT_LINE),
        s.arrow((274, 106), (324, 106)),
        s.label(299, 97, "I", "middle", size=16),
        s.label(299, 160, "R_F", "middle", size=16),
        s.label(212, 250, "held at 0 V", "end", size=16, colour=s.BIT_LINE),
        s.label(440, 280, "voltage −R_F I", "end", size=16),
    ]
    return board.svg() + "".join(words)


def _mirror() -> str:
    board = s.Board(lw=2)
    top = 352
    board.wire((226, top), (388, top), width=2)
    board.wire((262, top), (262, 368), width=2)
    board.place(elm.PFet().right(), (262, 368), "source")
    board.wire((376, top), (376, 368), width=2)
    board.place(elm.PFet().right().reverse(), (376, 368), "source")
    board.wire((311, 395), (327, 395), width=2)
    board.wire((319, 395), (319, 428), (262, 428), width=2)
    board.wire((262, 422), (262, 446), width=2)
    board.wire((376, 422), (376, 466), width=2)
    board.place(elm.NFet().right().reverse(), (262, 446), "drain")
    board.place(elm.Opamp(leads=False).right().flip(), (206, 473), "out")
    board.wire((206, 473), (213, 473), width=2)
    board.wire((128, 451), (96, 451), width=2)
    board.wire((128, 495), (96, 495), (96, 542), width=2)
    board.wire((262, 500), (262, 542), (40, 542), colour=s.BIT_LINE, width=3)
    for x in STEMS:
        board.between(elm.RBox(), (x, 542), (x, 606))
        board.wire((x - 14, 606), (x + 14, 606), colour=s.WORD_LINE, width=3)
    words = [
        s.label(4, 326, "(b) A regulator with a current mirror", size=16, bold=True),
        s.label(391, top + 6, "supply", size=16),
        s.dot(319, 395, 4),
        s.dot(262, 428, 4),
        s.dot(262, top, 4),
        s.dot(376, top, 4),
        s.dot(96, 542, 5, s.BIT_LINE),
        *(s.dot(x, 542, 4, s.BIT_LINE) for x in STEMS),
        s.label(90, 457, "V_{cm}", "end", size=16),
        s.arrow((277, 504), (277, 534), colour=s.BIT_LINE),
        s.label(286, 524, "I", size=16, colour=s.BIT_LINE),
        s.label(276, 562, "held at V_{cm}", size=16, colour=s.BIT_LINE),
        s.arrow((388, 426), (388, 456)),
        s.label(397, 446, "copy", size=16),
        s.box(322, 466, 108, 32, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4),
        s.label(376, 487, "converter", "middle", size=16),
        s.label(232, 602, "word lines at V_{cm} − V_{read}", size=16, colour=s.WORD_LINE),
        s.label(232, 624, "(or open: no current)", size=16, colour=s.WORD_LINE),
    ]
    return board.svg() + "".join(words)
