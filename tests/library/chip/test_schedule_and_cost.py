"""Pipelines: who waits for whom; costs: what may be added to what; traces: what viewers read."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from aimc.chip.chains import group_of, groups
from aimc.chip.charts import gantt_chart, occupancy_chart
from aimc.chip.chrome_trace import trace
from aimc.chip.cost import Metric, Performance, ScopeError
from aimc.chip.hermes import hermes_constants
from aimc.chip.mapping import NotEnoughCoresError, map_network
from aimc.chip.packing import pack
from aimc.chip.performance import (
    layer_performance,
    mvm_performance,
    network_performance,
    peak_performance,
)
from aimc.chip.schedule import Schedule, schedule
from aimc.layers.workload import (
    Layer,
    Network,
    caption_lstm,
    demo_mlp,
    ptb_char_lstm,
    resnet9_cifar10,
    transformer,
)

CHIP = hermes_constants()


def plan(network: Network, inferences: int = 4, mode: str = "4-phase", **options: int) -> Schedule:
    copies = options or None
    return schedule(map_network(network, copies=copies), read_mode=mode, inferences=inferences)


# ---- placement ------------------------------------------------------------------------------


def test_refusal_counts_the_missing_cores() -> None:
    network = resnet9_cifar10()
    assert map_network(network, available=40).cores == 40
    with pytest.raises(NotEnoughCoresError, match="needs 40 cores and there are 30 cores, 10 too"):
        map_network(network, available=30)
    with pytest.raises(NotEnoughCoresError, match="one copy of each layer takes 40") as caught:
        map_network(network, available=64, copies={"conv1": 30})
    assert (caught.value.needed, caught.value.missing) == (69, 5)
    with pytest.raises(ValueError, match="available=0"):
        map_network(network, available=0)


def test_shared_tiles_do_not_overlap_and_keep_the_layer_parallel() -> None:
    mapping = map_network(resnet9_cifar10(), share=True, copies={"conv1": 3})
    assert mapping.shared
    assert mapping.cores < map_network(resnet9_cifar10(), copies={"conv1": 3}).cores
    taken: dict[int, set[tuple[int, int]]] = {}
    for tile in mapping.tiles:
        (row, column), (outputs, inputs) = tile.at, tile.shape
        assert row + inputs <= 256
        assert column + outputs <= 256
        cells = {(r, c) for r in range(row, row + inputs) for c in range(column, column + outputs)}
        assert not cells & taken.setdefault(tile.core, set())
        taken[tile.core] |= cells
    assert sorted(taken) == list(range(mapping.cores))
    for layer in mapping.network.static:
        found = mapping.of(layer.name)
        assert len({tile.core for tile in found}) == len(found)
    weights = sum(math.prod(t.shape) for t in mapping.tiles if t.copy == 0)
    assert weights == mapping.network.weights


def test_small_matrices_fill_one_core() -> None:
    layers = tuple(Layer(f"l{k}", (64, 128), stage=k) for k in range(8))
    assert map_network(Network("eight", layers), share=True).cores == 1
    assert map_network(Network("eight", layers)).cores == 8
    assert pack([("a", 256, 256), ("b", 1, 1)], (256, 256)) == [(0, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize("cores", [1, 9, 10_000])
def test_any_number_of_cores(cores: int) -> None:
    network = Network("one", (Layer("w", (256 * cores, 256)),))
    assert map_network(network, available=cores).cores == cores
    with pytest.raises(NotEnoughCoresError, match="1 too few"):
        map_network(Network("more", (Layer("w", (256 * cores + 1, 256)),)), available=cores)


# ---- groups and latency ---------------------------------------------------------------------


def test_gates_of_an_lstm_share_their_chains() -> None:
    gates, output = groups(ptb_char_lstm())
    assert (gates.chain, gates.hops, gates.cores, gates.gdpu) == (3, 3, 24, True)
    assert (output.chain, output.hops, output.cores, output.gdpu) == (2, 1, 2, False)
    assert sum(group.cores for group in groups(caption_lstm())) == 64


def test_groups_refuse_layers_that_cannot_add_up() -> None:
    with pytest.raises(ValueError, match="cannot add up"):
        group_of((Layer("a", (4, 4)), Layer("b", (5, 4))))


def test_latency_grows_by_one_hop_per_core_and_one_clock_per_output() -> None:
    one, two = (group_of((Layer("w", (100, n)),)) for n in (256, 257))
    wide = group_of((Layer("w", (101, 256)),))
    base = CHIP.latency(one, "4-phase")
    assert CHIP.latency(two, "4-phase") - base == pytest.approx(CHIP.hop_clocks / CHIP.clock)
    assert CHIP.latency(wide, "4-phase") - base == pytest.approx(1 / CHIP.clock)
    assert base - CHIP.latency(one, "1-phase") == pytest.approx(387e-9)


def test_more_chains_than_slices_wait_for_the_global_units() -> None:
    gates = [Layer("g", (256 * n, 256), kind="recurrent") for n in (8, 9)]
    fits, waits = (CHIP.latency(group_of((g,)), "4-phase") for g in gates)
    assert waits - fits == pytest.approx(256 / CHIP.clock)


# ---- schedule -------------------------------------------------------------------------------


def test_one_inference_is_the_sum_of_its_layers() -> None:
    s = plan(demo_mlp(), 1)
    latencies = [CHIP.latency(group, "4-phase") for group in s.groups]
    assert s.latency == pytest.approx(sum(latencies))
    assert s.makespan == s.latency


def test_the_slowest_layer_sets_the_pace() -> None:
    s = plan(resnet9_cifar10(), 6)
    assert s.interval == pytest.approx(max(s.reads(g) * s.pace(g) for g in s.groups))
    assert s.bottleneck in ("conv1", "conv2")
    last = [row[-1] for row in s.ends]
    before = [row[-2] for row in s.ends]
    assert max(last) - max(before) == pytest.approx(s.interval)


def test_copies_share_the_vectors() -> None:
    once = plan(resnet9_cifar10())
    more = plan(resnet9_cifar10(), conv1=4, conv2=4)
    assert once.interval / more.interval == pytest.approx(1024 * 520 / (256 * 560))
    assert more.latency < once.latency
    with pytest.raises(ValueError, match="must be equal"):
        plan(ptb_char_lstm(), **{"input gates": 2})


@pytest.mark.parametrize(("copies", "reads"), [(1, 1024), (3, 342), (4, 256), (5, 205)])
def test_the_copy_with_the_most_vectors_is_waited_for(copies: int, reads: int) -> None:
    s = plan(resnet9_cifar10(), conv1=copies)
    (first,) = [group for group in s.groups if group.name == "conv1"]
    assert s.reads(first) == reads
    last = (reads - 1) * s.pace(first) + CHIP.latency(first, "4-phase")
    assert s.ends[0][0] - s.starts[0][0] == pytest.approx(last)


def test_a_layer_waits_for_the_stage_before_and_for_its_cores() -> None:
    s = plan(resnet9_cifar10(), 5)
    for k in range(1, len(s.groups)):
        for i in range(s.inferences):
            assert s.starts[k][i] >= s.ends[k - 1][i] - 1e-15
            if i:
                busy = s.reads(s.groups[k]) * s.pace(s.groups[k])
                assert s.starts[k][i] >= s.starts[k][i - 1] + busy - 1e-15


def test_time_steps_wait_for_each_other() -> None:
    s = plan(caption_lstm(), 5)
    gates = s.groups[0]
    assert s.interval == pytest.approx(CHIP.latency(gates, "4-phase"))
    assert s.bottleneck == gates.name
    for i in range(1, 5):
        assert s.starts[0][i] >= s.ends[0][i - 1] - 1e-15


@pytest.mark.parametrize("mode", ["1-phase", "4-phase"])
def test_a_recurrent_layer_on_its_own_keeps_the_pace_that_it_has_in_its_network(mode: str) -> None:
    s = plan(caption_lstm(), mode=mode)
    for group in s.groups:
        alone = layer_performance(group, read_mode=mode)
        assert alone.period == s.pace(group)
    first = layer_performance(s.groups[0], read_mode=mode)
    assert first.period == pytest.approx(s.interval, rel=1e-12)


def test_shared_cores_work_one_after_the_other() -> None:
    layers = (Layer("a", (100, 100), mvms=10), Layer("b", (100, 100), mvms=10, stage=1))
    network = Network("two", layers)
    apart = schedule(map_network(network), read_mode="4-phase", inferences=4)
    shared = schedule(map_network(network, share=True), read_mode="4-phase", inferences=4)
    assert shared.mapping.cores == 1
    assert shared.interval >= 2 * apart.interval
    spans = sorted((s, s + 10 * 520e-9) for row in shared.starts for s in row)
    assert all(b[0] >= a[1] - 1e-15 for a, b in pairwise(spans))


def test_occupancy_never_exceeds_the_interval() -> None:
    for network in (resnet9_cifar10(), ptb_char_lstm(), caption_lstm(), demo_mlp()):
        rows = plan(network).as_rows()
        shares = [row[f"{unit} busy"] for row in rows for unit in ("cores", "LDPU", "links")]
        assert max(shares) <= 1 + 1e-9
        assert max(row["GDPU busy"] for row in rows) <= 1 + 1e-9


def test_read_mode_must_be_said() -> None:
    with pytest.raises(TypeError, match="read_mode"):
        schedule(map_network(demo_mlp()))  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="read_mode='fast'"):
        schedule(map_network(demo_mlp()), read_mode="fast")
    with pytest.raises(ValueError, match="cores of"):
        schedule(map_network(demo_mlp(), (128, 128)), read_mode="1-phase")


def test_seven_billion_weights_on_paper() -> None:
    network = transformer()
    s = schedule(map_network(network), read_mode="4-phase")
    cost = network_performance(s)
    assert network.weights >= 7e9
    assert cost.cores == s.mapping.cores == network.weights // 65536
    assert cost.latency.value == pytest.approx(s.latency)
    assert s.interval == pytest.approx(256 / CHIP.clock)


# ---- trace ----------------------------------------------------------------------------------


@pytest.mark.parametrize("vectors", [False, True])
def test_trace_is_what_viewers_read(tmp_path: Path, vectors: bool) -> None:
    s = plan(caption_lstm(), 3)
    path = trace(s, vectors=vectors).save(tmp_path / "trace.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    events = data["traceEvents"]
    work = [event for event in events if event["ph"] == "X"]
    assert {event["ph"] for event in events} == {"X", "M"}
    assert work
    for event in work:
        assert event["ts"] >= 0
        assert event["dur"] > 0
        assert isinstance(event["pid"], int)
        assert isinstance(event["tid"], int)
    # microseconds: the first step ends after 1.43
    first = [e for e in work if e["pid"] == 0 and e["name"] == "word 0"]
    assert max(e["ts"] + e["dur"] for e in first) == pytest.approx(1.43)
    named = {(e["pid"], e["tid"]) for e in events if e["name"] == "thread_name"}
    assert {(e["pid"], e["tid"]) for e in work} <= named
    assert data["otherData"]["read mode"] == "4-phase"
    assert data["otherData"]["not included"]


def test_events_cover_each_vector_once() -> None:
    s = plan(resnet9_cifar10(), 1, conv1=3)
    seen = sorted(
        event.vectors
        for event in s.events(vectors=True)
        if (event.unit, event.group) == ("MVM", "conv1")
    )
    assert seen == [(k, k + 1) for k in range(1024)]
    assert max(e.start + e.duration for e in s.events()) == pytest.approx(s.makespan)
    with pytest.raises(ValueError, match="at most 200000"):
        plan(resnet9_cifar10(), 100).events(vectors=True)


def test_charts_show_all_layers() -> None:
    s = plan(resnet9_cifar10(), 3)
    picture = gantt_chart(s, 40)
    values = picture.marks[0].values  # type: ignore[union-attr]
    assert len(values) == 9
    assert all({1.0, 2.0, 3.0} <= set(row) for row in values)
    labels = [label for label in picture.marks[0].columns if label]  # type: ignore[union-attr]
    assert 3 <= len(labels) <= 9
    steps = {round(float(b) - float(a), 6) for a, b in pairwise(labels)}
    assert len(steps) == 1  # ticks at round times, evenly spaced
    assert f"{steps.pop():.0e}"[0] in "125"
    assert len(values[0]) <= 40
    assert {mark.label for mark in occupancy_chart(s).marks} == {"cores", "LDPU", "links"}
    json.dumps(picture.as_json(), allow_nan=False)


# ---- cost: the three traps ------------------------------------------------------------------


def layer(mode: str = "4-phase") -> Performance:
    return layer_performance(groups(resnet9_cifar10())[5], read_mode=mode)


def test_read_modes_cannot_be_mixed() -> None:
    one, four = (peak_performance(read_mode=mode) for mode in ("1-phase", "4-phase"))
    with pytest.raises(ScopeError, match="read mode is '1-phase'"):
        _ = one.efficiency / four.efficiency
    with pytest.raises(ScopeError, match="do not belong together"):
        _ = one.energy + four.energy
    with pytest.raises(ScopeError, match="do not belong together"):
        _ = one.latency < four.latency
    with pytest.raises(ScopeError, match="of the 4-phase read does not stand beside"):
        one.beside_accuracy(0.93, "4-phase")
    assert four.beside_accuracy(0.93, "4-phase")["accuracy"] == 0.93


def test_layer_and_image_cannot_be_mixed() -> None:
    image = network_performance(plan(resnet9_cifar10()))
    with pytest.raises(ScopeError, match="scope is 'layer' for one and 'network'"):
        _ = layer().energy < image.energy
    with pytest.raises(ScopeError, match="scope"):
        _ = layer().latency == image.latency
    with pytest.raises(ScopeError, match="scope"):
        _ = layer().throughput - peak_performance(read_mode="4-phase").throughput


def test_areas_cannot_be_mixed_and_must_be_said() -> None:
    peak = peak_performance(read_mode="4-phase")
    with pytest.raises(ScopeError, match="area is 'MVM area'"):
        _ = peak.density("MVM area") > peak.density("die")
    with pytest.raises(ValueError, match="area='chip'"):
        peak.density("chip")
    assert peak.density("MVM area").value / peak.density("die").value == pytest.approx(
        CHIP.die_area / (64 * CHIP.mvm_area)
    )


def test_large_numbers_are_printed_without_exponents() -> None:
    many = peak_performance(read_mode="1-phase", cores=10_000)
    assert many.throughput.text == "9,860 TOPS"
    assert many.rate.text == "7,519,000 per s"
    small = replace(many, energies={"all": 999.7e-6}, reads_range=None)
    assert small.energy_text == "1,000 µJ"


def test_what_belongs_together_adds() -> None:
    a, b = layer(), layer()
    assert (a.energy + b.energy) / a.energy == pytest.approx(2)
    assert (a.energy - b.energy).value == 0
    assert a.energy == b.energy
    assert a.energy <= b.energy
    assert not a.energy > b.energy
    assert sum([a.energy, b.energy, a.energy]) / a.energy == pytest.approx(3)
    for other in ("nJ", None):
        assert a.energy != other
    assert a.energy not in ["nJ", None]
    for wrong in (lambda: a.energy + 1.0, lambda: 1.0 + a.energy, lambda: a.energy == 1.0):
        with pytest.raises(TypeError, match="with a Metric only"):
            wrong()
    with pytest.raises(ScopeError, match="unit"):
        _ = a.energy + a.latency


def test_every_printed_number_says_mode_and_scope() -> None:
    image = network_performance(plan(resnet9_cifar10()))
    for cost, words in ((layer(), "one vector through one layer"), (image, "one whole inference")):
        assert "4-phase read" in str(cost)
        assert words in str(cost)
        assert "not included" in str(cost)
        assert "4-phase read" in repr(cost.energy)
        assert words in repr(cost.energy)
        assert words in cost.chart().y_label
        assert {row["read mode"] for row in cost.as_rows()} == {"4-phase"}
    assert any("board" in text for text in image.not_included)
    assert str(Metric(2.5e-9, "J", "1-phase", "mvm")).startswith("2.5 nJ (1-phase read")


def test_energy_of_an_image_is_that_of_its_vectors() -> None:
    s = plan(resnet9_cifar10())
    image = network_performance(s)
    parts = dict.fromkeys(image.energies, 0.0)
    for group in s.groups:
        for name, value in layer_performance(group, read_mode="4-phase").energies.items():
            parts[name] += group.mvms * value
    first, second, _ = image.energies
    assert image.energies[first] == pytest.approx(parts[first])
    assert image.energies[second] == pytest.approx(parts[second])
    # a stream keeps all cores powered for the interval, whether they work or not
    assert image.energies["standing power"] == pytest.approx(40 * CHIP.standing_power * s.interval)
    assert image.energy.value > 20 * layer().energy.value


def test_activity_scales_the_analog_part() -> None:
    group = group_of((Layer("full", (256, 256)),))
    low, high = (mvm_performance(group, read_mode="1-phase", activity=a).energy for a in (1.0, 1.5))
    assert high / low == pytest.approx(1.5)
    with pytest.raises(ValueError, match="activity=0"):
        layer_performance(group, read_mode="1-phase", activity=0)


def test_constants_say_where_they_come_from() -> None:
    rows = CHIP.provenance()
    assert {row["how known"] for row in rows} == {
        "published",
        "inferred",
        "fitted",
        "assumed",
    }
    assert all(row["facts"] for row in rows)


@pytest.mark.parametrize("inferences", [1, 4, 10])
def test_the_interval_is_that_of_the_slowest_layer_however_many_inferences_are_shown(
    inferences: int,
) -> None:
    network = Network(
        "side by side", (Layer("a", (216, 4096)), Layer("b", (112, 64), kind="recurrent"))
    )
    plan = schedule(map_network(network), read_mode="4-phase", inferences=inferences)
    slow = next(group for group in plan.groups if group.name == "b")
    assert plan.interval == pytest.approx(plan.reads(slow) * plan.pace(slow), rel=1e-9)
