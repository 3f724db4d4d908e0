"""What a faster read brings to one vector alone (a sum) and to a stream (the longer of two)."""

import style as s

from aimc.chip.chains import groups
from aimc.chip.hermes import hermes_constants, table_one_group
from aimc.layers.workload import resnet9_cifar10

WIDTH, HEIGHT = 446, 476
LEFT, UNIT = 96, 0.208  # px, px for a nanosecond
CHIP, LAYER = hermes_constants(), table_one_group("ResNet-9 layer")
FIRST = groups(resnet9_cifar10())[0]
# ns, of the layer of ResNet-9
READ, FAST = (1e9 * CHIP.read_time(mode) for mode in ("4-phase", "1-phase"))
REST = 1e9 * CHIP.latency(LAYER, "4-phase") - READ
CASES = (("four phases", READ), ("one phase", FAST), ("read = 0", 0.0))


def _bar(x: float, y: float, long: float, thick: float, words: str, *, read: bool) -> str:
    """Return a bar of `long` ns from x on, with its name where there is room."""
    fill, colour = (s.CRYSTAL_FILL, s.CRYSTAL) if read else (s.DIGITAL_FILL, s.DIGITAL)
    if not long:
        return ""
    made = s.box(x, y, UNIT * long, thick, fill=fill, colour=colour)
    if UNIT * long > 8 * len(words):
        made += s.label(x + UNIT * long / 2, y + thick / 2 + 5, words, "middle")
    return made


def _alone(top: float) -> list[str]:
    parts = [s.label(8, top, "one vector alone, 224 values: a sum", bold=True)]
    for k, (words, read) in enumerate(CASES):
        y, end = top + 12 + 30 * k, LEFT + UNIT * (read + REST)
        parts += [
            s.label(8, y + 16, words),
            _bar(LEFT, y, read, 22, "read", read=True),
            _bar(LEFT + UNIT * read, y, REST, 22, "values, hops", read=False),
        ]
        gain = (READ + REST) / (read + REST)
        words = f"{gain:.2f} × as fast" if k else ""
        parts.append(s.label(end + 8, y + 16, words))
    end = LEFT + UNIT * (READ + REST)
    parts.append(s.label(end, top, f"{READ + REST:.0f} ns", "end"))
    return parts


def _stream(top: float, values: int) -> list[str]:
    parts = [s.label(8, top, f"a stream, {values} values: the longer of two", bold=True)]
    leave = 1e9 * values / (CHIP.lanes * CHIP.clock)
    for k, (words, read) in enumerate(CASES):
        y, pace = top + 10 + 42 * k, max(read, leave)
        parts += [
            s.label(8, y + 22, words),
            _bar(LEFT, y, read, 18, "read", read=True),
            _bar(LEFT, y + 18, leave, 18, "values", read=False),
        ]
        end = LEFT + UNIT * pace
        parts.append(s.line((end, y - 2), (end, y + 38), colour=s.INK, dashed=True, width=1.2))
        gain = f", {max(READ, leave) / pace:.2f} × as fast" if k else ""
        parts.append(s.label(end + 8, y + 22, f"{pace:.0f} ns{gain}"))
    return parts


def _axis(y: float) -> list[str]:
    """Return the axis of time that all bars share."""
    ends = (0.0, READ, 1000.0, READ + REST)
    parts = [s.line((LEFT, y), (LEFT + UNIT * ends[-1], y), colour=s.INK, width=1.4)]
    for t in ends:
        x = LEFT + UNIT * t
        parts.append(s.line((x, y), (x, y + 6), colour=s.INK, width=1.4))
        parts.append(s.label(x, y + 22, f"{t:.0f}", "middle"))
    return [*parts, s.label(8, y + 22, "time (ns)")]


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        *_alone(18),
        *_stream(148, LAYER.outputs),
        *_stream(304, FIRST.outputs),
        *_axis(444),
    )
