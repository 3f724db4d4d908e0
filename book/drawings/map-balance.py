"""The cores of ResNet-9 and how long each works for an image, without and with copies."""

import style as s

from aimc.chip.hermes import hermes_constants

WIDTH, HEIGHT = 446, 376
CHIP = hermes_constants()
READ, CLOCK = 1e6 * CHIP.read_time("4-phase"), 1e6 / CHIP.clock  # µs
# Of each layer: cores of one copy, reads for an image, values of a core.
LAYERS = (
    (1, 1024, 56),
    (2, 1024, 112),
    (4, 256, 112),
    (4, 256, 112),
    (4, 256, 224),
    (8, 64, 224),
    (8, 16, 224),
    (8, 16, 224),
    (1, 1, 10),
)
LEFT, CORE, TALL = 66, 7.4, 0.27  # px: left edge, width of a core, height of a microsecond


def _panel(bottom: float, copies: int, words: str) -> str:
    many = [copies if k < 2 else 1 for k in range(len(LAYERS))]
    busy = [
        -(-reads // n) * max(READ, CLOCK * values)
        for (_, reads, values), n in zip(LAYERS, many, strict=True)
    ]
    slowest = max(busy)
    cores = sum(n * one for (one, _, _), n in zip(LAYERS, many, strict=True))
    right, top = LEFT + CORE * cores, bottom - TALL * slowest
    parts = [s.box(LEFT, top, right - LEFT, bottom - top, fill=s.OXIDE_FILL, colour="none")]
    x = LEFT
    for k, ((one, _, _), n, time) in enumerate(zip(LAYERS, many, busy, strict=True)):
        for _ in range(n * one):
            parts.append(
                s.box(
                    x,
                    bottom - TALL * time,
                    CORE,
                    TALL * time,
                    fill=s.CRYSTAL_FILL,
                    colour=s.CRYSTAL,
                )
            )
            x += CORE
        name = str(k + 1) if k < 8 else "d"
        parts.append(s.label(x - n * CORE * one / 2, bottom + 18, name, "middle"))
        if name != "d":
            parts.append(s.line((x, bottom), (x, bottom + 5), colour=s.FAINT))  # the layer ends
    parts += [
        s.line((LEFT - 6, top), (right, top), colour=s.INK, dashed=True, width=2),
        s.label(LEFT - 10, top + 5, f"{slowest:.0f} µs", "end", colour=s.INK, bold=True),
        s.line((LEFT, bottom), (right, bottom), colour=s.FAINT),
        s.label(LEFT - 10, bottom + 18, "conv", "end"),
        s.label(LEFT, top - 14, f"{words}: {cores} cores", bold=True),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    upper, lower = 182, 318
    parts = [
        _panel(upper, 1, "one copy of each"),
        _panel(lower, 4, "four copies of conv1 and conv2"),
        s.arrow((30, upper - 8), (30, 62), colour=s.FAINT),
        s.label(22, 124, "time for an image", "middle", turn=-90),
        s.box(LEFT, HEIGHT - 24, 14, 14, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(LEFT + 20, HEIGHT - 12, "works"),
        s.box(LEFT + 84, HEIGHT - 24, 14, 14, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.label(LEFT + 104, HEIGHT - 12, "waits for the slowest layer"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
