"""Where parts stand if companions are kept apart, and in which order a token's events are told."""

from itertools import pairwise

import numpy as np
import pytest

from aimc_course.studies.experts import (
    Mixture,
    coactivation,
    place,
    published_stack,
    route,
    schedule,
)

SMALL = Mixture(blocks=1, width=512, inner=512, experts=4, active=1)


def apart(company):
    return place(SMALL, 4, 4, "apart", company=company)


def test_parts_that_every_token_needs_at_once_stand_on_different_tiles():
    stack = apart(np.full((1, 4, 4), 0.25))
    tiles = [p.tile for p in stack.parts if p.matrix.stage == "qkv"]
    assert len(set(tiles)) == len(tiles) == 3


def test_popular_experts_do_not_pile_up_on_one_tile():
    shares = np.array([0.7, 0.1, 0.1, 0.1])
    stack = apart(np.diag(shares)[None])
    load = np.zeros(4)
    for part in stack.parts:
        load[part.tile] += 1.0 if part.matrix.expert is None else shares[part.matrix.expert]
    assert load.sum() == pytest.approx(3 + 1 + 1 + 2)
    assert np.ptp(load) < 0.8


def test_companions_stand_on_different_tiles():
    together = np.zeros((1, 4, 4))
    together[0, :2, :2] = together[0, 2:, 2:] = 0.5
    stack = apart(together)
    for stage in ("up", "down"):
        tile = {p.matrix.expert: p.tile for p in stack.parts if p.matrix.stage == stage}
        assert tile[0] != tile[1]
        assert tile[2] != tile[3]


def test_skew_makes_experts_popular_and_affinity_makes_companions():
    network = Mixture()

    def shares(**options):
        return coactivation(network, route(network, 2000, np.random.default_rng(5), **options))

    even, skewed, paired = shares(), shares(skew=1.5), shares(affinity=4.0)
    popular = [np.ptp(np.diagonal(s, axis1=1, axis2=2)) for s in (even, skewed, paired)]
    assert popular[0] < 0.1
    assert popular[1] > 0.4
    assert popular[2] < 0.1
    assert even[0, 0, 1] < 0.1 < 0.15 < paired[0, 0, 1]


@pytest.mark.parametrize("token", [0, 3])
def test_events_of_a_token_are_told_by_time_of_start(token):
    network = Mixture()
    routes = route(network, 6, np.random.default_rng(2))
    line = schedule(place(network, 3, 26), routes, published_stack())
    starts = [event["start"] for event in line.token_events(token)]
    assert all(a <= b for a, b in pairwise(starts))
    assert len(starts) > 40
