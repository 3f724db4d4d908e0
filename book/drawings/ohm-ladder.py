"""What a long word line does to its voltage: it arrives late, and it arrives low."""

import numpy as np
import schemdraw.elements as elm
import style as s

CROSSINGS = 512
RESISTANCE = 0.35  # ohm, of one crossing
CAPACITANCE = 2e-15  # F, of one crossing
CONDUCTANCE = 5e-6  # S, of every device
LUMPS = CROSSINGS  # coarser steps would lose a per cent more
END = 0.4e-9  # s, of the plot
LEFT, WIDTH, ZERO, HIGH = 66.0, 300.0, 416.0, 150.0  # px


def svg() -> str:
    """Return the drawing: the circuit above, what its two ends see below."""
    return s.svg_document(440, 460, _ladder(), _waves())


def _ladder() -> str:
    board = s.Board(lw=2)
    y = 92
    board.between(elm.SourceSquare(), (56, 176), (56, y))
    board.place(elm.Ground(), (56, 176))
    body = [
        s.label(4, 22, "(a) A word line as its devices see it", size=16, bold=True),
        s.label(12, 128, "V", size=16),
    ]
    for k, x in enumerate((84, 202, 320)):
        board.wire((x - 28 if k == 0 else x - 26, y), (x, y), colour=s.WORD_LINE, width=3)
        board.between(elm.Resistor().color(s.WORD_LINE), (x, y), (x + 54, y))
        node = x + 54
        board.wire((node, y), (node + 38, y), colour=s.WORD_LINE, width=3)
        board.between(elm.RBox(), (node, y), (node, y + 84))
        board.between(elm.Capacitor(), (node + 36, y), (node + 36, y + 84))
        board.place(elm.Ground(), (node + 36, y + 84))
        body += [
            s.label(x + 27, y - 16, "r", "middle", size=16, colour=s.WORD_LINE),
            s.label(node - 12, y + 56, "G", "end", size=16),
            s.label(node + 48, y + 64, "c", size=16),
            s.line((node - 12, y + 84), (node + 12, y + 84), colour=s.BIT_LINE, width=3),
            s.dot(node, y, 4, s.WORD_LINE),
            s.dot(node + 36, y, 4, s.WORD_LINE),
        ]
    return board.svg() + "".join(body)


def _waves() -> str:
    times = np.linspace(0.0, END, 61)
    far = _far_end(times)
    x = LEFT + WIDTH * times / END
    top, final = ZERO - HIGH, ZERO - HIGH * far[-1]
    points = [(float(a), ZERO - HIGH * float(b)) for a, b in zip(x, far, strict=True)]
    start, right = (LEFT - 24, ZERO), LEFT + WIDTH
    return "".join([
        s.label(4, 234, f"(b) Its two ends, after {CROSSINGS} crossings", size=16, bold=True),
        s.line(start, (LEFT, ZERO), (LEFT, top), (right, top), colour=s.WORD_LINE, width=3),
        s.line(*points, colour=s.WORD_LINE, width=3, dashed=True),
        s.arrow(start, (right + 20, ZERO)),
        s.line((right + 8, top), (right + 8, final), colour=s.FAINT, width=1.6),
        s.label(LEFT - 10, top + 5, "V", "end", size=16, colour=s.WORD_LINE),
        s.label(LEFT + 150, top - 8, "driven end", "middle", size=16, colour=s.WORD_LINE),
        s.label(LEFT + 190, final + 26, "far end", "middle", size=16, colour=s.WORD_LINE),
        s.label(right + 16, (top + final) / 2 + 6, f"{100 * (1 - far[-1]):.0f}%", size=16),
        s.label(LEFT, ZERO + 24, "0", "middle", size=15),
        s.label(right, ZERO + 24, f"{1e9 * END:g} ns", "middle", size=15),
    ])  # fmt: skip


def _far_end(times: np.ndarray) -> np.ndarray:
    """Return the voltage at the far end after a step of one volt at the other."""
    n = CROSSINGS / LUMPS
    between = 1 / (n * RESISTANCE)
    matrix = np.diag(np.full(LUMPS, 2 * between + n * CONDUCTANCE))
    matrix -= between * (np.eye(LUMPS, k=1) + np.eye(LUMPS, k=-1))
    matrix[-1, -1] -= between
    drive = np.zeros(LUMPS)
    drive[0] = between
    rest = np.linalg.solve(matrix, drive)
    rates, modes = np.linalg.eigh(matrix)
    decay = np.exp(-np.outer(times, rates / (n * CAPACITANCE)))
    return rest[-1] - decay * (modes.T @ rest) @ modes[-1]
