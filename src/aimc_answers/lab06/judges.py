"""Judges of lab 6, and what to say to the usual wrong answers."""

import numpy as np

from aimc.units import MICRO, MM2, NANO, TERA
from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import array, function, number, properties
from aimc_answers.checks.slips import (
    but,
    changed,
    flipped,
    inverse,
    reordered,
    scaled,
    slip,
    summed,
)
from aimc_answers.copies import names_copies
from aimc_course.labs.lab06 import given
from aimc_course.labs.lab06.given import image
from aimc_course.labs.lab06.questions import LAB

answers = Answers(__package__)
FAST = {"read_mode": "1-phase"}
LEAST = np.array([5e-7, 1e-8, 1e-10, 2e-2])  # latency (s), energies (J) and power (W) of a layer

q1 = array(
    LAB["q1"],
    answers.read_energies,
    scaled("that is the energy of all 64 cores: one core, please", 64),
    flipped("the two are exchanged: one-phase comes first"),
    scaled("that is in µJ: give J", 1 / MICRO),
    scaled("that is in nJ: give J", 1 / NANO),
    rtol=0.005,
    unit="J",
    parts=("one-phase", "four-phase"),
    praise="Right: all 65,536 products of a core for a few hundredths of a microjoule.",
)

q2 = function(
    LAB["q2"],
    lambda rng: (*rng.integers(2, 600, 3).tolist(), *rng.uniform([1e-7, 1e-8], [1e-6, 1e-7])),
    answers.peak,
    scaled("a multiplication and an addition are two operations", 0.5),
    slip(
        "`e_read` is the energy of one core: all of them read",
        lambda cores, *rest: np.multiply(answers.peak(cores, *rest), [1, cores]),
    ),
    but("all cores read at the same time: multiply the operations by their number", cores=1),
    flipped("the two are exchanged: the throughput comes first"),
    rounds=6,
    parts=("throughput", "efficiency"),
    praise="Right: the number of cores makes a chip faster, not more efficient.",
)

q3 = number(
    LAB["q3"],
    answers.die_density,
    but(
        "that is per area of crossbars and converters: who pays for the rest of the die?",
        area="MVM area",
    ),
    but("that is the one-phase read: the accuracies are of the other", **FAST),
    but("that is the number of the brochure: other read mode, other area", **FAST, area="MVM area"),
    but("that is with all 64 cores: on your die fewer work", good=64),
    scaled("that is in TOPS/mm²: give OP/s per m², the `.value`", MM2 / TERA),
    scaled("per m², not per mm²: 1 mm² is 1e-6 m²", MM2),
    rtol=0.005,
    praise="Right: mode, scope and area, all three.",
)

q4 = function(
    LAB["q4"],
    lambda rng: (*rng.integers((2, 100), (20, 3000)).tolist(), *rng.uniform(LEAST, 5 * LEAST)),
    answers.layer_parts,
    but("every core of the layer is read, and every one stands under power", cores=1),
    slip(
        "`values` counts those of all cores already",
        lambda cores, values, *rest: answers.layer_parts(cores, cores * values, *rest),
    ),
    slip(
        "`power` is that of one core: all cores of the layer stand under power",
        lambda cores, *rest: answers.layer_parts(cores, *rest) / [1, 1, cores],
    ),
    but("a power is not an energy: for how long does it flow?", latency=1.0),
    summed("that is the sum: return the three parts"),
    rounds=6,
    unit="J",
    parts=("reads", "values", "standing power"),
    praise="Right: work, transport, and waiting.",
)

q5 = array(
    LAB["q5"],
    answers.own_parts,
    slip(
        "the reads are those of full cores: `read_energy` takes `utilisation=layer.utilisation()`",
        lambda serial: (
            given.own_layer(serial).cores * answers.read_energies()[1],
            *answers.own_parts(serial)[1:],
        ),
    ),
    but("that is the one-phase read: use the four-phase one, for energy and latency", **FAST),
    slip(
        "every core of a chain passes its values on: use `layer.values`",
        lambda serial: answers.own_parts(serial) / [1, given.own_layer(serial).chain, 1],
    ),
    scaled("that is in nJ: give J", 1 / NANO),
    rtol=0.002,
    unit="J",
    parts=("reads", "values", "standing power"),
)

q6 = function(
    LAB["q6"],
    lambda rng: (rng.uniform(0.05, 0.95), rng.uniform(1.5, 10.0)),
    answers.amdahl,
    inverse("upside down: that is what is left, how many times less is it?"),
    but("you divided the rest: the share itself is what shrinks", share=lambda share: 1 - share),
    slip("that is the limit for an infinite factor", lambda share, factor: 1 / (1 - share)),
    slip("the rest stays as it is: add it", lambda share, factor: share * factor),
    rounds=8,
    praise="Right: the part that stays sets the limit.",
)

q7 = array(
    LAB["q7"],
    answers.halved,
    flipped("the two are exchanged: cheaper reads come first"),
    inverse("upside down: before over after"),
    slip("only a part is halved", lambda serial: [2.0, 2.0]),
    changed("that is the share saved: give energy before over after", lambda gain: 1 - 1 / gain),
    rtol=0.005,
    parts=("cheaper reads", "half the latency"),
    praise="Right: neither comes near a factor of two.",
)

q8 = number(
    LAB["q8"],
    answers.reads_only,
    slip(
        "that charges a read of a nearly empty core like one of a full core: use `utilisation=`",
        answers.empty_like_full,
    ),
    slip(
        "that counts each core once: a core that is read 1024 times weighs 1024 times as much",
        lambda serial: image(serial).utilisation * answers.peak_efficiency(),
    ),
    but(
        "that is the lower end of the range: the central energy is what `read_energy` returns",
        end=1,
    ),
    but(
        "that is the upper end of the range: the central energy is what `read_energy` returns",
        end=0,
    ),
    but("that is with the peak of the one-phase read", **FAST),
    slip(
        "that counts values and standing power, too: reads alone, please",
        lambda serial: image(serial).efficiency.value,
    ),
    slip("that is the peak: your cores are not full", lambda serial: answers.peak_efficiency()),
    scaled("these are multiply-accumulates: each of them is two operations", 0.5),
    scaled("that is in TOPS/W: give operations per J", 1 / TERA),
    rtol=0.005,
    praise="Right: a read of empty cells costs less than one of full cells, but far from nothing.",
)


def all_factors(serial: int) -> np.ndarray:
    """Return the factors of a student with that of the mode before them."""
    mode = answers.peak_efficiency("1-phase") / answers.peak_efficiency()
    return np.append(mode, answers.gap_factors(serial))


q9 = array(
    LAB["q9"],
    answers.gap_factors,
    inverse("upside down: each factor is above 1"),
    reordered("the last two are exchanged: values come before waiting", 0, 2, 1),
    slip("three factors, please: the first, of the mode, is the same on every chip", all_factors),
    but(
        "the order of the last two matters: first the values, then what waiting adds to both",
        waiting_first=True,
    ),
    slip(
        "the first: count empty cells as often as they are read, as in question 8",
        lambda serial: answers.gap_factors(serial, 1 / image(serial).utilisation),
    ),
    slip(
        "the first: a read of empty cells costs less than one of full cells, as in question 8",
        lambda serial: answers.gap_factors(serial, 1 / answers.read_share(serial)),
    ),
    rtol=0.005,  # as question 8, from which the first follows
    parts=("empty cells", "values", "waiting"),
    praise="Right: each factor is the work of somebody else.",
)

q10 = number(
    LAB["q10"],
    answers.breakeven,
    but(
        "the digital machine multiplies, too: that energy does not depend on reuse", arithmetic=0.0
    ),
    but("per multiply-accumulate, not per operation: one is two operations", operations=2),
    but("that is with weights in SRAM: they come from DRAM", memory="SRAM"),
    inverse("upside down"),
    *(
        slip("rounded to whole reads: give at least three digits, decimals included", whole)
        for whole in (
            lambda serial: np.floor(answers.breakeven(serial)),
            lambda serial: np.ceil(answers.breakeven(serial)),
        )
    ),
    rtol=0.002,
    praise="Right: crossbars save the fetch, and a fetch that is shared costs little.",
)

q11 = array(
    LAB["q11"],
    answers.image_energies,
    flipped("the two are exchanged: the single image comes first"),
    but("that is the one-phase read", **FAST),
    but("only standing power grows with time: reads and values stay as they are", all_grow=True),
    rtol=0.005,
    unit="J",
    parts=("single image", "stream"),
    praise="Right: the same reads, another time under power.",
)


def excess(plan: dict[str, int], serial: int) -> float:
    """Return the share of cores that a plan takes beyond the fewest that meet the order."""
    return image(serial, plan).cores / image(serial, answers.best_plan(serial)).cores - 1


q12 = properties(
    LAB["q12"],
    *names_copies(lambda serial, plan: image(serial, plan).cores),
    needs(
        "it takes more cores than your customer pays for",
        lambda plan, serial: image(serial, plan).cores <= given.terms(serial)[0],
    ),
    needs(
        "it does not keep the rate that your customer asks for",
        lambda plan, serial: image(serial, plan).rate.value >= 0.999 * given.terms(serial)[1],
    ),
    earns(
        "it keeps the rate, but the result comes too late: the latency adds up all layers",
        lambda plan, serial: image(serial, plan).seconds <= 1.001 * MICRO * given.terms(serial)[3],
    ),
    earns(
        "it meets the order, with over 10 % more cores than it takes: each of them waits",
        lambda plan, serial: excess(plan, serial) <= 0.1,
    ),
    earns(
        "a plan with fewer cores exists: try all copies that the budget allows",
        lambda plan, serial: excess(plan, serial) <= 0,
    ),
    model=answers.best_plan,
    praise="Right: no plan within the order has fewer cores, and so none has a cheaper image.",
)
