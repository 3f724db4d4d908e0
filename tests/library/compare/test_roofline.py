"""Energy and time follow from what moves and what is computed."""

import pytest

from aimc.compare.roofline import (
    Machine,
    Memory,
    access_energy,
    attainable,
    digital_machine,
    hermes_crossbars,
    mac_energy,
    traffic,
)
from aimc.layers.workload import (
    DecoderShape,
    Layer,
    Network,
    attention_block,
    caption_lstm,
    ptb_char_lstm,
    resnet9_cifar10,
)
from aimc.published import fact

SQUARE = Network("square", (Layer("w", (1000, 1000)),))


def test_published_ratios_of_movement_to_arithmetic() -> None:
    word = 4.0
    multiply = fact("D005").numbers[0] * 1e-12
    assert word * access_energy("DRAM") / multiply == pytest.approx(3200)
    assert access_energy("DRAM") / access_energy("SRAM") == pytest.approx(128)
    # 4.6 pJ for an FP32 multiply-accumulate, as the table's context says
    assert mac_energy("FP32") == pytest.approx(4.6e-12)
    assert mac_energy("INT8") == pytest.approx(0.23e-12)


def test_a_matrix_vector_product_has_two_operations_per_byte() -> None:
    work = traffic(SQUARE, batch=1, bits=8)
    assert work.operations == 2e6
    assert work.weight_bytes == 1e6
    assert work.activation_bytes == 2e3
    assert work.intensity == pytest.approx(2 / 1.002)
    assert traffic(SQUARE, 1, 32).intensity == pytest.approx(work.intensity / 4)


def test_a_batch_shares_weights_but_not_activations() -> None:
    one, many = traffic(SQUARE, 1), traffic(SQUARE, 64)
    assert many.weight_bytes == one.weight_bytes
    assert many.activation_bytes == 64 * one.activation_bytes
    machine = digital_machine("DRAM", "INT8")
    single, shared = machine.energy(SQUARE, 1), machine.energy(SQUARE, 64)
    assert shared.weights == pytest.approx(single.weights / 64)
    assert shared.activations == pytest.approx(single.activations)
    assert shared.arithmetic == pytest.approx(single.arithmetic)
    # without limit, the intensity tends to that of activations alone
    ceiling = traffic(SQUARE, 1, weights_move=False).intensity
    assert traffic(SQUARE, 10**9).intensity == pytest.approx(ceiling, rel=1e-4)


def test_roofline() -> None:
    assert attainable(2.0, 10e12, 100e9) == 2e11
    assert attainable(1e3, 10e12, 100e9) == 10e12
    assert attainable(float("inf"), 10e12, 100e9) == 10e12
    with pytest.raises(ValueError, match="intensity=0"):
        attainable(0, 1.0, 1.0)


@pytest.mark.parametrize("weights_in", ["DRAM", "SRAM"])
@pytest.mark.parametrize("batch", [1, 16, 256])
@pytest.mark.parametrize("network", [ptb_char_lstm(), resnet9_cifar10(), attention_block()])
def test_no_digital_machine_beats_its_roof(weights_in: str, batch: int, network: Network) -> None:
    machine = digital_machine(weights_in)
    throughput = 2 * network.macs * batch / machine.time(network, batch)
    roof = attainable(machine.intensity(network, batch), machine.peak, machine.roof.bandwidth)
    assert throughput <= roof * (1 + 1e-12)


def test_slow_activations_bind_too() -> None:
    slow = Machine("slow", 1e15, 0.0, Memory("fast", 0.0, 1e12), Memory("slow", 0.0, 1e3))
    assert slow.time(SQUARE) == pytest.approx(2.0)


def test_crossbars_have_the_published_peak_and_efficiency() -> None:
    chip = hermes_crossbars()
    assert chip.peak / 1e12 == pytest.approx(fact("A040").numbers[1], rel=1e-3)
    full = Network("full", tuple(Layer(f"w{k}", (256, 256)) for k in range(64)))
    tops_per_watt = 2 * full.macs / chip.energy(full).arithmetic / 1e12
    assert tops_per_watt == pytest.approx(fact("A034").number, rel=0.01)
    assert full.macs * 2 / chip.time(full) == pytest.approx(chip.peak)


def test_energy_of_published_layers_within_a_quarter() -> None:
    """The model knows only full cores; the published layers (A046, A051) cost a little more."""
    chip = hermes_crossbars()
    conv = next(x for x in resnet9_cifar10().layers if x.name == "conv6")
    one_read = Network("conv6", (Layer("conv6", conv.shape),))
    gates = Network("gates", caption_lstm().layers[:2])
    for network, identifier, low in ((one_read, "A046", 0.75), (gates, "A051", 0.95)):
        published = 2 * network.macs / (fact(identifier).numbers[1] * 1e12)
        assert low < chip.energy(network).arithmetic / published < 1.0


def test_in_memory_moves_no_weights_and_ignores_the_batch() -> None:
    chip = hermes_crossbars()
    for network in (ptb_char_lstm(), resnet9_cifar10(), caption_lstm()):
        one, many = chip.energy(network, 1), chip.energy(network, 100)
        assert one.weights == 0.0
        assert one.total == pytest.approx(many.total)
        # but the line of layers fills up: later inferences come at the pace of the slowest stage
        assert chip.time(network, 100) < 100 * chip.time(network, 1)


def test_products_of_data_stay_digital() -> None:
    chip = hermes_crossbars()
    short, long = attention_block(context=1), attention_block(context=4096)
    extra = chip.energy(long).arithmetic - chip.energy(short).arithmetic
    assert extra == pytest.approx((long.macs - short.macs) * mac_energy("INT8"))
    assert chip.energy(long).activations > 100 * chip.energy(short).activations


def test_one_digital_machine_serves_all_stages_of_a_batch() -> None:
    chip = hermes_crossbars()
    # many heads share few keys, so that computing takes longer than fetching
    network = DecoderShape(blocks=4, width=128, heads=8, key_heads=1).network(context=4096)
    macs = sum(layer.macs for layer in network.layers if not layer.static)
    for batch in (1, 10, 1000):
        needed = 2 * macs * batch / chip.beside.peak
        assert chip.time(network, batch) >= needed * (1 - 1e-12)
    assert chip.time(network, 1000) == pytest.approx(needed)
    assert 2 * network.macs * 1000 / chip.time(network, 1000) < chip.peak


def test_errors_name_the_argument() -> None:
    with pytest.raises(ValueError, match="place='tape'"):
        access_energy("tape")
    with pytest.raises(ValueError, match="precision='INT4'"):
        mac_energy("INT4")
    with pytest.raises(ValueError, match="batch=0"):
        traffic(SQUARE, 0)
    with pytest.raises(TypeError, match="network must be"):
        traffic([SQUARE])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="takes 96 cores"):
        hermes_crossbars().energy(Network("big", (Layer("w", (3072, 2048)),)))
    with pytest.raises(ValueError, match="bandwidth"):
        Memory("none", 1e-12, 0.0)
    with pytest.raises(ValueError, match="peak=-1"):
        Machine("m", -1, 0.0, Memory("a", 0.0, 1.0), Memory("a", 0.0, 1.0))
