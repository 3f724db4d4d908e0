"""Four images through ResNet-9: which layer works on which image, and for how much of the time."""

import style as s

from aimc.chip.mapping import map_network
from aimc.chip.schedule import schedule
from aimc.layers.workload import resnet9_cifar10

WIDTH = 520
LEFT, RIGHT = 58, 452  # px, where time begins and ends
TOP, STEP, THICK = 40, 25, 19
COUNT = 4  # images
FILLS = (s.WORD_LINE_FILL, s.PAPER)  # of odd and of even images


def svg() -> str:
    """Return the drawing."""
    plan = schedule(map_network(resnet9_cifar10()), read_mode="4-phase", inferences=COUNT)
    scale = (RIGHT - LEFT) / plan.makespan  # px/s
    bottom = TOP + STEP * len(plan.groups)
    parts = [s.label(LEFT, 22, "image 1 to 4"), s.label(WIDTH - 6, 22, "cores read", "end")]
    for row, (group, busy) in enumerate(zip(plan.groups, plan.occupancy(), strict=True)):
        y = TOP + STEP * row
        parts.append(s.label(6, y + 14, group.name))
        parts.append(
            s.line((LEFT, y + THICK + 3), (RIGHT, y + THICK + 3), colour=s.FAINT, width=0.6)
        )
        for k in range(COUNT):
            x = LEFT + scale * plan.starts[row][k]
            long = max(scale * (plan.ends[row][k] - plan.starts[row][k]), 1.5)
            parts.append(
                s.box(x, y, long, THICK, fill=FILLS[k % 2], colour=s.WORD_LINE, stroke=1.2)
            )
            if long > 14:
                parts.append(s.label(x + long / 2, y + 14, str(k + 1), "middle"))
        share = 100 * float(busy["cores busy"])
        words = f"{share:.0f}%" if share >= 1 else f"{share:.1f}%"
        parts.append(s.label(WIDTH - 6, y + 14, words, "end"))
    parts.append(s.arrow((LEFT, bottom + 8), (RIGHT + 8, bottom + 8), colour=s.FAINT))
    for k in range(4):
        x = LEFT + scale * k * 1e-3
        if x > RIGHT:
            break
        parts.append(s.line((x, bottom + 8), (x, bottom + 13), colour=s.FAINT))
        parts.append(s.label(x, bottom + 29, f"{k} ms" if k else "0", "middle"))
    return s.svg_document(WIDTH, bottom + 40, *parts)
