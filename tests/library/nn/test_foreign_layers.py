"""Layers of other libraries go on cores by what they compute, and nothing passes cores by."""

import copy
import pickle

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
functional = nn.functional
IDEAL = aimc.presets.ideal


class Transposed(nn.Module):
    """As ``Conv1D`` of Hugging Face's transformers."""

    def __init__(self, nx: int, nf: int) -> None:
        super().__init__()
        self.nf = nf
        self.weight, self.bias = nn.Parameter(torch.randn(nx, nf)), nn.Parameter(torch.rand(nf))

    def forward(self, x):
        y = torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight)
        return y.view(*x.size()[:-1], self.nf)


class Halved(nn.Linear):
    """A dense layer that does something else as well."""

    def forward(self, input):  # noqa: A002
        return functional.linear(input.float() / 2, self.weight.to(input.dtype), self.bias)


class Router(nn.Module):
    """As of a mixture of experts: a matrix, and a choice behind it."""

    def __init__(self, experts: int, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(experts, size))

    def forward(self, x):
        weights, chosen = functional.linear(x, self.weight).softmax(-1).topk(2, dim=-1)
        return weights, chosen


class CarefulRouter(Router):
    """One that computes in single precision, whatever its parameters are stored in."""

    def forward(self, x):
        scores = functional.linear(x.type(torch.float32), self.weight.type(torch.float32))
        weights, chosen = scores.softmax(-1).topk(2, dim=-1)
        return weights, chosen


class Experts(nn.Module):
    """Four experts in parameters of three axes, used in one of the ways that libraries use."""

    def __init__(self, way: str, turned: bool, count: int = 4, size: int = 8, wide: int = 12):
        super().__init__()
        self.way, self.turned, self.count = way, turned, count
        up, down = (count, 2 * wide, size), (count, size, wide)
        self.gate_up = nn.Parameter(self._laid(torch.randn(up)))
        self.down = nn.Parameter(self._laid(torch.randn(down)))
        self.act = nn.SiLU()

    def _laid(self, values):
        return values.mT.contiguous() if self.turned else values

    def _each(self, x, weight):
        return x @ weight if self.turned else functional.linear(x, weight)

    def _gated(self, y):
        gate, up = y.chunk(2, dim=-1)
        return self.act(gate) * up

    def forward(self, x, chosen, weights):
        pairs = x.repeat_interleave(chosen.shape[1], 0)
        experts = chosen.flatten()
        y = getattr(self, self.way)(pairs, experts)
        return (y * weights.reshape(-1, 1)).unflatten(0, chosen.shape).sum(1)

    def one_by_one(self, x, experts):
        y = torch.zeros_like(x)
        for expert in experts.unique():
            rows = torch.where(experts == expert)[0]
            up = self._gated(self._each(x[rows], self.gate_up[expert]))
            y = y.index_add(0, rows, self._each(up, self.down[expert]))
        return y

    def gathered(self, x, experts):
        def each(x, weight):
            if self.turned:
                return torch.bmm(x.unsqueeze(1), weight).squeeze(1)
            return torch.bmm(weight, x.unsqueeze(-1)).squeeze(-1)

        return each(self._gated(each(x, self.gate_up[experts])), self.down[experts])

    def grouped(self, x, experts):
        order = experts.argsort(stable=True)
        ends = torch.bincount(experts, minlength=self.count).cumsum(0).to(torch.int32)

        def each(x, weight):
            weight = weight if self.turned else weight.transpose(-2, -1)
            return functional.grouped_mm(x, weight, offs=ends)

        y = each(self._gated(each(x[order], self.gate_up)), self.down)
        return y[order.argsort()]

    def all_of_them(self, x, experts):
        everywhere = x.expand(self.count, *x.shape)
        weights = self.gate_up if self.turned else self.gate_up.transpose(1, 2)
        up = self._gated(torch.bmm(everywhere, weights))
        down = self.down if self.turned else self.down.transpose(1, 2)
        return torch.bmm(up, down)[experts, torch.arange(len(x))]


class Mixture(nn.Module):
    def __init__(self, way: str = "one_by_one", turned: bool = False) -> None:
        super().__init__()
        self.router, self.experts = Router(4, 8), Experts(way, turned)

    def forward(self, x):
        weights, chosen = self.router(x)
        return self.experts(x, chosen, weights)


class ThreeByThree(nn.Conv3d):
    """A convolution that knows its kernel and its padding."""

    def __init__(self, channels: int, filters: int) -> None:
        super().__init__(channels, filters, 3, padding=1, bias=False)


class SamePadded(nn.Conv2d):
    """As ``Conv2dSame`` of timm: it pads by what the image needs."""

    def forward(self, x):
        padded = functional.pad(x, (0, 1, 1, 2))
        return functional.conv2d(
            padded, self.weight, self.bias, self.stride, (0, 0), self.dilation, self.groups
        )


def on_cores(model, preset=IDEAL, **options):
    converted = analog.convert(model, preset, **options)
    analog.program(converted)
    return converted


LAYERS = {
    "transposed": (lambda: Transposed(5, 7), (3, 4, 5), 35),
    "dense with more": (lambda: Halved(5, 7), (3, 4, 5), 35),
    "router": (lambda: Router(4, 6), (3, 6), 24),
    "convolution": (lambda: SamePadded(2, 3, 3, stride=2), (2, 2, 7, 7), 54),
    "depthwise": (lambda: SamePadded(4, 4, 3, groups=4), (2, 4, 7, 7), 36),
    "three axes": (lambda: ThreeByThree(2, 3), (2, 2, 3, 4, 5), 162),
}


@pytest.mark.parametrize(("make", "shape", "weights"), LAYERS.values(), ids=LAYERS)
def test_a_layer_is_known_by_what_it_computes(make, shape, weights, recwarn) -> None:
    torch.manual_seed(0)
    digital, x = make(), torch.randn(shape)
    model = on_cores(digital)
    assert not recwarn
    assert sum(matrix.weights for matrix in analog.report(model).matrices) == weights
    torch.testing.assert_close(model(x), digital(x), rtol=1e-4, atol=1e-4)
    assert isinstance(model, type(digital))
    assert list(model.state_dict()) == list(digital.state_dict())
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        torch.testing.assert_close(copied(x), model(x))
    back = analog.to_digital(model)
    assert type(back) is type(digital)
    torch.testing.assert_close(back(x), digital(x), rtol=0, atol=0)


def test_a_layer_may_compute_in_more_precision_than_it_is_stored_in(recwarn) -> None:
    torch.manual_seed(0)
    digital, x = CarefulRouter(4, 6).bfloat16(), torch.randn(3, 6).bfloat16()
    model = on_cores(digital)
    assert not recwarn
    assert isinstance(model, analog.AnalogLayer)
    (weights, chosen), (wanted, best) = model(x), digital(x)
    assert weights.dtype == wanted.dtype == torch.float32
    torch.testing.assert_close(weights, wanted, rtol=1e-4, atol=1e-4)
    assert torch.equal(chosen, best)


WAYS = ("one_by_one", "gathered", "grouped", "all_of_them")


@pytest.mark.parametrize("turned", [False, True], ids=["out-in", "in-out"])
@pytest.mark.parametrize("way", WAYS)
def test_each_expert_has_cores_of_its_own(way: str, turned: bool) -> None:
    if way == "grouped" and not hasattr(functional, "grouped_mm"):
        pytest.skip("this torch has no grouped products")
    torch.manual_seed(0)
    digital, x = Mixture(way, turned), torch.randn(9, 8)
    model = on_cores(digital)
    shapes = {f"{m.layer}.{m.parameter}": m.shape for m in analog.report(model).matrices}
    assert shapes == {
        "router.weight": (4, 8),
        **{f"experts.gate_up:{k}": (24, 8) for k in range(4)},
        **{f"experts.down:{k}": (8, 12) for k in range(4)},
    }
    torch.testing.assert_close(model(x), digital(x), rtol=1e-4, atol=1e-4)
    noisy = on_cores(digital, aimc.presets.hermes, serial=3)
    assert not torch.allclose(noisy(x), digital(x), rtol=1e-3)


def test_experts_are_calibrated_trained_and_counted() -> None:
    torch.manual_seed(0)
    digital, x = Mixture(), torch.randn(64, 8)
    model = analog.convert(digital, aimc.presets.hermes, serial=3)
    with torch.no_grad():
        model.router.weight[3] = -1e3 * x.mean(0)  # an expert that few vectors choose, or none
    seen = analog.calibrate(model, x[:1])
    assert {f"experts.down:{k}" for k in range(4)} <= seen.keys()
    assert len({seen[f"experts.gate_up:{k}"] for k in range(4)}) == 1  # all have met this vector
    for layer in (model.router, model.experts):
        layer.weight_noise = torch.clone
    model(x).sum().backward()
    assert model.experts.gate_up.grad[:3].abs().amax((1, 2)).min() > 0
    counted = model.experts.counts((), {}, None)
    assert sum(counted[f"down:{k}"] for k in range(4)) == 2 * len(x)


def test_what_is_no_product_stays_digital() -> None:
    class Normalised(nn.Linear):
        def forward(self, input):  # noqa: A002
            return functional.linear(input, functional.normalize(self.weight), self.bias)

    class Added(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.rand(5, 5))

        def forward(self, x):
            return x @ self.weight + self.weight

    class Halfway(nn.Linear):
        def forward(self, input):  # noqa: A002
            return functional.linear(input, self.weight) + input @ self._parameters["weight"].t()

    @torch.jit.script
    def compiled(x, weight):
        return torch.matmul(x, weight.t())

    class Compiled(nn.Linear):
        def forward(self, input):  # noqa: A002
            return functional.linear(input, self.weight) + compiled(input, self.weight)

    for layer in (Normalised(5, 5), Added(), Halfway(5, 5), Compiled(5, 5)):
        model = nn.Sequential(layer, nn.Linear(5, 2))
        before = torch.random.get_rng_state()
        with pytest.warns(analog.LeftDigitalWarning, match=r"0 \("):
            model = on_cores(model)
        assert torch.equal(torch.random.get_rng_state(), before)
        assert type(model[0]) is type(layer)


def test_experts_may_be_counted_from_the_last() -> None:
    class Reversed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(3, 5, 6))

        def forward(self, x):
            return torch.bmm(x.expand(3, -1, -1), self.weight[torch.tensor([-1, 1, -3])])

    torch.manual_seed(0)
    digital, x = nn.Sequential(Reversed()), torch.randn(4, 5)
    torch.testing.assert_close(on_cores(digital)(x), digital(x), rtol=1e-4, atol=1e-4)


class PerHead(nn.Module):
    """One matrix for each head, as of an attention whose heads are not mixed."""

    def __init__(self, left: bool) -> None:
        super().__init__()
        self.left, self.weight = left, nn.Parameter(torch.randn(3, 6, 5))

    def forward(self, x):
        return (self.weight.mT @ x.mT).mT if self.left else x @ self.weight


@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("shape", [(4, 6), (1, 4, 6), (3, 4, 6), (3, 3, 4, 6), (5, 3, 4, 6)])
def test_heads_meet_their_own_vectors_whatever_axes_stand_in_front(shape, left) -> None:
    torch.manual_seed(0)
    digital, x = nn.Sequential(PerHead(left)), torch.randn(shape)
    model = on_cores(digital)
    torch.testing.assert_close(model(x), digital(x), rtol=1e-4, atol=1e-4)


class Counting(nn.Module):
    """Keeps a mean of what it met, as a batch normalisation does, and what it returned."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.last = nn.Parameter(torch.randn(6, 6)), None
        self.register_buffer("mean", torch.zeros(6))

    def forward(self, x):
        self.mean.lerp_(x.mean(tuple(range(x.ndim - 1))), 0.1)
        self.last = functional.linear(x, self.weight)
        return self.last


def test_a_layer_is_tried_without_a_trace() -> None:
    model = analog.convert(nn.Sequential(Counting(), nn.Dropout()), IDEAL)
    assert isinstance(model[0], analog.AnalogLayer)
    assert model[0].training
    assert model[0].last is None
    assert not model[0].mean.any()


def test_a_call_with_other_parameters_reads_the_cores() -> None:
    torch.manual_seed(0)
    model, x = on_cores(nn.Sequential(Transposed(5, 7))), torch.randn(3, 5)
    others = {name: torch.zeros_like(p) for name, p in model.named_parameters()}
    expected = model(x) - model[0].bias
    with pytest.warns(analog.StaleWeightsWarning):
        y = torch.func.functional_call(model, others, (x,))
    torch.testing.assert_close(y, expected, rtol=1e-4, atol=1e-4)


class Bypassing(nn.Module):
    """Multiplies with the weights of its layers without calling them, as Mamba does."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.conv = nn.Conv1d(4, 4, 3, groups=4, padding=2)
        self.use = self.products

    def products(self, x):
        weight = self.conv.weight.squeeze(1)
        y = functional.conv1d(x, weight.unsqueeze(1), self.conv.bias, padding=1, groups=4)
        return self.fc.weight @ y + functional.linear(y.mT, self.fc.weight).mT

    def others(self, x):
        return x + self.fc.weight.sum()

    def by_name(self, x):
        return self.get_parameter("fc.weight") @ x

    def forward(self, x):
        return self.use(x)


def test_weights_that_are_used_from_outside_are_those_on_the_cores() -> None:
    torch.manual_seed(0)
    digital, x = Bypassing(), torch.randn(2, 4, 9)
    model = on_cores(digital)
    torch.testing.assert_close(model(x), digital.products(x), rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)
    with pytest.warns(aimc.nn.StaleWeightsWarning):
        stale = model(x)
    assert type(model.fc.weight) is nn.Parameter
    y = functional.conv1d(x, digital.conv.weight, 2 * digital.conv.bias, padding=1, groups=4)
    torch.testing.assert_close(stale, 2 * (digital.fc.weight @ y), rtol=1e-4, atol=1e-4)
    asked = analog.AnalogModel(model).workload(x)
    assert {layer.name: layer.mvms for layer in asked.layers} == {"conv": 9, "fc": 18}
    calibrated = analog.calibrate(analog.convert(digital, aimc.presets.hermes), [x])
    assert calibrated.keys() == {"fc.weight", "conv.weight"}


def test_weights_that_are_got_by_name_are_those_on_the_cores() -> None:
    digital, x = Bypassing(), torch.randn(2, 4, 9)
    digital.use = digital.by_name
    model = on_cores(digital)
    model.use = model.by_name
    with torch.no_grad():
        model.fc.weight.zero_()
    with pytest.warns(aimc.nn.StaleWeightsWarning):
        y = model(x)
    torch.testing.assert_close(y, digital.by_name(x), rtol=1e-4, atol=1e-4)


def test_weights_are_on_cores_where_a_part_is_called_without_its_model(recwarn) -> None:
    torch.manual_seed(0)
    digital, x = nn.Sequential(Bypassing(), nn.Flatten(), nn.Linear(36, 2)), torch.randn(2, 4, 9)
    model = on_cores(digital)
    with torch.no_grad():
        model[0].fc.weight.zero_()
    with pytest.warns(aimc.nn.StaleWeightsWarning):
        y = model[0](x)
    torch.testing.assert_close(y, digital[0].products(x), rtol=1e-4, atol=1e-4)
    assert not any(module._forward_hooks for module in analog.to_digital(model).modules())


def test_a_product_that_is_written_elsewhere_is_refused() -> None:
    def into(x):
        y = torch.zeros(2, 4, 9)
        torch.matmul(model.fc.weight, x, out=y)
        return y

    model = on_cores(Bypassing())
    model.use = into
    with torch.no_grad(), pytest.raises(analog.NotConvertibleError, match="matmul"):
        model(torch.rand(2, 4, 9))


def test_another_use_from_outside_is_refused_with_the_way_out() -> None:
    digital = Bypassing()
    model = on_cores(digital)
    model.use = model.others
    with pytest.raises(analog.NotConvertibleError, match=r"'fc'.*'weight'.*sum.*skip=\('fc',\)"):
        model(torch.rand(2, 4, 9))


class Language(nn.Module):
    """A tied embedding: one parameter is the table of the input and the matrix of the output."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.head = nn.Embedding(9, 4), nn.Linear(4, 9, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens):
        return self.head(self.embed(tokens).tanh())


def test_a_tied_embedding_is_one_parameter(recwarn) -> None:
    torch.manual_seed(0)
    digital, tokens = Language(), torch.randint(0, 9, (3, 5))
    model = on_cores(digital)
    assert not recwarn
    assert model.head.weight is model.embed.weight
    assert len(list(model.parameters())) == 1
    assert list(model.state_dict()) == list(digital.state_dict())
    torch.testing.assert_close(model(tokens), digital(tokens), rtol=1e-5, atol=1e-5)
    model.head.weight_noise = torch.clone
    before = model.embed.weight.detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), 1.0)
    functional.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten()).backward()
    optimizer.step()
    assert not torch.equal(model.embed.weight, before)
    model.head.weight_noise = None
    with pytest.warns(analog.StaleWeightsWarning):
        old = model(tokens)
    expected = model.embed(tokens).tanh() @ before.t()
    torch.testing.assert_close(old, expected, rtol=1e-5, atol=1e-5)
    analog.program(model)
    digital.load_state_dict(model.state_dict())
    torch.testing.assert_close(model(tokens), digital(tokens), rtol=1e-5, atol=1e-5)
    back = analog.to_digital(model)
    assert back.head.weight is back.embed.weight


class Sorted(nn.Module):
    """As JetMoE's: vectors come sorted by expert, with how many belong to each."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 5, 8))

    def forward(self, x, sizes):
        parts = x.split(sizes, dim=0)
        return torch.cat([functional.linear(parts[k], self.weight[k]) for k in range(3)])


def test_vectors_may_come_sorted_by_expert(recwarn) -> None:
    model = nn.ModuleDict({"experts": Sorted()})
    converted = aimc.program(analog.convert(model, IDEAL))
    assert not recwarn
    x = torch.randn(6, 8)
    for sizes in ([1, 2, 3], [4, 0, 2]):
        found, wanted = (m["experts"](x, sizes) for m in (converted, model))
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)
    assert len(analog.report(converted).matrices) == 3


class Shared(Experts):
    """Experts that all meet all vectors, with a factor for each."""

    def __init__(self) -> None:
        super().__init__("all_of_them", turned=False)

    def forward(self, x, factors):
        everywhere = x.reshape(1, -1, x.shape[-1]).expand(self.count, -1, -1)
        up = self._gated(torch.bmm(everywhere, self.gate_up.transpose(1, 2)))
        up = up * factors.reshape(-1, self.count, 1).transpose(0, 1)
        return torch.bmm(up, self.down.transpose(1, 2)).sum(0).view(x.shape)


def test_vectors_may_come_with_a_factor_for_each_expert(recwarn) -> None:
    torch.manual_seed(0)
    digital, x, factors = Shared(), torch.randn(2, 5, 8), torch.rand(2, 5, 4)
    model = on_cores(digital)
    assert not recwarn
    assert len(analog.report(model).matrices) == 8
    torch.testing.assert_close(model(x, factors), digital(x, factors), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("trained", [True, False])
def test_modules_see_whether_weights_on_cores_are_trained(trained: bool) -> None:
    class Asks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x):
            return self.layer(x), self.layer.weight.requires_grad, self.layer.weight.T.requires_grad

    model = analog.program(analog.convert(Asks(), aimc.presets.ideal))
    model.layer.weight.requires_grad_(trained)
    assert model(torch.ones(1, 4))[1:] == (trained, trained)


class Asking(nn.Module):
    """Asks the weights of a layer for all but their values."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.layer.weight
        assert isinstance(weight, nn.Parameter)
        x = x.to(weight) + weight.new_zeros(4) + torch.zeros_like(weight)[0]
        return self.layer(x.type_as(weight)) * weight.new_tensor(2.0)


def test_modules_may_make_tensors_like_weights_on_cores() -> None:
    digital, x = Asking(), torch.rand(2, 4, dtype=torch.float64)
    model = analog.program(analog.convert(digital, "ideal"))
    torch.testing.assert_close(model(x), digital(x))


def test_gradients_of_gradients_through_converters_are_refused() -> None:
    model, x = analog.convert(nn.Linear(4, 3), "hermes"), torch.rand(2, 4, requires_grad=True)
    model.weight_noise = lambda weights: weights
    (slope,) = torch.autograd.grad(model(x).sum(), x)
    with pytest.raises(RuntimeError, match="gradients of gradients"):
        torch.autograd.grad(model(x).sum(), x, create_graph=True)
    assert slope.shape == x.shape
