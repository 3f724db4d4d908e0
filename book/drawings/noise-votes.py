"""Three reads, two of which are nearly one: how much each counts."""

import style as s

WIDTH, HEIGHT = 440, 296
READS = ((70, 92, "1"), (100, 88, "2"), (356, 132, "3"))
PLAIN, OURS = (0.33, 0.33, 0.33), (0.26, 0.26, 0.49)
UNIT = 92  # px of a vote of one


def svg() -> str:
    """Return the drawing."""
    equal = sum(y for _, y, _ in READS) / 3
    best = sum(w * y for w, (_, y, _) in zip(OURS, READS, strict=True)) / sum(OURS)
    body = [
        s.label(20, 24, "three reads of one conductance", bold=True, size=15),
        s.arrow((20, 168), (424, 168), colour=s.FAINT),
        s.label(424, 206, "reading time", "end"),
        s.line((20, equal), (424, equal), colour=s.BIT_LINE, dashed=True),
        s.line((20, best), (424, best), colour=s.DIGITAL, width=2),
        s.label(230, equal - 8, "equal votes", "middle", colour=s.BIT_LINE),
        s.label(230, best + 18, "votes by K", "middle", colour=s.DIGITAL),
        s.label(85, 70, "nearly one read", "middle", colour=s.WORD_LINE),
    ]
    for x, y, name in READS:
        body += [s.dot(x, y, 5, s.WORD_LINE), s.label(x, 188, name, "middle")]
    for k, (x, _, _) in enumerate(READS):
        for share, colour, shift in ((PLAIN[k], s.BIT_LINE, -13), (OURS[k], s.DIGITAL, 1)):
            body.append(
                s.box(x + shift, 262 - UNIT * share, 11, UNIT * share, fill=colour, colour=colour)
            )
    body += [
        s.line((20, 262), (424, 262)),
        s.label(228, 240, "votes", "middle"),
        s.label(85, 282, "0.26 + 0.26", "middle", colour=s.DIGITAL),
        s.label(356, 282, "0.49", "middle", colour=s.DIGITAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
