"""Controls of the chapter on programming a conductance."""

from dataclasses import replace

import numpy as np
from controls import control

from aimc.devices.pulsed import PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.recovery.programming import next_current, program_and_verify

PAGE = "2-devices/02-programming"
KINDS = {"2019": pulsed_2019, "HERMES": pulsed_hermes}
DEVICES = 4000


def goals(model: PulsedPCM) -> np.ndarray:
    return np.full(DEVICES, 0.5 * model.g_max)


@control(
    page=PAGE,
    claim="A loop that keeps correcting scatters more than its devices, because each read then "
    "holds two accidents, its own and the one that was chased.",
    without="the right current of each device, left alone",
    quantity="scatter of the reads over that of a device from pulse to pulse",
    shows=lambda with_, without: with_.min() > 1.15 and np.abs(without - 1).max() < 0.05,
    weights=tuple(KINDS),
)
def the_loop_chases_its_accidents(kind: str, seed: int, cause: bool) -> float:
    model, rng = KINDS[kind](), np.random.default_rng(seed)
    devices, targets = model.fabricate(DEVICES, serial=seed), goals(model)
    right = devices.current_for(targets)
    once = []
    for _ in range(2):
        devices.pulse(right, rng)
        once.append(devices.read(rng, model.reads))
    alone = np.std(once[1] - once[0]) / np.sqrt(2)
    current, reads = right, []
    for _ in range(12):
        devices.pulse(current, rng)
        seen = devices.read(rng, model.reads)
        reads.append(seen - targets)
        current = next_current(model, current, seen - targets, 0.8 if cause else 0.0)
    return float(np.sqrt(np.mean(np.var(reads[4:], axis=0, ddof=1))) / alone)


@control(
    page=PAGE,
    claim="A margin that is five times narrower hardly changes the error at the first read, "
    "because most of that error arises after the loop.",
    without="devices that stay where the loop left them",
    quantity="error at the first read, narrow margin over published margin",
    shows=lambda with_, without: with_.min() > 0.85 and without.max() < 0.8,
    weights=tuple(KINDS),
)
def what_follows_the_loop_stays(kind: str, seed: int, cause: bool) -> float:
    model, errors = KINDS[kind](), []
    if not cause:
        model = replace(model, relaxation=(0.0, 0.0))
    for margin in (0.2 * model.margin, model.margin):
        run = program_and_verify(
            model.fabricate(DEVICES, serial=seed),
            goals(model),
            rng=seed,
            margin=margin,
            max_iterations=200,
        )
        errors.append(np.std(run.first_read(seed + 1) - goals(model)))
    return float(errors[0] / errors[1])


@control(
    page=PAGE,
    claim="Devices that come from high conductance in small steps stop at the upper edge of the "
    "band, so that their errors have a mean.",
    without="a first current that suits the median device, with the same small steps",
    quantity="mean error at the last verify over the margin",
    shows=lambda with_, without: with_.min() > 0.4 and np.abs(without).max() < 0.35,
    weights=("target of 10 %", "target of 20 %"),
)
def small_steps_end_at_the_upper_edge(kind: str, seed: int, cause: bool) -> float:
    model = pulsed_hermes()
    target = 0.01 * float(kind.split()[2]) * model.g_max
    run = program_and_verify(
        model.fabricate(DEVICES, serial=seed),
        np.full(DEVICES, target),
        rng=seed,
        first_current=125e-6 if cause else None,
        gain=0.3,
        max_iterations=60,
    )
    return float(np.mean(run.g[run.converged] - target) / model.margin)


@control(
    page=PAGE,
    claim="With narrow margins the error at the last verify levels off at the noise of the verify "
    "read, because a margin below that noise selects lucky reads and not better devices.",
    without="verify reads without noise",
    quantity="error at the last verify over that of an evenly filled margin, a fifth of the "
    "published one, with reads that are not rounded",
    shows=lambda with_, without: with_.min() > 1.3 and np.abs(without - 1).max() < 0.05,
    weights=tuple(KINDS),
)
def a_narrow_margin_selects_lucky_reads(kind: str, seed: int, cause: bool) -> float:
    model = replace(KINDS[kind](), lsb=0.0)
    if not cause:
        model = replace(model, read_noise=0.0, read_floor=0.0)
    margin = 0.2 * model.margin
    run = program_and_verify(
        model.fabricate(2000, serial=seed),
        np.full(2000, 0.5 * model.g_max),
        rng=seed,
        margin=margin,
        max_iterations=300,
    )
    return float(np.std(run.error[run.converged]) / (margin / np.sqrt(3)))
