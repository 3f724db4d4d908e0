"""Controls of the chapter on experts in three dimensions."""

import numpy as np
from controls import control

from aimc_course.studies import results
from aimc_course.studies.experts import (
    Mixture,
    noise_tolerance,
    place,
    published_stack,
    route,
    schedule,
)

PAGE = "5-outlook/03-experts-in-three-dimensions"
NETWORKS = {"eight experts": 8, "sixteen experts": 16}
TOKENS = 32


def network(weights: str) -> Mixture:
    return Mixture(blocks=2, width=512, inner=1024, experts=NETWORKS[weights], active=2)


def microseconds(of: Mixture, tiles: int, tiers: int, seed: int) -> float:
    """Return the time of a prompt on a stack."""
    routes = route(of, TOKENS, np.random.default_rng(seed))
    return 1e6 * schedule(place(of, tiles, tiers), routes, published_stack()).latency


@control(
    page=PAGE,
    claim="On the flat chip the mixture has no advantage in time, because every matrix has its own "
    "converters.",
    without="the same tiers on an eighth of the tiles, whose converters they share",
    quantity="time of the dense network of as many weights, over that of the mixture",
    shows=lambda with_, without: with_.max() < 1.15 and without.min() > 1.5,
    weights=tuple(NETWORKS),
)
def converters_of_ones_own(weights: str, seed: int, cause: bool) -> float:
    mixture = network(weights)
    dense = mixture.dense()
    parts = len(place(mixture, 1000, 1).parts) + 8
    tiles, tiers = (parts, 1) if cause else (-(-parts // 8), 8)
    return microseconds(dense, tiles, tiers, seed) / microseconds(mixture, tiles, tiers, seed)


@control(
    page=PAGE,
    claim="A small dense network that multiplies as often is slower than the mixture, because the "
    "tiles that hold resting experts also let more parts multiply side by side.",
    without="the mixture on as few tiles as the small network",
    quantity="time of the small network over that of the mixture",
    shows=lambda with_, without: with_.min() > 1.3 and without.max() < 1.1,
    weights=tuple(NETWORKS),
)
def tiles_of_resting_experts_help(weights: str, seed: int, cause: bool) -> float:
    mixture = network(weights)
    small = Mixture(blocks=2, width=512, inner=2048, experts=1, active=1)
    needed = [-(-len(place(net, 1000, 1).parts) // 8) for net in (small, mixture)]
    tiles = needed[1] if cause else needed[0]
    tiers = 8 if cause else -(-8 * needed[1] // needed[0])
    return microseconds(small, needed[0], 8, seed) / microseconds(mixture, tiles, tiers, seed)


HALVES = {"first six stacks": 0, "last six stacks": 6}


@control(
    page=PAGE,
    claim="The mixture that was trained without noise tolerates as much as its sister, although "
    "its curve is steeper, because its larger lead takes longer to lose.",
    without="the same rise of its loss, from where its sister starts",
    quantity="noise that it tolerates minus that of its sister, % of the largest weight of a tier",
    shows=lambda with_, without: abs(with_.mean()) < 0.5 and without.max() < -0.5,
    weights=tuple(HALVES),
    seeds=(0, 1, 2, 3, 4, 5),
)
def a_larger_lead_takes_longer_to_lose(weights: str, seed: int, cause: bool) -> float:
    stored, stack = results.stored("experts_in_three_dimensions"), HALVES[weights] + seed
    limit = stored["gaussian"]["small"]["0.0"][0]

    def course(name: str) -> np.ndarray:
        rows = stored["gaussian"][name].values()
        return np.array([row[stack] if len(row) > 1 else row[0] for row in rows])

    plain, sister = course("plain"), course("mixture")
    if not cause:
        plain = plain - plain[0] + sister[0]
    found = [noise_tolerance(stored["noises"], bits, limit) for bits in (plain, sister)]
    return 100 * (found[0] - found[1])


ROUTERS = ("a random router", "experts that take turns")


@control(
    page=PAGE,
    claim="A prompt takes as long as its busiest tile, which has more to do than the mean, because "
    "matrices of attention work for every token and an expert for every fourth.",
    without="the multiplications of the busiest tile in place of the mean over tiles",
    quantity="time of a prompt of 64 tokens over that of its multiplications",
    shows=lambda with_, without: with_.min() > 1.25 and abs(without - 1).max() < 0.06,
    weights=ROUTERS,
)
def the_busiest_tile_decides(weights: str, seed: int, cause: bool) -> float:
    mixture, tokens = network("eight experts"), 64
    routes = route(mixture, tokens, np.random.default_rng(seed))
    if weights == ROUTERS[1]:
        turns = (2 * np.arange(tokens)[:, None] + np.arange(2)) % mixture.experts
        routes = np.repeat(turns[:, None, :], mixture.blocks, axis=1)
    return over_tiles(mixture, routes, cause)


FAVOURITES = {"mild favourites": 1.0, "strong favourites": 2.0}


@control(
    page=PAGE,
    claim="A prompt takes about as long as its busiest tile for any routing, also for routers that "
    "prefer some experts.",
    without="the multiplications of the busiest tile in place of the mean over tiles",
    quantity="time of a prompt of 64 tokens over that of its multiplications",
    shows=lambda with_, without: with_.min() > 1.25 and abs(without - 1).max() < 0.15,
    weights=tuple(FAVOURITES),
)
def any_router_waits_for_the_busiest_tile(weights: str, seed: int, cause: bool) -> float:
    mixture, draws = network("eight experts"), np.random.default_rng(seed)
    return over_tiles(mixture, route(mixture, 64, draws, skew=FAVOURITES[weights]), cause)


def over_tiles(mixture: Mixture, routes: np.ndarray, mean: bool) -> float:
    """Return the time of a prompt over that of the products of a mean or of the busiest tile."""
    stack = published_stack()
    line = schedule(place(mixture, 10, 8), routes, stack)
    busy = np.bincount([e.part.tile for e in line.events if e.kind == "tile"], minlength=10)
    each = max(stack.mvm_time, stack.tile_size / stack.lanes / stack.clock)
    return float(line.latency / (each * (busy.mean() if mean else busy.max())))
