"""A token's step, a prompt, a row of chips, and what is published about tiles and systems."""

import itertools
from dataclasses import replace

import pytest

from aimc.layers import DecoderShape
from aimc.published import fact
from aimc_course.studies.next_chips import (
    ChipRow,
    DecodingChip,
    LinkConstants,
    assumed_links,
    generation,
    many_core,
    mesh_constants,
    nodes_until_even,
    resnet18,
    system_points,
    tile_energy_shares,
)
from aimc_course.studies.next_chips.many_core import CLUSTERS
from aimc_course.studies.next_chips.tiles import TILE_PEAKS
from aimc_course.studies.roadmap import analog_machine, decoder_7b, today

SMALL = DecoderShape(blocks=4, width=512, heads=8)
CHIP = DecodingChip(SMALL)


def energies(step):
    return {part.name: part.energy for part in step.parts}


# -- one token -----------------------------------------------------------------------------------


def test_a_decoder_has_the_weights_of_its_matrices():
    assert SMALL.weights == 4 * 12 * 512**2
    assert CHIP.cores == 4 * 48
    shared = DecoderShape(blocks=4, width=512, heads=8, key_heads=2)
    assert shared.weights == 4 * (2 * 512**2 + 2 * 512 * 128 + 8 * 512**2)
    assert SMALL.cache_bytes(1000) == 4 * shared.cache_bytes(1000) == 2 * 4 * 512 * 1000
    assert SMALL.cache_bytes(1000, bits=4) == SMALL.cache_bytes(500)


def test_matrices_cost_the_same_at_any_context_and_attention_grows_with_it():
    short, long = CHIP.step(100), CHIP.step(400)
    a, b = energies(short), energies(long)
    for name in ("matrices on cores", "mesh", "norms and activations"):
        assert a[name] == b[name] > 0
    for name in ("attention", "cache"):
        assert b[name] == pytest.approx(4 * a[name])
    assert long.latency > short.latency
    assert long.energy == pytest.approx(sum(long.of(w) for w in _kinds(long)))


def _kinds(step):
    return {part.where for part in step.parts}


def test_energies_by_hand():
    c, d, context = CHIP.constants, SMALL, 300
    core, step = c.core, CHIP.step(context)
    reads = d.blocks * 48 * core.mvm_energy[1]
    values = d.blocks * (2 * 512 * 3 + 2 * 512 + 2 * 2048 + 8 * 512) * core.energy_value
    assert step.part("matrices on cores").energy == pytest.approx(reads + values)
    fetched = 2 * d.blocks * d.width * context
    assert step.part("cache").energy == pytest.approx(fetched * 2 * 5e-12 / 4)
    attention = fetched * 0.2e-12 + 4 * d.blocks * 8 * context * 4.6e-12
    assert step.part("attention").energy == pytest.approx(attention)


def test_parts_on_the_mesh_are_those_of_the_plan():
    performance = CHIP.plan.performance()
    step = energies(CHIP.step(1))
    assert step["mesh"] == pytest.approx(4 * performance.energies["mesh"])
    both = ("crossbar, ADCs, PWM", "LDPU, links, GDPU")
    assert step["matrices on cores"] == pytest.approx(
        4 * sum(performance.energies[x] for x in both)
    )


def test_the_time_on_cores_is_reads_values_and_hops():
    times, step = CHIP.core_times(), CHIP.step(100)
    assert sum(times.values()) == pytest.approx(step.part("matrices on cores").seconds)
    assert times["MVM"] == pytest.approx(4 * 4 * 520e-9)
    assert times["values leave"] == pytest.approx(4 * 4 * 256 / 400e6)
    assert times["hops"] > 4 * (1 + 1 + 1 + 7) * 25 / 400e6 * 0.99  # chains of 2, 2, 2 and 8 cores
    quick = DecodingChip(SMALL, mesh_constants("ALPINE")).core_times()
    assert quick["MVM"] == pytest.approx(4 * 4 * 100e-9)
    assert quick["hops"] == times["hops"]


def test_a_cache_outside_costs_what_its_price_says():
    inside, outside = CHIP.step(500, cache="chip"), CHIP.step(500, cache="outside")
    # per byte 8 x 3.92 pJ x sqrt(0.75 x 1.5) outside and 2.5 pJ in a bank
    ratio = 8 * 3.92 * (0.75 * 1.5) ** 0.5 / 2.5
    assert outside.part("cache").energy == pytest.approx(ratio * inside.part("cache").energy)
    assert outside.latency > inside.latency
    assert energies(outside)["attention"] == energies(inside)["attention"]


def test_memories_have_the_range_of_the_price_list():
    prices = today()["memory_energy"]
    cheap, dear = (mesh_constants(price=p) for p in (0.0, 1.0))
    assert (cheap.outer_energy, dear.outer_energy) == pytest.approx(
        (8 * prices.low, 8 * prices.high)
    )
    assert dear.memory_energy == pytest.approx(4 * cheap.memory_energy)
    assert dear.outer_bandwidth < cheap.outer_bandwidth < 3.35e12 / 5
    assert cheap.digital_mac_energy == today()["mac_energy"].middle
    with pytest.raises(ValueError, match="price"):
        mesh_constants(price=1.5)


def test_a_token_on_the_mesh_takes_for_its_weights_what_the_price_list_says():
    token = decoder_7b()
    chip = DecodingChip(DecoderShape(blocks=32, width=4096, heads=32))
    parts = analog_machine(token, today().middle()).parts
    work = sum(float(parts[k][0]) for k in ("cells", "converters", "digital units"))
    found = chip.step(64).part("matrices on cores").energy
    # the mesh adds partial sums of a matrix in place and has no idle cells
    assert found / chip.decoder.weights == pytest.approx(work / token.weights, rel=0.05)


def test_a_cache_that_does_not_fit_goes_outside_or_raises():
    longest = CHIP.longest_cached
    assert SMALL.cache_bytes(longest) <= CHIP.cache_room < SMALL.cache_bytes(longest + 1)
    assert CHIP.step(longest).cache == "chip"
    assert CHIP.step(longest + 1).cache == "outside"
    assert CHIP.step(longest // 2, users=3).cache == "outside"
    with pytest.raises(ValueError, match="cache='chip' is not allowed"):
        CHIP.step(longest + 1, cache="chip")


def test_queries_that_share_keys_fetch_less_and_compute_as_much():
    shared = DecodingChip(replace(SMALL, key_heads=2))
    a, b = energies(CHIP.step(400)), energies(shared.step(400))
    assert b["cache"] == pytest.approx(a["cache"] / 4)
    assert b["attention"] == a["attention"]
    assert b["matrices on cores"] < a["matrices on cores"]


def test_more_users_fill_the_pipeline_until_something_is_always_busy():
    periods = [CHIP.step(64, users=u, cache="chip").period for u in (1, 2, 4, 1000 // 64)]
    assert periods == sorted(periods, reverse=True)
    assert periods[0] == pytest.approx(2 * periods[1])
    alone, together = CHIP.step(64), CHIP.step(64, users=16)
    assert together.part("standing power").energy < alone.part("standing power").energy
    assert together.latency == alone.latency
    assert alone.per_user == pytest.approx(alone.latency)
    crowded = CHIP.step(16, users=10**5, cache="outside")
    assert crowded.period >= CHIP.pace
    assert crowded.per_user > crowded.latency


def test_idle_cores_decide_what_a_lone_user_pays():
    awake = DecodingChip(SMALL, mesh_constants().changed(idle_share=1.0)).step(64)
    asleep = DecodingChip(SMALL, mesh_constants().changed(idle_share=0.0)).step(64)
    assert awake.part("standing power").energy > 10 * asleep.part("standing power").energy
    crowd = DecodingChip(SMALL, mesh_constants().changed(idle_share=1.0)).step(64, users=64)
    assert crowd.energy < 0.3 * awake.energy


def test_a_prompt_is_faster_than_its_tokens_one_by_one_and_no_cheaper_on_cores():
    prompt = CHIP.prompt(256)
    one_by_one = sum(CHIP.step(t).latency for t in (1, 128, 256)) / 3 * 256
    assert prompt.seconds < one_by_one / 5
    assert prompt.seconds > 255 * CHIP.pace
    reads = 256 * CHIP.step(1).part("matrices on cores").energy
    assert prompt.energy > reads
    assert CHIP.prompt(1).seconds == pytest.approx(CHIP.step(1).latency)


@pytest.mark.parametrize(
    "wrong",
    [{"heads": 7}, {"blocks": 0}, {"width": -1}, {"heads": 8, "key_heads": 3}],
)
def test_bad_shapes_raise(wrong):
    with pytest.raises(ValueError, match="|".join(wrong)):
        DecoderShape(**{"width": 512, "heads": 8, **wrong})
    with pytest.raises(ValueError, match="context"):
        CHIP.step(0)
    with pytest.raises(ValueError, match="users"):
        CHIP.step(1, users=0)


# -- a row of chips ----------------------------------------------------------------------------


@pytest.mark.parametrize("per_chip", [1, 7, 48, 64, 192, 1000])
def test_chips_hold_all_cores_and_borders_lie_between_them(per_chip):
    row = ChipRow(CHIP, per_chip)
    assert (row.chips - 1) * per_chip < CHIP.cores <= row.chips * per_chip
    assert len(row.cuts) == row.chips - 1
    assert [cut.block for cut in row.cuts] == sorted(cut.block for cut in row.cuts)
    assert row.bytes_per_token == pytest.approx(sum(cut.bytes for cut in row.cuts))


def test_a_border_between_blocks_carries_the_residual_stream_alone():
    row = ChipRow(CHIP, 48)
    assert [cut.block for cut in row.cuts] == [1, 2, 3]
    for cut in row.cuts:
        assert (cut.layer, cut.share, cut.bytes) == ("projections", 0.0, 2 * 512)


def test_crossings_by_hand():
    row = ChipRow(CHIP, 24)  # a border after the projections, 12 cores, output, 4, and 8 of 16
    assert row.cuts[0].layer == "expand"
    assert row.cuts[0].share == 0.5
    assert row.cuts[0].bytes == 2 * 512 + 0.5 * 2048
    assert row.crossing("contract", 0.25) == 2 * 512 + 2048 + 128
    assert row.crossing("output", 1.0) == 2 * 512 + 512 + 512
    for layer in ("output", "contract"):
        shares = [row.crossing(layer, s / 4) for s in range(5)]
        assert shares == sorted(shares)
    with pytest.raises(ValueError, match="layer='up'"):
        row.crossing("up", 0.5)
    with pytest.raises(ValueError, match="share"):
        row.crossing("expand", 1.5)


def test_crossings_meet_where_a_matrix_ends_and_the_next_begins():
    """The last output of one matrix is all that the next one needs."""
    row = ChipRow(CHIP)
    order = ("projections", "output"), ("expand", "contract")
    for before, after in order:
        assert row.crossing(before, 1.0) == row.crossing(after, 0.0)


def test_more_chips_never_send_less():
    sent = [ChipRow(CHIP, n).bytes_per_token for n in (192, 96, 48, 24, 12, 6, 3)]
    assert sent == sorted(sent)
    assert sent[0] == 0


def test_links_add_their_time_and_energy_to_a_step():
    row = ChipRow(CHIP, 16)
    alone, linked = CHIP.step(200), row.step(200)
    assert linked.latency - alone.latency == pytest.approx(row.link_seconds)
    assert linked.part("links between chips").energy == pytest.approx(row.link_energy)
    # a link costs in this chapter what it costs in the forecast
    prices = today().middle()
    assert row.link_energy == pytest.approx(8 * row.bytes_per_token * prices["link_energy"][0])
    assert row.link_energy == pytest.approx(row.bytes_per_token * 40e-12)
    assert assumed_links().latency == prices["link_time"][0]
    by_hand = 11 * 200e-9 + row.bytes_per_token / 32e9
    assert row.link_seconds == pytest.approx(by_hand)
    assert linked.period > alone.period  # a lone user waits for the links, too
    slow = ChipRow(CHIP, 16, assumed_links().changed(bandwidth=1e6))
    assert slow.step(50, users=30).period == pytest.approx(max(c.bytes for c in row.cuts) / 1e6)


def test_a_thousand_chips_of_part_3_hold_a_model_of_four_billion_weights():
    decoder = DecoderShape(blocks=20, width=4096, heads=32)
    cores = 20 * 12 * (4096 // 256) ** 2
    assert decoder.weights == cores * 65536 == 4_026_531_840
    assert -(-cores // 64) == 960


def test_links_need_origins_and_sensible_numbers():
    with pytest.raises(ValueError, match=r"missing: \['bandwidth', 'energy', 'latency'\]"):
        LinkConstants(1e9, 1e-12, 1e-9)
    with pytest.raises(ValueError, match="bandwidth"):
        assumed_links().changed(bandwidth=0.0)
    assert assumed_links().changed(energy=1e-12).origins["energy"] == "chosen by the reader"


# -- tiles and systems -----------------------------------------------------------------------------


def test_generations_compound_what_the_review_expects():
    dense, efficient, area, power = fact("D016").numbers
    now, later = generation(0), generation(3)
    assert now.density_lead == fact("D015").number == 10
    assert now.efficiency_change == 1
    assert later.digital_density == pytest.approx(dense**3)
    assert later.analog_efficiency == pytest.approx(power**3)
    assert later.density_lead == pytest.approx(10 * (area / dense) ** 3)
    assert later.efficiency_change == pytest.approx((power / efficient) ** 3)
    assert later.efficiency_change < 1
    assert generation(nodes_until_even()).density_lead == pytest.approx(1.0)
    assert generation(nodes_until_even() - 0.1).density_lead > 1
    with pytest.raises(ValueError, match="nodes"):
        generation(-1)


def test_shares_of_a_tile_leave_room_for_each_other():
    shares = tile_energy_shares()
    assert shares["output encoding"] == tuple(x / 100 for x in fact("D013").numbers[:2])
    assert "15–20%" in fact("D013").context
    assert sum(low for low, _ in shares.values()) <= 1 <= sum(high for _, high in shares.values())
    assert shares["output encoding"][0] > 2 * shares["memory array"][1]


def test_systems_keep_less_than_their_tiles_and_say_where_both_stand():
    points = system_points()
    assert all(0 < point.kept < 1 for point in points)
    one, four = points[:2]
    assert one.tile == fact("A033").number * 1e12
    assert four.tile == fact("A034").number * 1e12
    for k, point in enumerate((one, four)):
        energy = fact("A043").numbers[k] * 1e-6
        assert point.system == pytest.approx(2 * 2016 * 224 / energy)
    for name, tile in TILE_PEAKS.items():
        wanted = "20.0" if name == "E042" else "about 20"
        assert wanted in fact(name).context
        assert tile == 20e12
    for a, b in itertools.pairwise(points[2:]):
        assert a.kept > b.kept


# -- a published architecture, mapped --------------------------------------------------------------


def test_resnet18_has_its_known_size():
    network = resnet18(224)
    assert network.weights == 11_678_912  # 11,689,512 parameters less norms and offsets
    assert network.macs == 1_814_073_344
    assert resnet18(64).macs < network.macs / 10
    with pytest.raises(ValueError, match="side=100"):
        resnet18(100)


def test_copies_fill_the_tiles_and_the_mapping_alone_loses_most_of_the_peak():
    check = many_core()
    assert CLUSTERS == check.tiles == 512
    assert f"{CLUSTERS} clusters" in fact("E038").context
    assert check.plan.mapping.cores <= 512
    assert check.peak == pytest.approx(512 * 2 * 65536 / 130e-9)
    assert check.published < check.throughput < 0.4 * check.peak
    assert many_core(tiles=256).throughput < check.throughput
    with pytest.raises(ValueError, match="too few"):
        many_core(tiles=100)


def test_a_prompt_of_one_token_is_a_step():
    step, prompt = CHIP.step(1), CHIP.prompt(1)
    assert prompt.seconds == pytest.approx(step.latency)
    assert prompt.energy == pytest.approx(step.energy)
    assert CHIP.prompt(2).energy > prompt.energy
