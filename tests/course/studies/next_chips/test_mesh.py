"""A mesh of cores and digital units: grid, traffic, and the costs of a network on it."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from aimc.chip import (
    NotEnoughCoresError,
    ScopeError,
    attention_block,
    hermes_constants,
    peak_performance,
    resnet9_cifar10,
    transformer,
)
from aimc.chip.cost import MODES, NOT_INCLUDED, SCOPES, Metric
from aimc.published import fact
from aimc_course.studies.next_chips import (
    Block,
    Flow,
    Mesh,
    MeshChip,
    MeshConstants,
    mesh_constants,
    published_tile,
    transport,
)
from aimc_course.studies.next_chips.constants import ALPINE_READ, MANY_CORE_READ, TILES
from aimc_course.studies.next_chips.traffic import moves

BLOCK = attention_block(512, 256)


@pytest.fixture(scope="module")
def plan():
    return MeshChip().map(BLOCK)


# -- grid ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [2, 3, 4, 7])
def test_each_site_is_a_core_or_a_unit_and_units_are_near(every):
    mesh = Mesh(5, 13, every)
    assert sorted(mesh.analog + mesh.digital) == list(range(65))
    for site in mesh.analog:
        unit = mesh.nearest_unit(site)
        assert unit in mesh.digital
        hops = [mesh.floorplan.hops(site, u) for u in mesh.digital]
        assert mesh.floorplan.hops(site, unit) == min(hops) <= max(1, every - 1)


@pytest.mark.parametrize("cores", [1, 7, 48, 300])
def test_a_mesh_for_so_many_cores_holds_them_and_no_row_more(cores):
    mesh = Mesh.for_cores(cores)
    assert mesh.cores >= cores
    assert mesh.rows == 1 or Mesh(mesh.rows - 1, mesh.columns).cores < cores


def test_ways_are_those_of_the_floorplan():
    mesh = Mesh(6, 9)
    for a, b in itertools.product(range(0, 54, 5), range(1, 54, 7)):
        way = list(itertools.pairwise(mesh.floorplan.route(a, b)))
        flow = Flow(a, (b,), 1.0)
        assert flow.edges(9) == set(way)
        assert flow.longest(9) == len(way) == mesh.floorplan.hops(a, b)


def test_bytes_travel_once_on_links_that_ways_share():
    floorplan = Mesh(1, 6).floorplan
    together = transport([Flow(0, (3, 5), 10)], floorplan, 8)
    apart = transport([Flow(0, (3,), 10), Flow(0, (5,), 10)], floorplan, 8)
    assert (together.byte_hops, together.busiest, together.longest) == (50, 10, 5)
    assert (apart.byte_hops, apart.busiest) == (80, 20)
    assert transport([Flow(0, (3,), 10)], floorplan, 16).byte_hops == 60
    assert transport([], floorplan, 8).byte_hops == 0


def test_a_vector_that_moves_arrives_whole():
    rng = np.random.default_rng(3)
    edges = np.sort(np.concatenate([[0.0, 1.0], rng.uniform(size=5)]))
    held = [Block(k, a, b) for k, (a, b) in enumerate(itertools.pairwise(edges))]
    wanted = [Block(30 + k, k / 4, (k + 1) / 4) for k in range(4)]
    flows = moves(held, wanted, 1000)
    assert sum(flow.values for flow in flows) == pytest.approx(1000)
    for k in range(4):
        assert sum(f.values for f in flows if f.targets == (30 + k,)) == pytest.approx(250)
    assert moves(held, held, 1000) == []  # what is there stays


# -- a network on it -------------------------------------------------------------------------------


def test_only_sites_of_cores_hold_weights(plan):
    used = {tile.core for tile in plan.plan.placement.mapping.tiles}
    assert used <= set(plan.mesh.analog)
    assert len(used) == plan.plan.mapping.cores == 48


def test_each_stage_gets_its_inputs_and_lands_its_outputs_once(plan):
    assert [s.static for s in plan.stages] == [True, False, False, True, True, True]
    for stage in plan.stages:
        assert sum(b.stop - b.start for b in stage.landing) == pytest.approx(1.0)
    for stage in (s for s in plan.stages if s.static):
        outputs = sum(layer.shape[0] for layer in stage.layers)
        assert stage.outgoing.byte_hops >= outputs  # at least one link each, one byte a value
        assert stage.incoming.byte_hops >= stage.layers[0].shape[1]


def test_system_costs_more_than_the_cores_alone_and_says_so(plan):
    cores, system = plan.plan.performance(), plan.performance()
    assert system.energy.value > cores.energy.value
    assert system.latency.value > cores.latency.value
    assert system.interval.value >= cores.interval.value
    assert system.energies["crossbar, ADCs, PWM"] == cores.energies["crossbar, ADCs, PWM"]
    assert system.operations > cores.operations  # attention counts here
    for join in (
        lambda: system.energy + cores.energy,
        lambda: system.latency < cores.latency,
        lambda: system.energy / cores.energy,
    ):
        with pytest.raises(ScopeError, match=r"scope is 'system' for one and 'network'"):
            join()


def test_energy_of_the_mesh_is_bytes_times_links_times_the_price(plan):
    price = mesh_constants().hop_energy
    assert plan.performance().energies["mesh"] == pytest.approx(plan.byte_hops * price)
    by_hand = 8 * 0.25 * 0.2e-9 * hermes_constants().core_area ** 0.5 * 0.85**2 + 5e-12 / 4
    assert price == pytest.approx(by_hand)


def test_cores_that_sleep_save_standing_power_and_nothing_else():
    def energies(share):
        constants = mesh_constants().changed(idle_share=share)
        return MeshChip(constants=constants).map(resnet9_cifar10()).performance().energies

    awake, asleep = energies(1.0), energies(0.0)
    assert awake.pop("standing power") > asleep.pop("standing power") > 0
    assert awake == asleep


def test_no_gating_is_what_the_chip_of_part_3_pays():
    """With every core awake, the standing energy is that of `aimc.chip` over the same time."""
    constants = mesh_constants().changed(idle_share=1.0)
    plan = MeshChip(constants=constants).map(resnet9_cifar10())
    awake, cores = plan.performance(), plan.plan.performance()
    stretched = awake.interval.value / cores.interval.value
    assert awake.energies["standing power"] == pytest.approx(
        stretched * cores.energies["standing power"]
    )


def test_wider_links_shorten_the_way_and_cost_the_same():
    narrow, wide = (
        MeshChip(constants=mesh_constants().changed(link_bits=bits)).map(BLOCK).performance()
        for bits in (32, 512)
    )
    assert narrow.latency.value > wide.latency.value
    assert narrow.energies["mesh"] == wide.energies["mesh"]


def test_blocks_in_a_row_cost_a_multiple():
    one = MeshChip(Mesh(24, 24)).map(transformer(1, 512, 256)).performance()
    three = MeshChip(Mesh(24, 24)).map(transformer(3, 512, 256)).performance()
    assert three.operations == 3 * one.operations
    assert three.energies["crossbar, ADCs, PWM"] == pytest.approx(
        3 * one.energies["crossbar, ADCs, PWM"]
    )
    assert 2 < three.latency.value / one.latency.value < 4
    assert 1.5 < three.energies["mesh"] / one.energies["mesh"] < 6


def test_a_convolution_brings_each_pixel_once_and_takes_each_output_away():
    plan = MeshChip().map(resnet9_cifar10())
    first = plan.stages[0]
    assert first.vectors == 32 * 32
    assert first.vectors_in == pytest.approx(3 * 32 * 32 / 27)
    wanted = sum(
        stage.layers[0].inputs / stage.layers[0].shape[1] * stage.incoming.byte_hops
        + stage.layers[0].mvms * stage.outgoing.byte_hops
        for stage in plan.stages
    )
    assert plan.byte_hops == pytest.approx(wanted)
    assert plan.performance().scope == "system"


def test_too_few_cores_raise():
    with pytest.raises(NotEnoughCoresError, match="there are 12 cores"):
        MeshChip(Mesh(4, 4)).map(BLOCK)


# -- constants ------------------------------------------------------------------------------------


def test_every_constant_has_an_origin_and_can_be_changed():
    constants = mesh_constants()
    rows = {row["constant"]: row["origin"] for row in constants.as_rows()}
    assert len(rows) == 17
    for name in rows:
        if name == "core":
            continue
        value = getattr(constants, name)
        other = constants.changed(**{name: value * 2 if name != "idle_share" else 0.5})
        assert getattr(other, name) != value
        assert other.origins[name] == "chosen by the reader"
        assert other.origins["core"] == constants.origins["core"]
    with pytest.raises(TypeError, match="'speed' is no constant"):
        constants.changed(speed=1.0)
    with pytest.raises(ValueError, match=r"missing: .*link_bits"):
        replace(constants, origins={})


@pytest.mark.parametrize(
    ("name", "value"),
    [("idle_share", 1.5), ("link_bits", 0), ("supply", -1.0), ("outer_bandwidth", 0.0)],
)
def test_constants_out_of_range_raise(name, value):
    with pytest.raises(ValueError, match=name):
        mesh_constants().changed(**{name: value})
    with pytest.raises(TypeError, match="core must be"):
        MeshConstants(**{**_fields(mesh_constants()), "core": 3})


def _fields(constants):
    return {name: getattr(constants, name) for name in constants.__dataclass_fields__}


def test_published_tiles_keep_what_their_papers_print():
    """The numbers stand in the contexts of facts: here they are read from there."""
    assert "100 ns for all sizes, 12.8 TOPS/W for 256 × 256" in fact("E037").context
    assert "130 ns MVM" in fact("E038").context
    assert "512 clusters" in fact("E038").context
    assert (pytest.approx(100e-9), pytest.approx(12.8e12)) == ALPINE_READ
    assert pytest.approx(130e-9) == MANY_CORE_READ
    tile = peak_performance(read_mode="single", cores=1, constants=published_tile("ALPINE"))
    assert tile.efficiency.value == pytest.approx(12.8e12)
    assert "single read" in str(tile.efficiency)
    with pytest.raises(ValueError, match="read_mode"):
        published_tile("ALPINE").read_time("4-phase")
    with pytest.raises(ValueError, match="64-core chip only"):
        published_tile("ALPINE").provenance()
    with pytest.raises(ValueError, match="choose one of"):
        published_tile("another")


@pytest.mark.parametrize("tile", TILES)
def test_a_chip_of_each_tile_maps_and_reads_in_its_own_mode(tile):
    plan = MeshChip(constants=mesh_constants(tile)).map(BLOCK)
    assert plan.performance().read_mode == ("4-phase" if tile == TILES[0] else "single")


def test_read_modes_and_scopes_never_mix():
    assert set(NOT_INCLUDED) == set(SCOPES)
    assert MODES == ("1-phase", "4-phase", "single")
    for (a, s), (b, t) in itertools.permutations(itertools.product(MODES, SCOPES), 2):
        with pytest.raises(ScopeError):
            Metric(1.0, "J", a, s) + Metric(1.0, "J", b, t)


def test_bad_grids_raise():
    with pytest.raises(ValueError, match="leaves no column"):
        Mesh(3, 2, digital_every=4)
    with pytest.raises(ValueError, match="digital_every"):
        Mesh(3, 3, digital_every=1)


def test_longest_chains_first_get_straight_ways():
    """Chains of 8 cores fit the rows of their mesh only if they come before the short ones."""
    chip = MeshChip(Mesh.for_cores(48))
    plan = chip.map(BLOCK).plan
    assert plan.order == "longest"
    assert plan.placement.detours() == ()
    assert max(group.hops for group in plan.groups) == 7
    by_layer = plan.arranged("chains", chip.mesh.analog).placement
    assert by_layer.hops >= plan.placement.hops
    assert sorted(t.core for t in by_layer.mapping.tiles) == sorted(chip.mesh.analog)
