"""What converts, is programmed, ages, learns and is measured does so wherever its tensors are.

Each test runs on the processor, and once more on a GPU where there is one.
"""

import copy

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
pytestmark = pytest.mark.torch

nn = torch.nn
QUIET = {"progress": False, "chips": 1, "times": "1 d"}


@pytest.fixture(params=["cpu", "cuda"])
def device(request):
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    return torch.device(request.param)


class Multiplies(nn.Module):
    """A layer of another library, with a transposed matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(20, 12) / 4)

    def forward(self, x):
        return x @ self.weight


class Model(nn.Module):
    """A convolution, a recurrent layer, one of another library, and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(6, 10, 3, padding=1)
        self.recurrent = nn.LSTM(10, 20, batch_first=True)
        self.foreign, self.head = Multiplies(), nn.Linear(12, 4)

    def forward(self, x):
        seen = torch.relu(self.convolution(x)).mT
        return self.head(torch.relu(self.foreign(self.recurrent(seen)[0][:, -1])))


@pytest.fixture
def digital():
    torch.manual_seed(0)
    return Model().eval()


@pytest.fixture
def x():
    return torch.randn(60, 6, 8, generator=torch.Generator().manual_seed(1))


def everywhere(model, x, device):
    """Return a calibrated model, its inputs and its labels on a device."""
    with torch.no_grad():
        labels = model(x).argmax(dim=-1)
    there, x = copy.deepcopy(model).to(device), x.to(device)
    converted = analog.convert(there, "hermes", devices=1)
    analog.calibrate(converted, x)
    return converted, x, labels.to(device)


def error(found, wanted):
    return float((found.detach().cpu() - wanted).norm() / wanted.norm())


@torch.no_grad()
def test_ideal_cores_compute_what_torch_does(digital, x, device):
    wanted = digital(x)
    model = aimc.program(analog.convert(copy.deepcopy(digital).to(device), "ideal"))
    found = model(x.to(device))
    assert found.device.type == device.type
    assert error(found, wanted) < 1e-4


@torch.no_grad()
def test_a_model_may_be_moved_after_it_was_converted(digital, x, device):
    model = analog.convert(digital, "ideal").to(device)
    assert error(aimc.program(model)(x.to(device)), digital(x)) < 1e-4


@torch.no_grad()
@pytest.mark.parametrize("keep", [True, False])
def test_a_chip_errs_as_much_and_drifts(digital, x, device, keep):
    """The serial number gives the devices; what differs is the noise of reads."""
    wanted = digital(x)
    errors = {}
    for where in (device, torch.device("cpu")):
        model, inputs, _ = everywhere(digital, x, where)
        aimc.program(model, serial=3, keep=keep)
        for t in ("1 s", "1 y"):
            found = analog.at(model, t)(inputs)
            assert found.device == inputs.device
            errors[where, t] = error(found, wanted)
    for t in ("1 s", "1 y"):
        assert errors[device, t] == pytest.approx(errors[torch.device("cpu"), t], rel=0.3)
    assert errors[device, "1 y"] > errors[device, "1 s"]


def test_ranges_are_the_same(digital, x, device):
    def ranges(where):
        rows = analog.report(everywhere(digital, x, where)[0]).matrices
        return {f"{row.layer}.{row.parameter}": row.input_range for row in rows}

    assert ranges(device) == pytest.approx(ranges(torch.device("cpu")), rel=1e-3)


def test_a_sweep(digital, x, device):
    def report(where):
        model, inputs, labels = everywhere(digital, x, where)
        return evaluation.evaluate(model, (inputs, labels), measure="perplexity", **QUIET)

    found, wanted = report(device), report(torch.device("cpu"))
    assert found.floating_point == pytest.approx(wanted.floating_point, rel=1e-3)
    assert found.values == pytest.approx(wanted.values, abs=0.1 * wanted.values.mean())


def test_words(device):
    net = nn.Sequential(nn.Embedding(8, 12), nn.Linear(12, 8)).to(device)
    x = torch.randint(0, 8, (5, 6), device=device)
    with torch.no_grad():
        labels = net(x).argmax(dim=-1)
    model = analog.convert(net, "ideal", skip=["0"])
    for measure in ("word error", evaluation.WordError(decode=lambda k: " ".join(map(str, k)))):
        report = evaluation.evaluate(model, (x, labels), measure=measure, **QUIET)
        assert report.values.max() == 0.0


def test_blocks_one_after_the_other(device, tmp_path):
    torch.manual_seed(0)
    net = nn.Sequential(*(nn.Sequential(nn.Linear(16, 16), nn.ReLU()) for _ in range(3)))
    x = torch.randn(40, 16)
    labels = net(x).argmax(dim=-1)
    model = analog.convert(net, "hermes", devices=1)
    analog.calibrate(model, x)
    whole = evaluation.evaluate(model, (x, labels), **QUIET)
    offload = analog.Offload(tmp_path / "walk", device=device)
    walked = evaluation.evaluate(model, (x, labels), offload=offload, **QUIET)
    assert walked.floating_point == pytest.approx(whole.floating_point, rel=1e-3)
    assert walked.values == pytest.approx(whole.values, abs=0.15)


def test_a_step_of_training(digital, x, device):
    model, inputs, labels = everywhere(digital, x, device)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    history = aimc.train(
        model, [{"x": inputs, "labels": labels}] * 4, "rasch2023", epochs=2, progress=False
    )
    assert all(map(torch.isfinite, map(torch.tensor, history.loss)))
    for name, parameter in model.named_parameters():
        assert parameter.device.type == device.type
        if parameter.ndim > 1:
            assert not torch.equal(parameter, before[name])


def test_gradients_reach_the_weights_through_the_devices(device):
    torch.manual_seed(0)
    model = analog.convert(nn.Linear(6, 3).to(device), "hermes")
    x = torch.randn(8, 6, device=device)
    analog.calibrate(model, x)
    analog.program(model, gradients=True)
    model(x).square().sum().backward()
    assert model.weight.grad.device.type == device.type
    assert float(model.weight.grad.abs().sum()) > 0.0
