"""Speed of the exact wires beside other nodal solvers, in the same rounds; see `ratios`.

The peers are optional: badcrossbar is on PyPI, CrossSim is installed from a checkout of its
repository (github.com/sandialabs/cross-sim). Each solves the same array for the same single input
vector, to its own accuracy, which is printed.
"""

import logging
import statistics
import warnings
from collections.abc import Callable

import numpy as np
from ratios import Contestants, ratio, seconds

from aimc.circuits import Wires, effective_conductance, line_currents

ROUNDS = 7
SIZE, OHM = 256, 1.0
TOLERANCE = 1e-6  # of CrossSim, relative to the largest voltage


def problem(factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances, S, shape (out, in), spread evenly in the logarithm, and voltages, V."""
    rng = np.random.default_rng(0)
    conductance = factor * 25e-6 * 10 ** rng.uniform(-2, 0, (SIZE, SIZE))
    return conductance, rng.uniform(0, 0.2, SIZE)


def badcrossbar_solver(g: np.ndarray, v: np.ndarray) -> Callable[[], np.ndarray]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it plots with cairo, which is not needed here
        import badcrossbar
    logging.getLogger().setLevel(logging.WARNING)
    volts, resistance, options = v[:, None], 1 / g.T, {"node_voltages": False}
    return lambda: badcrossbar.compute(
        volts, resistance, OHM, all_currents=False, **options
    ).currents.output[0]


def crosssim_solver(g: np.ndarray, v: np.ndarray) -> Callable[[], np.ndarray]:
    import simulator
    from simulator.backend import ComputeBackend
    from simulator.circuits.array import NonInterleaved_InputSource as source

    ComputeBackend().__init__(False, None)
    parameters = simulator.CrossSimParameters()
    parameters.core.style = "OFFSET"
    parameters.xbar.device.Rmin = 1 / g.max()
    parameters.xbar.device.infinite_on_off_ratio = True
    parasitics = parameters.xbar.array.parasitics
    parasitics.enable, parasitics.Rp_row, parasitics.Rp_col = True, OHM, OHM
    parameters.simulation.Niters_max_parasitics = 1000
    parameters.simulation.hide_convergence_msg = True
    parameters.simulation.Verr_th_mvm = TOLERANCE * float(v.max())
    array = source.NoninterleavedInputSourceArray(parameters)
    matrix, unit = np.ascontiguousarray(g / g.max()), g.max()
    return lambda: unit * array.iterative_solve(matrix, v)


PEERS = {
    "badcrossbar": badcrossbar_solver,
    f"CrossSim, tolerance {TOLERANCE:g}": crosssim_solver,
}


def contestants(g: np.ndarray, v: np.ndarray) -> Contestants:
    wires = Wires(OHM, OHM)
    entries: Contestants = {"aimc, one input": lambda: line_currents(g, v, wires)}
    for name, solver in PEERS.items():
        try:
            entries[name] = solver(g, v)
        except ImportError as error:
            print(f"  {name} is not installed and left out ({error})")
    return entries


def measure(factor: float) -> None:
    g, v = problem(factor)
    wires = Wires(OHM, OHM)
    print(f"{SIZE} x {SIZE}, {OHM:g} ohm per segment, up to {25 * factor} uS, one input vector")
    entries = contestants(g, v)
    times = seconds(entries, ROUNDS)
    effective = effective_conductance(g, wires)
    exact = effective @ v
    for name, solve in entries.items():
        error = np.max(np.abs(np.asarray(solve()).reshape(-1) / exact - 1))
        print(
            f"  {name:<28}{1e3 * statistics.median(times[name]):9.1f} ms"
            f"{ratio(times, name, 'aimc, one input'):8.1f} times ours"
            f"   largest relative error {error:.0e}"
        )
    all_inputs: Contestants = {
        "matrix": lambda: effective_conductance(g, wires),
        "solve": lambda: line_currents(g, v, wires),
        "product": lambda: effective @ v,
    }
    times = seconds(all_inputs, 3)
    print(
        f"  effective matrix, once per state: {statistics.median(times['matrix']):.2f} s"
        f" or {ratio(times, 'matrix', 'solve'):.0f} solves;"
        f" each input after that: {1e6 * statistics.median(times['product']):.0f} us"
    )


def main() -> None:
    for factor in (1, 10):
        measure(factor)


if __name__ == "__main__":
    main()
