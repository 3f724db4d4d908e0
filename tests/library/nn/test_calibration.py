"""Ranges from data: what inputs fill the DAC, and which weights keep the ADC from saturating."""

from functools import partial

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
HERMES = partial(aimc.presets.hermes, devices=2)


def network():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 16, 300),
        nn.ReLU(),
        nn.Linear(300, 10),
    )


def images(n: int = 6):
    return torch.rand(n, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def test_calibration_sets_ranges_from_data() -> None:
    converted = analog.convert(network(), HERMES)
    converted.train()
    x = 3 * images(40)
    with torch.no_grad():
        hidden = nn.functional.relu(
            nn.functional.conv2d(x, converted[0].weight, converted[0].bias, padding=1)
        )
    ranges = analog.calibrate(converted, [(x, None), (x, None)], percentile=100.0)
    assert list(ranges) == ["0.weight", "4.weight", "6.weight"]
    assert ranges["0.weight"] == pytest.approx(float(x.max()))
    assert ranges["4.weight"] == pytest.approx(float(hidden.max()), rel=1e-6)
    assert [core.periphery.input_range for core in converted[6].cores] == [ranges["6.weight"]] * 2
    assert converted.training
    assert not converted[0].digital
    narrow = analog.calibrate(converted, [x], percentile=90.0)
    assert narrow["0.weight"] == pytest.approx(float(x.quantile(0.9)), rel=1e-3)


def test_calibration_leaves_each_part_in_training_or_evaluation_as_it_was() -> None:
    converted = analog.convert(network(), HERMES)
    converted.train()
    converted[0].eval()  # a part that is frozen
    before = [module.training for module in converted.modules()]
    assert set(before) == {True, False}
    analog.calibrate(converted, [images(4)])
    assert [module.training for module in converted.modules()] == before


@pytest.mark.parametrize("percentile", [50.0, 95.0, 98.5, 99.0, 100.0])
def test_a_range_holds_the_share_of_the_magnitudes_that_was_asked_for(percentile: float) -> None:
    """Of the magnitudes 0 to 100, in any order and of any sign, the 95th percentile is 95."""
    order = torch.randperm(101, generator=torch.Generator().manual_seed(2)).float()
    x = (order * (1 - 2 * (order % 2)))[:, None]
    converted = analog.convert(nn.Sequential(nn.Linear(1, 3)), HERMES)
    found = analog.calibrate(converted, [x], percentile=percentile)
    assert found["0.weight"] == pytest.approx(percentile, rel=1e-5)


def test_one_batch_and_an_iterable_of_batches_are_alike() -> None:
    x = images(20)
    data = torch.utils.data.TensorDataset(x, torch.zeros(20))

    def ranges(given) -> dict[str, float]:
        return analog.calibrate(analog.convert(model, HERMES), given)

    model = network()
    one = ranges(x)
    assert ranges([x]) == one
    assert ranges(x.numpy()) == one
    assert ranges(torch.utils.data.DataLoader(data, batch_size=20)) == one
    halves = ranges(each for each in (x[:10], x[10:]))
    assert ranges(torch.utils.data.DataLoader(data, batch_size=10)) == halves != one


def test_calibration_keeps_sums_within_the_adc() -> None:
    model = nn.Sequential(nn.Linear(256, 4, bias=False))
    with torch.no_grad():
        model[0].weight.fill_(0.5)
        model[0].weight[2:] *= 0.01
    x = torch.full((30, 256), 0.8)
    converted = analog.convert(model, HERMES)
    analog.calibrate(converted, [x], outputs=False)
    analog.program(converted)
    with pytest.warns(aimc.RangeWarning, match="bit-line currents"):
        clipped = converted(x).mean(0)
    analog.calibrate(converted, [x])
    analog.program(converted)
    kept = converted(x).mean(0)
    exact = model(x)[0].detach()
    assert float(clipped[0]) < 0.3 * float(exact[0])
    assert float(kept[0]) == pytest.approx(float(exact[0]), rel=0.1)
    # per output, the small weights use the whole range again
    fine = analog.convert(model, HERMES, weight_range="output")
    analog.calibrate(fine, [x])
    analog.program(fine)
    shares = [c.cores[0].state.g_target.amax(dim=(0, 1, 2, 4)) for c in (converted[0], fine[0])]
    assert float(shares[0][2]) < 0.02 * float(shares[1][2])
    assert float(fine(x).mean(0)[2]) == pytest.approx(float(exact[2]), rel=0.1)


def test_calibration_finds_the_sums_of_each_tile() -> None:
    small = partial(aimc.presets.ideal, 20, 12)
    dense = analog.convert(nn.Linear(50, 30), small)
    vectors = torch.randn(9, 50)
    conv = analog.convert(nn.Conv2d(4, 15, 3, padding=1, stride=2), small)
    pictures = torch.randn(2, 4, 6, 6)
    columns = nn.functional.unfold(pictures, 3, padding=1, stride=2).transpose(1, 2).flatten(0, 1)
    for layer, x, seen in ((dense, vectors, vectors), (conv, pictures, columns)):
        analog.calibrate(layer, [x], percentile=100.0)
        assert min(layer.matrix().grid) > 1
        weights, (parts,) = layer.weight_matrix().detach(), layer.sums[0].input_parts
        for part, sums in zip(parts, layer.matrix().sums, strict=True):
            exact = seen[:, part] @ weights[:, part].T
            torch.testing.assert_close(sums, exact.abs().amax(dim=0), rtol=1e-5, atol=1e-6)


def test_calibration_of_lstm_sees_hidden_states() -> None:
    lstm = nn.LSTM(6, 8, batch_first=True)
    x = torch.randn(10, 12, 6)
    converted = analog.convert(lstm, HERMES)
    ranges = analog.calibrate(converted, [x], percentile=100.0)
    hidden = lstm(x)[0][:, :-1].abs().max()
    assert ranges["weight_hh_l0"] == pytest.approx(float(hidden.detach()), rel=1e-5)
    assert ranges["weight_ih_l0"] == pytest.approx(float(x.abs().max()))


def test_digital_units_round_what_they_send() -> None:
    """50 inputs on cores of 20 rows: a chain of three cores, the last of which adds the bias."""
    small = partial(aimc.presets.ideal, 20, 12)
    digital, x = nn.Linear(50, 30), torch.randn(40, 50)
    layer = analog.convert(digital, small, output_bits=8)
    analog.program(layer)
    with pytest.raises(ValueError, match=r"output_bits=8: no range of outputs .*calibrate"):
        layer(x)
    analog.calibrate(layer, [x], percentile=100.0)
    analog.program(layer)
    weights, (parts,) = digital.weight.detach(), layer.sums[0].input_parts
    sums = [x[:, part] @ weights[:, part].T for part in parts]
    sums[-1] = sums[-1] + digital.bias.detach()
    assert len(sums) == 3
    largest = max(float(sum(sums[: k + 1]).abs().max()) for k in range(3))
    step = largest / 127
    sent = torch.zeros(40, 30)
    for each in sums:
        sent = (sent + each / step).round()
    error = layer(x).detach() - step * sent
    # a tie may fall to either side
    assert float(error.abs().max()) < 1.01 * step
    assert float((error.abs() > 1e-4 * step).float().mean()) < 0.01
    exact = analog.convert(digital, small)
    analog.program(exact)
    coarse = float((layer(x) - exact(x)).detach().std()) / step
    assert coarse == pytest.approx((3 / 12) ** 0.5, rel=0.1)


def test_gates_of_an_lstm_are_rounded_along_one_chain() -> None:
    """25 inputs and 30 hidden values on cores of 20 rows: input and hidden parts are one sum."""
    small = partial(aimc.presets.ideal, 20, 12)
    digital, x = nn.LSTM(25, 30), torch.randn(2, 40, 25)
    layer = analog.convert(digital, small, output_bits=8)
    analog.calibrate(layer, [x], percentile=100.0)
    analog.program(layer)
    with torch.no_grad():
        before, (h, c) = digital(x[:1])
        ih, hh = digital.weight_ih_l0, digital.weight_hh_l0
        parts = layer.sums[0].input_parts
        assert [len(each) for each in parts] == [2, 2]
        met = torch.cat([torch.zeros_like(before), before])
        sums = [x[..., part] @ ih[:, part].T for part in parts[0]]
        sums += [met[..., part] @ hh[:, part].T for part in parts[1]]
        sums[-1] = sums[-1] + digital.bias_ih_l0 + digital.bias_hh_l0
    # one range for all that the chain sends, of both matrices
    largest = max(float(sum(sums[: k + 1]).abs().max()) for k in range(4))
    assert layer.sums[0].output_range == pytest.approx(largest, rel=1e-6)
    step, sent = largest / 127, torch.zeros(40, 120)
    for each in sums:
        sent = (sent + each[1] / step).round()
    enter, keep, new, show = (step * sent).chunk(4, dim=-1)
    expected = show.sigmoid() * (keep.sigmoid() * c[0] + enter.sigmoid() * new.tanh()).tanh()
    found = layer(x[1:], (h, c))[0][0].detach()
    # a tie may fall to either side
    assert float(((found - expected).abs() > 1e-5).float().mean()) < 0.01
    exact = digital(x[1:], (h, c))[0][0].detach()
    assert 1e-3 < float((found - exact).abs().max()) < 0.05


@pytest.mark.filterwarnings("ignore:.*beyond its output range")  # with 3 bits
@pytest.mark.parametrize("kind", ["convolution", "lstm"])
def test_all_layers_send_few_bits_and_still_learn(kind: str) -> None:
    digital, x = (
        (nn.Conv2d(30, 5, 3), torch.rand(4, 30, 6, 6))
        if kind == "convolution"
        else (nn.LSTM(6, 8), torch.rand(5, 3, 6))
    )
    outputs = {}
    for bits in (3, 8, None):
        model = analog.convert(digital, HERMES, output_bits=bits)
        analog.calibrate(model, [x])
        model.weight_noise = lambda w: w
        y = model(x)
        outputs[bits] = y if kind == "convolution" else y[0]
    coarse, fine = (float((outputs[b] - outputs[None]).detach().std()) for b in (3, 8))
    assert 0 < fine < 0.2 * coarse
    outputs[8].sum().backward()
    with pytest.raises(ValueError, match="output_bits=1"):
        analog.convert(digital, HERMES, output_bits=1)


def test_calibration_refuses_what_tells_nothing() -> None:
    converted = analog.convert(network(), HERMES)
    with pytest.raises(ValueError, match="batches is empty"):
        analog.calibrate(converted, [])
    with pytest.raises(ValueError, match=r"inputs of 0\.weight are zero"):
        analog.calibrate(converted, [0 * images()])
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"batches: 0\.weight met inputs that are not finite"):
            analog.calibrate(converted, [images() * value])
    with pytest.raises(ValueError, match=r"batch 0 must hold examples.*shape \(0, 3, 8, 8\)"):
        analog.calibrate(converted, [images()[:0]])
    with pytest.raises(TypeError, match="batches is a tuple"):
        analog.calibrate(converted, (images(), images()))
    with pytest.raises(ValueError, match="percentile=101"):
        analog.calibrate(converted, [images()], percentile=101)
    assert converted[0].matrix().input_range == 1.0

    class Sly(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x):
            return x + self.fc.bias

    with pytest.raises(ValueError, match=r"fc\.weight met no inputs"):
        analog.calibrate(analog.convert(Sly(), HERMES), [torch.rand(2, 4)])
