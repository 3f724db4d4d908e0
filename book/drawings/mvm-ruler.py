"""A ruler for the error of a multiplication, with digital engines as marks."""

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 446, 284
LEFT, UNIT, FIRST, LAST = 22, 19.6, 5, 25  # px, px for a per cent, ends of the ruler
MARKS = ((fact("A070").number, "4-bit weights"), (fact("A069").number, "3-bit weights"))
# name, error just programmed, after a day with the best factor and with summed currents
CORES = (("two devices", 9.9, 11.6, 13.6), ("one device", 15.9, 18.5, 22.9))
RULER = 80


def _at(error: float) -> float:
    return LEFT + UNIT * (error - FIRST)


def svg() -> str:
    """Return the drawing."""
    parts = [
        s.line((_at(FIRST), RULER), (_at(LAST), RULER), colour=s.INK, width=2),
        s.label(12, 16, "error of a multiplication", bold=True),
    ]
    for error in range(FIRST, LAST + 1):
        tall = 10 if error % 5 == 0 else 5
        parts.append(
            s.line((_at(error), RULER), (_at(error), RULER - tall), colour=s.INK, width=1.2)
        )
        if error % 5 == 0:
            parts.append(s.label(_at(error), RULER - 15, f"{error}%", "middle"))
    for error, words in MARKS:
        parts.append(
            s.line(
                (_at(error), 48), (_at(error), HEIGHT - 40), colour=s.DIGITAL, dashed=True, width=2
            )
        )
        parts.append(s.label(_at(error), 40, words, "middle", colour=s.DIGITAL, bold=True))
    for k, (name, start, best, summed) in enumerate(CORES):
        y = RULER + 42 + 74 * k
        # beside the dot, or above it where a mark would run through the name
        x, at, anchor = (_at(start), y - 14, "start") if k == 0 else (_at(start) - 12, y + 5, "end")
        parts.append(s.label(x, at, name, anchor, bold=True, halo=True))
        parts.append(s.dot(_at(start), y, 6, s.FAINT))
        parts.append(s.arrow((_at(start), y), (_at(best), y), colour=s.INK, width=3, head=9))
        parts.append(
            s.arrow((_at(start), y + 22), (_at(summed), y + 22), colour=s.METAL, width=3, head=9)
        )
        parts.append(s.line((_at(start), y), (_at(start), y + 22), colour=s.FAINT, width=1.2))
    y = HEIGHT - 14
    parts += [
        s.dot(28, y - 5, 6, s.FAINT),
        s.label(40, y, "new"),
        s.arrow((84, y - 5), (108, y - 5), colour=s.INK, width=3),
        s.label(114, y, "a day, best factor"),
        s.arrow((254, y - 5), (278, y - 5), colour=s.METAL, width=3),
        s.label(284, y, "summed currents"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
