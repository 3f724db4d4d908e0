"""Pulses of one device: left alone, and with every accident chased."""

import style as s

WIDTH, HEIGHT = 440, 330
LEFT, STEP, SIZE = 36, 27, 17  # px, px per pulse, px per unit of scatter
# In an order in which chasing them widens the spread by the 1.41 of the average.
ACCIDENTS = (
    0.6,
    -1.3,
    -0.5,
    -1.0,
    0.4,
    -1.2,
    1.1,
    -0.3,
    0.9,
    1.0,
    -0.9,
    -0.6,
    1.2,
    1.4,
)


def _panel(base: float, words: str, share: float, colour: str) -> list[str]:
    """Draw the reads; `share` of each error is taken back by the next current."""
    body = [
        s.label(14, base - 66, words, bold=True),
        s.line((14, base), (426, base), colour=s.DIGITAL),
    ]
    means, reads, mean = [], [], 0.0
    for k, accident in enumerate(ACCIDENTS):
        x = LEFT + k * STEP
        means.append((x, base - SIZE * mean))
        reads.append((x, base - SIZE * (mean + accident)))
        mean -= share * (mean + accident)
    body.append(s.line(*means, colour=s.FAINT, width=2))
    for centre, read in zip(means, reads, strict=True):
        body += [s.line(centre, read, colour=colour, width=1.2), s.dot(*read, 4.5, colour)]
    spread = (sum(((base - y) / SIZE) ** 2 for _, y in reads) / len(reads)) ** 0.5
    x = LEFT + len(ACCIDENTS) * STEP + 2
    reach = SIZE * spread
    body.append(s.arrow((x, base - reach), (x, base + reach), colour=s.HEATER, width=2, both=True))
    return body


def svg() -> str:
    """Return the drawing."""
    body = [
        *_panel(90, "the right current, left alone", 0.0, s.BIT_LINE),
        *_panel(238, "every accident corrected in full", 1.0, s.BIT_LINE),
        s.label(14, 318, "target", colour=s.DIGITAL),
        s.label(84, 318, "mean of a pulse", colour=s.FAINT),
        s.label(220, 318, "reads", colour=s.BIT_LINE),
        s.label(300, 318, "their spread", colour=s.HEATER),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
