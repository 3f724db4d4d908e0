"""Three reads, two of which are nearly one: how much each counts."""

from style import BIT_LINE, DIGITAL, FAINT, WORD_LINE, arrow, box, dot, label, line, svg_document

WIDTH, HEIGHT = 440, 296
READS = ((70, 92, "1"), (100, 88, "2"), (356, 132, "3"))
PLAIN, OURS = (0.33, 0.33, 0.33), (0.26, 0.26, 0.49)
UNIT = 92  # px of a vote of one


def svg() -> str:
    """Return the drawing."""
    equal = sum(y for _, y, _ in READS) / 3
    best = sum(w * y for w, (_, y, _) in zip(OURS, READS, strict=True)) / sum(OURS)
    body = [
        label(20, 24, "three reads of one conductance", bold=True, size=15),
        arrow((20, 168), (424, 168), colour=FAINT),
        label(424, 188, "time", anchor="end"),
        line((20, equal), (424, equal), colour=BIT_LINE, dashed=True),
        line((20, best), (424, best), colour=DIGITAL, width=2),
        label(230, equal - 8, "equal votes", colour=BIT_LINE, anchor="middle"),
        label(230, best + 18, "votes by K", colour=DIGITAL, anchor="middle"),
        label(85, 70, "nearly one read", anchor="middle", colour=WORD_LINE),
    ]
    for x, y, name in READS:
        body += [dot(x, y, 5, WORD_LINE), label(x, 188, name, anchor="middle")]
    for k, (x, _, _) in enumerate(READS):
        for share, colour, shift in ((PLAIN[k], BIT_LINE, -13), (OURS[k], DIGITAL, 1)):
            body.append(
                box(x + shift, 262 - UNIT * share, 11, UNIT * share, fill=colour, colour=colour)
            )
    body += [
        line((20, 262), (424, 262)),
        label(228, 240, "votes", anchor="middle"),
        label(85, 282, "0.26 + 0.26", anchor="middle", colour=DIGITAL),
        label(356, 282, "0.49", anchor="middle", colour=DIGITAL),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
