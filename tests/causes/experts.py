"""Controls of the chapter on experts in three dimensions."""

from dataclasses import replace

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
from aimc_course.studies.experts.placement import PlacedPart, StackPlacement

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
    claim="In the one pair of trainings that was made, the mixture that was trained without noise "
    "tolerates as much as its sister, although its curve is steeper, because its larger lead takes "
    "longer to lose.",
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
    claim="A prompt is not done before its busiest tile, and hardly later if parts are dealt round "
    "the tiles.",
    without="the parts tile after tile",
    quantity="time of a prompt of 64 tokens over that of the products of its busiest tile",
    shows=lambda with_, without: abs(with_ - 1).max() < 0.06 and without.min() > 1.8,
    weights=ROUTERS,
)
def dealt_parts_wait_for_the_busiest_tile(weights: str, seed: int, cause: bool) -> float:
    mixture, tokens = network("eight experts"), 64
    routes = route(mixture, tokens, np.random.default_rng(seed))
    if weights == ROUTERS[1]:
        turns = (2 * np.arange(tokens)[:, None] + np.arange(2)) % mixture.experts
        routes = np.repeat(turns[:, None, :], mixture.blocks, axis=1)
    where = place(mixture, 10, 8, "spread" if cause else "stacked")
    return over_busiest(where, routes)


FAVOURITES = {"mild favourites": 1.0, "strong favourites": 2.0}


@control(
    page=PAGE,
    claim="A prompt on parts that are dealt round the tiles is done about when its busiest tile "
    "is, also for routers that prefer some experts.",
    without="the parts tile after tile",
    quantity="time of a prompt of 64 tokens over that of the products of its busiest tile",
    shows=lambda with_, without: abs(with_.mean() - 1) < 0.15 and without.mean() > 1.4,
    weights=tuple(FAVOURITES),
    seeds=tuple(range(101, 109)),
)
def dealt_parts_of_favourites(weights: str, seed: int, cause: bool) -> float:
    mixture, draws = network("eight experts"), np.random.default_rng(seed)
    where = place(mixture, 10, 8, "spread" if cause else "stacked")
    return over_busiest(where, route(mixture, 64, draws, skew=FAVOURITES[weights]))


EVENLY = ("in their order", "large ones first")


@control(
    page=PAGE,
    claim="Where the busiest tile has a sixth less to do, a prompt is done hardly sooner, if it is "
    "done sooner at all.",
    without="the busiest tile of each placement in place of the whole prompt",
    quantity="time with parts that go to the tile with the least work, over that with parts dealt "
    "round",
    shows=lambda with_, without: with_.mean() > 0.92 and without.mean() < 0.86,
    weights=EVENLY,
    seeds=tuple(range(101, 113)),
)
def even_loads_do_not_help(weights: str, seed: int, cause: bool) -> float:
    mixture = network("eight experts")
    dealt = place(mixture, 10, 8)

    def work(part: PlacedPart) -> float:
        share = 1.0 if part.matrix.expert is None else mixture.active / mixture.experts
        return share * part.shape[0]

    parts = dealt.parts if weights == EVENLY[0] else sorted(dealt.parts, key=work, reverse=True)
    load, filled, placed = np.zeros(10), [0] * 10, []
    for part in parts:
        tile = int(np.where(np.array(filled) < 8, load, np.inf).argmin())
        placed.append(replace(part, tile=tile, tier=filled[tile]))
        filled[tile] += 1
        load[tile] += work(part)
    even = replace(dealt, parts=tuple(placed))
    routes = route(mixture, 64, np.random.default_rng(seed))
    if cause:
        times = [schedule(each, routes, published_stack()).latency for each in (even, dealt)]
    else:
        times = [busiest(each, routes) for each in (even, dealt)]
    return float(times[0] / times[1])


def busiest(where: StackPlacement, routes: np.ndarray) -> float:
    """Return the time of the products of the busiest tile, s: in its crossbars or after them."""
    stack, products, outputs = published_stack(), np.zeros(where.tiles), np.zeros(where.tiles)
    met = (routes[..., None] == np.arange(where.network.experts)).any(axis=2).sum(axis=0)
    for part in where.parts:
        expert = part.matrix.expert
        tokens = len(routes) if expert is None else met[part.matrix.layer, expert]
        products[part.tile] += tokens * stack.mvm_time
        outputs[part.tile] += tokens * part.shape[0] / stack.lanes / stack.clock
    return float(np.maximum(products, outputs).max())


def over_busiest(where: StackPlacement, routes: np.ndarray) -> float:
    """Return the time of a prompt over that of the products of its busiest tile."""
    return float(schedule(where, routes, published_stack()).latency / busiest(where, routes))
