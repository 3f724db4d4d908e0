"""Solve arrays with badcrossbar, against which the exact wires are tested.

The test suite does not need badcrossbar: this script was run once, and its output is stored in
tests/library/circuits/reference/. To run it again:

    pip install badcrossbar && python scripts/make_badcrossbar_reference.py

Conductances and voltages follow from a seed (`problem`; the test has the same lines), so the file
holds the currents of the bit lines alone, A, one entry per case of `CASES`.

The stored file was made with badcrossbar 1.1.0 (MIT licence), numpy 2.4 and scipy 1.17.
"""

from pathlib import Path

import badcrossbar
import numpy as np

OUTPUT = (
    Path(__file__).parents[1] / "tests" / "library" / "circuits" / "reference" / "badcrossbar.npz"
)
# name: seed, word lines, bit lines, factor on the conductance, ohm per word and bit line segment
CASES = {
    f"{size}-times{factor}-seed{seed}": (seed, size, size, factor, 1.0, 1.0)
    for size in (64, 128, 256)
    for factor in (1, 10)
    for seed in (1, 2)
} | {
    "wide": (3, 40, 150, 1, 2.0, 0.5),
    "tall": (4, 150, 40, 1, 0.5, 2.0),
}


def problem(seed: int, inputs: int, outputs: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances, S, shape (out, in), from 0.25 to 25 uS, and voltages, V, up to 0.2."""
    rng = np.random.default_rng(seed)
    conductance = factor * 25e-6 * 10 ** rng.uniform(-2, 0, (outputs, inputs))
    return conductance, rng.uniform(0, 0.2, inputs)


def main() -> None:
    currents = {}
    for name, (seed, inputs, outputs, factor, r_row, r_column) in CASES.items():
        conductance, volts = problem(seed, inputs, outputs, factor)
        solution = badcrossbar.compute(
            volts[:, None],
            1 / conductance.T,
            r_i_word_line=r_row,
            r_i_bit_line=r_column,
            node_voltages=False,
            all_currents=False,
        )
        currents[name] = solution.currents.output[0]
    OUTPUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(OUTPUT, **currents)


if __name__ == "__main__":
    main()
