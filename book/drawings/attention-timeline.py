"""One token in a head of gain cells: pulses, reset, pulses, count and add, and the next token."""

import style as s

from aimc_course.studies.gain_cell_attention import published_head

WIDTH, HEIGHT = 436, 304
LEFT, NS = 74, 4.1  # px, px per ns
LANES = {"keys": 48, "values": 98, "digital": 148}


def span(lane: str, start: float, end: float, text: str, colour: str, fill: str) -> str:
    x, y = LEFT + NS * start, LANES[lane]
    return s.box(x, y, NS * (end - start), 32, fill=fill, colour=colour, radius=3) + s.label(
        x + NS * (end - start) / 2, y + 21, text, "middle"
    )


def svg() -> str:
    head = published_head()
    phases = {name: 1e9 * time for name, time in head.phases().items()}
    ends, now = {}, 0.0
    for name, time in phases.items():
        now += time
        ends[name] = now
    body = [s.label(LEFT - 10, y + 21, name, "end") for name, y in LANES.items()]
    write = 10.0
    body += [
        s.label(LEFT, 24, "one token", bold=True),
        span("keys", 0, ends["query on keys"], "query", s.WORD_LINE, s.WORD_LINE_FILL),
        span("values", 0, write, "write", s.METAL, s.METAL_FILL),
        span("values", ends["query on keys"], ends["reset"], "r", s.FAINT, "none"),
        span(
            "values", ends["reset"], ends["scores on values"], "scores", s.BIT_LINE, s.BIT_LINE_FILL
        ),
        span("keys", ends["reset"], ends["reset"] + write, "write", s.METAL, s.METAL_FILL),
        span(
            "digital", ends["scores on values"], ends["count"], "count", s.DIGITAL, s.DIGITAL_FILL
        ),
        span("digital", ends["count"], ends["add"], "add", s.DIGITAL, s.DIGITAL_FILL),
        span("keys", ends["scores on values"], ends["count"], "query", s.FAINT, "none"),
        span("values", ends["count"] + 5, ends["count"] + 20, "scores", s.FAINT, "none"),
        span(
            "values",
            ends["scores on values"],
            ends["scores on values"] + write,
            "write",
            s.FAINT,
            "none",
        ),
    ]
    base = 196
    body.append(s.arrow((LEFT, base), (LEFT + NS * 76, base), colour=s.INK))
    for t in (0, 15, 20, 35, 50, 65):
        x = LEFT + NS * t
        body += [
            s.line((x, base - 4), (x, base + 4)),
            s.label(x, base + 20, str(t), "middle"),
        ]
    body += [
        s.label(LEFT + NS * 76 + 8, base + 5, "ns"),
        s.line((LEFT + NS * 35, 40), (LEFT + NS * 35, base), colour=s.FAINT, dashed=True),
        s.label(LEFT + NS * 35, 24, "next token", colour=s.FAINT),
        s.arrow((LEFT, base + 42), (LEFT + NS * 65, base + 42), both=True, colour=s.DIGITAL),
        s.label(LEFT, base + 62, "answer after 65 ns", colour=s.DIGITAL),
        s.arrow((LEFT, base + 86), (LEFT + NS * 35, base + 86), both=True, colour=s.WORD_LINE),
        s.label(LEFT + NS * 37, base + 91, "arrays free after 35 ns", colour=s.WORD_LINE),
        s.label(LEFT + NS * 37, base + 62, "r: the columns are reset", colour=s.FAINT),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
