"""Controls of the chapter on open problems."""

import numpy as np
from controls import control

from aimc_course.studies.roadmap import (
    ANALOG_NAMES,
    H100,
    NORTHPOLE,
    Roadmap,
    decoder_7b,
    hoped,
    today,
)

PAGE = "5-outlook/07-open-problems"
CONTEXTS = {"2,048 tokens": 2048, "512 tokens": 512}


@control(
    page=PAGE,
    claim="Standing power takes most of the energy of a token of one user, because of 128 stages "
    "at most one is at work.",
    without="as many users as stages, so that every stage is at work",
    quantity="standing power over cells, converters and digital units",
    shows=lambda with_, without: with_.min() > 50 and without.max() < 15,
    weights=tuple(CONTEXTS),
)
def one_stage_of_many_is_at_work(weights: str, seed: int, cause: bool) -> float:
    token = decoder_7b(CONTEXTS[weights])
    constants = today().draw(1, np.random.default_rng(seed))
    users = 1 if cause else token.stages
    parts = Roadmap(token, H100, users).compare(constants).analog.parts
    work = sum(parts[name] for name in ("cells", "converters", "digital units"))
    return float((parts["standing"] / work)[0])


LONE = {"16 times the context": 16, "8 times the context": 8}


@control(
    page=PAGE,
    claim="A lone user at a long context is farther from a win than many users at a short one with "
    "the same product, because columns and units for attention wait while keys and values arrive.",
    without="columns and units that draw nothing while they wait",
    quantity="share of draws with a win for many users, less that of one, in percentage points",
    shows=lambda with_, without: with_.min() > 15 and without.max() < 10,
    weights=tuple(LONE),
)
def a_lone_user_lets_all_others_wait(weights: str, seed: int, cause: bool) -> float:
    many = LONE[weights]
    drawn = hoped().draw(400, np.random.default_rng(seed))
    if not cause:
        drawn |= {name: np.zeros(400) for name in ("idle_share", "beside_idle_share")}
    crowd, one = (
        Roadmap(decoder_7b(tokens), H100, users).compare(drawn).wins("energy")
        for users, tokens in ((many, 2048), (1, 2048 * many))
    )
    return 100 * (crowd - one)


CROWDS = {"512 users": (512, 32768), "256 users": (256, 32768)}


@control(
    page=PAGE,
    claim="The share of draws with a win levels off for many users and long contexts, because both "
    "machines then read keys and values at prices that are not known yet.",
    without="a unit for attention at a tenth of an H100 and a rival that stands still",
    quantity="distance of the share of draws with a win from all draws, %",
    shows=lambda with_, without: with_.min() > 25 and without.max() < 3,
    weights=tuple(CROWDS),
)
def unknown_prices_leave_it_open(weights: str, seed: int, cause: bool) -> float:
    users, context = CROWDS[weights]
    constants = hoped() if cause else hoped().fix(beside_share=0.1, rival_progress=1.0)
    asked = Roadmap(decoder_7b(context), H100, users, constants)
    chance = asked.forecast(400, np.random.default_rng(seed)).wins("energy")
    return 100 * min(chance, 1 - chance)


@control(
    page=PAGE,
    claim="On the same area a win is rare even for one user, because an H100 keeps its weights in "
    "dense memory chips and the analog machine in silicon that computes.",
    without="the silicon in which NorthPole keeps the same weights, added to that of the H100",
    quantity="share of draws with a win in tokens per second and area, %",
    shows=lambda with_, without: with_.max() < 15 and without.min() > 85,
    weights=tuple(CONTEXTS),
)
def weights_are_on_the_silicon_that_is_counted(weights: str, seed: int, cause: bool) -> float:
    token = decoder_7b(CONTEXTS[weights])
    card, resident = (
        Roadmap(token, rival, 1, hoped()).forecast(400, np.random.default_rng(seed))
        for rival in (H100, NORTHPOLE)
    )
    area = card.digital.area + (0.0 if cause else resident.digital.area)
    ours = card.analog.throughput / card.analog.area
    return 100 * float(np.mean(ours > card.digital.throughput / area))


LONG = {"2,048 tokens": 2048, "1,536 tokens": 1536}


@control(
    page=PAGE,
    claim="Half of the way to what is hoped for, no number of layers of cells lets one user's "
    "tokens per second and area draw level with an H100, because fewer chips have fewer memories.",
    without="the memories of all chips help the block at work, over links",
    quantity="largest gain in tokens per second and area, for 1 to 16 layers",
    shows=lambda with_, without: with_.max() < 0.9 and without.min() > 1,
    weights=tuple(LONG),
)
def fewer_chips_have_fewer_memories(weights: str, seed: int, cause: bool) -> float:
    middle = {name: hoped()[name].middle for name in ANALOG_NAMES}
    constants = hoped().fix(**middle, borrowed_share=0.0 if cause else 1.0)
    drawn = constants.draw(1, np.random.default_rng(seed))
    asked = Roadmap(decoder_7b(LONG[weights]), H100)
    layers = (drawn | {"tiers": np.array([float(n)])} for n in range(1, 17))
    return max(float(asked.compare(values).gain("density")[0]) for values in layers)
