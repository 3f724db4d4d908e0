"""Controls of the chapter on the next chips."""

from dataclasses import replace

import numpy as np
from controls import control

from aimc.layers import DecoderShape
from aimc_course.studies.next_chips import ChipRow, DecodingChip, mesh_constants

PAGE = "5-outlook/01-next-chips"
DECODERS = {
    "narrow": DecoderShape(blocks=12, width=1024, heads=16),
    "wide": DecoderShape(blocks=8, width=2048, heads=32),
}


def machine(weights: str, waits: bool) -> DecodingChip:
    """Return a decoder on its mesh, whose cores take power while they wait, or none."""
    constants = mesh_constants()
    return DecodingChip(DECODERS[weights], constants if waits else constants.changed(idle_share=0))


@control(
    page=PAGE,
    claim="On a row of chips the energy of a token follows its time, because all the other chips "
    "wait while one works.",
    without="cores that need nothing while they wait",
    quantity="growth of the energy without links, over the growth of the time",
    shows=lambda with_, without: with_.min() > 0.1 and abs(without).max() < 0.01,
    weights=tuple(DECODERS),
)
def energy_follows_the_time(weights: str, seed: int, cause: bool) -> float:
    chip = machine(weights, cause)
    row = ChipRow(chip, int(np.random.default_rng(seed).integers(16, 48)))
    alone, linked = chip.step(512), row.step(512)
    more = (linked.energy - row.link_energy) / alone.energy - 1
    return more / (linked.latency / alone.latency - 1)


@control(
    page=PAGE,
    claim="A prompt saves no reads: what makes it cheaper than an answer is standing power, which "
    "tokens that follow each other share.",
    without="cores without standing power",
    quantity="energy of an answer over that of a prompt of the same length",
    shows=lambda with_, without: with_.min() > 1.5 and abs(without - 1).max() < 0.02,
    weights=tuple(DECODERS),
)
def a_prompt_saves_waiting(weights: str, seed: int, cause: bool) -> float:
    chip = machine(weights, True)
    if not cause:
        core = replace(chip.constants.core, standing_power=0.0)
        chip = replace(chip, constants=chip.constants.changed(core=core))
    tokens = int(np.random.default_rng(seed).integers(200, 800))
    answer = tokens * 0.5 * (chip.step(1).energy + chip.step(tokens).energy)
    return answer / chip.prompt(tokens).energy


@control(
    page=PAGE,
    claim="Attention overtakes the cores at a tenth of the context if its cache lies outside, "
    "because of the price of a byte and not of its arithmetic.",
    without="a byte outside at the price of one on the chip",
    quantity="context of equal energy with the cache on the chip, over that with it outside",
    shows=lambda with_, without: with_.min() > 5 and abs(without - 1).max() < 0.01,
    weights=tuple(DECODERS),
)
def the_price_of_a_byte_decides(weights: str, seed: int, cause: bool) -> float:
    price = float(np.random.default_rng(seed).uniform(0.0, 0.6))
    constants = mesh_constants(price=price)
    if not cause:
        constants = constants.changed(outer_energy=constants.memory_energy)
    chip = DecodingChip(DECODERS[weights], constants)

    def growing(cache: str) -> float:
        step = chip.step(64, cache=cache)
        return step.part("attention").energy + step.part("cache").energy

    return growing("outside") / growing("chip")
