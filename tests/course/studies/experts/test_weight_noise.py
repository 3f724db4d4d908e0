"""A model with experts on noisy tiers: what its forward must do, and how noise is counted."""

from dataclasses import replace

import numpy as np
import pytest

from aimc import presets
from aimc.cores.cut import parts_of
from aimc_course.studies.experts import (
    CharacterModel,
    Matrix,
    Mixture,
    gaussian_noise,
    noise_tolerance,
    on_devices,
    place,
    published_stack,
    relative_error,
    schedule,
)

SHAPE = Mixture(blocks=2, width=16, inner=8, experts=4, active=2)
CHARACTERS, WINDOW = 11, 24


def model(network=SHAPE, seed=1):
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return rng.normal(0.0, 0.3, shape).astype(np.float32)

    matrices = {m: draw(*m.shape) for m in network.matrices}
    tables = draw(CHARACTERS, network.width), draw(WINDOW, network.width)
    return CharacterModel(network, matrices, *tables, draw(CHARACTERS, network.width))


def text(steps=WINDOW, seed=2):
    return np.random.default_rng(seed).integers(0, CHARACTERS, steps)


def joined(mixture):
    """Return the dense network that holds all experts side by side."""
    dense = mixture.network.dense()
    found = {}
    for matrix in dense.matrices:
        own = [
            m
            for m in mixture.network.matrices
            if (m.layer, m.stage) == (matrix.layer, matrix.stage)
        ]
        pieces = [mixture.matrices[m] for m in own]
        found[matrix] = np.concatenate(pieces, axis=1 if matrix.stage == "down" else 0)
    tables = mixture.embedding, mixture.positions, mixture.head
    return CharacterModel(dense, found, *tables)


def test_no_score_looks_ahead():
    network, codes = model(), text()
    changed = codes.copy()
    changed[10:] = (changed[10:] + 1) % CHARACTERS
    before, after = network.scores(codes[None])[0], network.scores(changed[None])[0]
    assert before[:10] == pytest.approx(after[:10], abs=1e-5)
    assert not np.allclose(before[10:], after[10:], atol=1e-3)


def test_experts_that_are_not_picked_do_not_matter():
    network, codes = model(), text()
    picked = network.routes(codes)
    assert picked.shape == (WINDOW, 2, 2)
    assert (picked[..., 0] < picked[..., 1]).all()
    scores = network.scores(codes[None])[0]
    for expert in range(SHAPE.experts):
        without = dict(network.matrices)
        for m in SHAPE.matrices:
            if m.expert == expert and m.layer == 1:
                without[m] = np.zeros_like(without[m])
        changed = np.abs(network.scores(codes[None], without)[0] - scores).max(axis=-1) > 1e-5
        passed = (picked[:, 1] == expert).any(axis=-1)
        assert not changed[~passed].any()
        assert changed[passed].mean() > 0.8  # of one that passed, all units may be silent


def test_all_experts_with_equal_shares_are_the_dense_network():
    """Without a preference every gate is one of `experts`, which the down matrices can undo."""
    network = model(replace(SHAPE, active=4))
    equal = dict(network.matrices)
    for m in network.network.matrices:
        if m.stage == "router":
            equal[m] = np.zeros_like(equal[m])
        elif m.stage == "down":
            equal[m] = 4 * equal[m]
    one = network.scores(text()[None], equal)
    assert one == pytest.approx(joined(network).scores(text()[None]), abs=1e-4)


def test_a_model_that_knows_nothing_needs_the_logarithm_of_the_alphabet():
    blank = replace(model(), head=np.zeros((CHARACTERS, 16), np.float32))
    assert blank.bits_per_character(text(200)) == pytest.approx(np.log2(CHARACTERS), abs=1e-4)


@pytest.mark.parametrize("tile_size", [8, 16, 64])
def test_noise_is_a_share_of_the_largest_weight_of_each_tier(tile_size):
    network = model()
    loud = {m: w * (10.0 if m.expert == 2 else 1.0) for m, w in network.matrices.items()}
    stack = place(SHAPE, 40, 8, tile_size=tile_size)
    held = gaussian_noise(stack, loud, 0.05, np.random.default_rng(3))
    assert relative_error(stack, loud, held) == pytest.approx(0.05, rel=0.04)
    for matrix in SHAPE.matrices:
        if matrix.expert is not None:
            off = (held[matrix] - loud[matrix]).std() / np.abs(loud[matrix]).max()
            assert 0.02 < off < 0.06
    quiet = gaussian_noise(stack, loud, 0.0, np.random.default_rng(3))
    assert all((quiet[m] == loud[m]).all() for m in SHAPE.matrices)


def test_the_same_generator_gives_the_same_noise_scaled():
    network, stack = model(), place(SHAPE, 5, 8, tile_size=16)
    one, two = (
        gaussian_noise(stack, network.matrices, share, np.random.default_rng(4))
        for share in (0.02, 0.06)
    )
    for m, w in network.matrices.items():
        assert two[m] - w == pytest.approx(3 * (one[m] - w), abs=1e-6)


def test_devices_err_by_some_per_cent_and_each_stack_in_its_own_way():
    network, stack = model(), place(SHAPE, 5, 8, tile_size=16)
    one, again, two = (on_devices(stack, network.matrices, serial) for serial in (1, 1, 2))
    assert 0.02 < relative_error(stack, network.matrices, one) < 0.1
    for m, w in network.matrices.items():
        assert (one[m] == again[m]).all()
        assert not np.allclose(one[m], two[m])
        assert not np.allclose(one[m], w)


def test_every_tier_has_devices_of_its_own():
    network, stack = model(), place(SHAPE, 5, 8, tile_size=16)
    up = [m for m in SHAPE.matrices if m.stage == "up"]
    same = {**network.matrices, **dict.fromkeys(up, network.matrices[up[0]])}
    held = on_devices(stack, same, 1)
    for matrix in up[1:]:
        assert np.abs(held[matrix] - held[up[0]]).max() > 0.01


def test_a_read_is_noisy_and_drift_is_undone_in_the_mean():
    network, stack = model(), place(SHAPE, 5, 8, tile_size=16)
    up = next(m for m in SHAPE.matrices if m.stage == "qkv")
    month = on_devices(stack, network.matrices, 1, 30 * 86400.0)[up]
    wanted = network.matrices[up]
    assert float((month * wanted).sum() / (wanted * wanted).sum()) == pytest.approx(1.0, abs=0.02)
    part = parts_of(up.shape, 16, 16)[0]
    target = wanted[part.where]
    quiet = np.asarray(presets.hermes(1, index=0).program(target).at(30 * 86400.0).weights())
    quiet = quiet * float((target * target).sum() / (quiet * target).sum())
    off = month[part.where] - quiet
    assert 1e-3 < float(np.sqrt((off**2).mean())) / float(np.abs(target).max()) < 0.05


def test_one_plan_gives_noise_and_time():
    """The parts that share a largest weight are those that the schedule sends tokens to."""
    network = model()
    stack = place(SHAPE, 4, 8, tile_size=16)
    line = schedule(stack, network.routes(text()), published_stack(16))
    used = {e.part for e in line.events if e.kind == "tile"}
    assert used <= set(stack.parts)
    assert {p.matrix for p in stack.parts} == set(network.matrices)
    assert line.macs == WINDOW * SHAPE.active_weights


def test_smaller_tiers_take_less_standing_power_and_area():
    whole, half = published_stack(), published_stack(256)
    assert half.standing_power == pytest.approx(whole.standing_power / 2)  # by column
    assert half.tile_area == pytest.approx(whole.tile_area / 4)
    assert (half.lanes, published_stack(64).lanes) == (1, 1)
    assert half.mac_energy == whole.mac_energy
    assert "assumed" in half.origins["tile_size"]


def test_tolerance_lies_where_the_course_meets_the_limit():
    assert noise_tolerance([0.0, 0.1, 0.2], [1.0, 1.2, 1.6], 1.3) == pytest.approx(0.125)
    assert noise_tolerance([0.0, 0.1, 0.2], [1.0, 1.2, 1.6], 1.0) == 0.0
    for limit in (0.9, 1.7):
        with pytest.raises(ValueError, match=f"limit={limit}"):
            noise_tolerance([0.0, 0.1, 0.2], [1.0, 1.2, 1.6], limit)


def test_bad_input_is_named():
    network, stack = model(), place(SHAPE, 5, 8, tile_size=16)
    with pytest.raises(ValueError, match="share=-1"):
        gaussian_noise(stack, network.matrices, -1.0, np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"placement\.tile_size=512"):
        on_devices(place(SHAPE, 40, 8), network.matrices, 1)
    with pytest.raises(ValueError, match="heads=3"):
        replace(network, heads=3)
    with pytest.raises(ValueError, match=r"shape \(48, 16\)"):
        replace(network, matrices={Matrix(0, "qkv", None, (48, 16)): np.zeros((2, 2))})
    with pytest.raises(ValueError, match="steps=25"):
        network.scores(text(25)[None])
    with pytest.raises(ValueError, match="codes"):
        network.bits_per_character(text(100) + CHARACTERS)
    with pytest.raises(ValueError, match="tile_size=0"):
        published_stack(0)
