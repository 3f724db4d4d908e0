"""Wrong answers to lab 12."""

import numpy as np
from wrong import Wrong, always

from aimc_answers.lab12 import answers

PARTLY = {"q6": {"the fewest directions come first": 1 / 3, "those are parts": 1 / 3}}


def columns(square):
    """Make the columns orthogonal in place of the rows, and give them the lengths of the rows."""
    q, _ = np.linalg.qr(square)
    return q * np.linalg.norm(square, axis=1)


MORE = {
    "q3": (Wrong("give a fraction", lambda s: 100 * answers.kernel_error(s)),),
    "q10": (
        Wrong("have to stay random", always(lambda g: np.diag(np.linalg.norm(g, axis=1))), 1 / 2),
        Wrong("each row has to be as long", always(lambda g: np.linalg.qr(g.T)[0].T), 1 / 2),
        Wrong("the rows are not orthogonal", always(lambda g: g), 0.0),
        Wrong("the rows are not orthogonal", always(columns)),
        Wrong("expected shape", always(lambda g: np.linalg.qr(g.T)[0][:, :2])),
        Wrong("have to stay random", always(lambda g: np.sqrt(len(g)) * np.eye(len(g)))),
    ),
    "q12": (Wrong("expected shape", always(lambda zk, v: (zk @ zk.T) @ v)),),
}
