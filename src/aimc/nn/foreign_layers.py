"""Layers of other libraries on cores: known by what they compute, not by their names.

Hugging Face's ``Conv1D`` multiplies with a transposed matrix, a block of experts holds all their
matrices in one parameter of three axes, a router is a matrix with a choice behind it, and timm's
``Conv2dSame`` pads an image before it convolves. Such a layer is tried once, on random numbers,
while stand-ins take the place of its parameters. If products are all that happens to a parameter,
it can be on cores, and the forward of the analog layer is the digital one with these products
there.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized
from torch.utils._pytree import tree_leaves

from aimc.nn.convolution import CONVOLVE, AnalogConv1d, AnalogConv2d, AnalogConv3d
from aimc.nn.detached_copy import copy_of
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import Setup
from aimc.nn.stand_in import Factor, StandIn

__all__ = ["AnalogForeign", "analog_class", "digital_matrices", "uses_of"]

CONVOLUTIONS: dict[type[nn.Module], type[AnalogLayer]] = {
    nn.Conv1d: AnalogConv1d,
    nn.Conv2d: AnalogConv2d,
    nn.Conv3d: AnalogConv3d,
}
CLOSE = 1e-3  # of the largest output, for sums in another order, in half precision too


@dataclass(frozen=True, slots=True)
class Use:
    """How a layer multiplies with a parameter."""

    transposed: bool = False
    """Whether its matrices have shape (in, out); otherwise (out, in)."""
    experts: int | None = None
    """Number of matrices on its first axis; ``None`` if it is one matrix."""

    def names(self, parameter: str) -> list[str]:
        """Return the names of its matrices."""
        if self.experts is None:
            return [parameter]
        return [f"{parameter}:{expert}" for expert in range(self.experts)]


class OtherUseError(Exception):
    """A forward does more with a parameter than multiply with it."""

    def __init__(self, parameter: str, function: str) -> None:
        super().__init__(parameter, function)
        self.parameter = parameter


class _Noted:
    """Computes what stand-ins pass on in floating point, and notes how it is used."""

    def __init__(self, module: nn.Module) -> None:
        self.module, self.weights = module, dict(module._parameters)
        self.found: dict[str, set[Use]] = {}

    def multiply(self, factor: Factor, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        """Return a product; see `aimc.nn.stand_in.Multiplier`."""
        weight: Any = self.weights[factor.parameter]
        if any(_within(x, p) for p in self.weights.values()):
            raise OtherUseError(factor.parameter, "a product with another parameter")
        experts = None if factor.expert is None else len(weight)
        self.found.setdefault(factor.parameter, set()).add(Use(factor.transposed, experts))
        matrix = (weight if factor.expert is None else weight[factor.expert]).to(x.dtype)
        return nn.functional.linear(x, matrix.t() if factor.transposed else matrix, bias)

    def convolve(
        self, parameter: str, x: torch.Tensor, bias: torch.Tensor | None, **options: Any
    ) -> torch.Tensor:
        """Return a convolution; see `aimc.nn.stand_in.Multiplier`."""
        weight: Any = self.weights[parameter]
        kind = next((kind for kind in CONVOLUTIONS if isinstance(self.module, kind)), None)
        if kind is None or bias is not self.weights.get("bias"):
            raise OtherUseError(parameter, "a convolution")
        self.found.setdefault(parameter, set()).add(Use())
        return CONVOLVE[weight.ndim - 3](x, weight.to(x.dtype), bias, **options)

    def other_use(self, parameter: str, function: str) -> Exception:
        """Return the error of another use."""
        return OtherUseError(parameter, function)


def _within(x: torch.Tensor, parameter: torch.Tensor | None) -> bool:
    """Tell whether these are numbers of a parameter."""
    places = [each.untyped_storage().data_ptr() for each in (x, parameter) if each is not None]
    return len(places) == 2 and places[0] == places[1]


@contextmanager
def _standing_in(module: nn.Module, names: Sequence[str], to: _Noted) -> Iterator[None]:
    """Let stand-ins take the place of parameters while the forward of their module runs.

    Whatever gets at values past them, by another way or in code that is not torch's Python, finds
    no numbers there.
    """
    seen = vars(module)  # found before parameters are
    try:
        for name in names:
            values: Any = to.weights[name]
            none = torch.full_like(values[:1, :1], torch.nan).flatten()[0].expand(values.shape)
            module._parameters[name] = nn.Parameter(none, requires_grad=False)
            seen[name] = StandIn.of(none, to, name, values.requires_grad)  # type: ignore[arg-type]
        yield
    finally:
        module._parameters.update(to.weights)
        for name in names:
            seen.pop(name, None)


def uses_of(module: nn.Module) -> dict[str, Use]:
    """Return how a layer multiplies with its parameters, by their names; empty if it does not.

    The forward of a copy with the same parameters is run a few times, in evaluation mode and
    without gradients, so that counters, running means and caches of the layer stay as they are. Of
    a layer whose weights are elsewhere (``device="meta"``), a copy with random ones is tried.

    Parameters
    ----------
    module : torch.nn.Module
        A layer with matrices of its own, and none in its parts.
    """
    axes = (3, 4, 5) if isinstance(module, tuple(CONVOLUTIONS)) else (2, 3)
    own = {n: p for n, p in module._parameters.items() if p is not None and p.ndim in axes}
    if any(p.is_meta for p in own.values()):
        return uses_of(_with_values(module))
    parts = [p for child in module.children() for p in child.parameters()]
    if (
        not own
        or any(p.ndim > 1 for p in parts)
        or any(not p.is_floating_point() or p.numel() == 0 for p in own.values())
        or is_parametrized(module)
    ):
        return {}
    twin = copy_of(module, {id(p): p for p in module.parameters()})
    for each in twin.modules():
        each.training = False
    devices = {p.device for p in own.values() if p.is_cuda}
    with torch.no_grad(), torch.random.fork_rng(list(devices)):
        for inputs in _trials(twin, own):
            uses = _tried(twin, list(own), inputs)
            if uses:
                return uses
    return {}


def digital_matrices(module: nn.Module, used: Collection[str]) -> list[str]:
    """Return the names of a layer's matrices that are not among those that are used as `Use` says.

    What has one long axis, such as an offset for images or a token of classes, is no matrix, and
    what is called a bias, such as those of several experts, is added.
    """
    return [
        name
        for name, p in module._parameters.items()
        if p is not None and sum(length > 1 for length in p.shape) > 1
        if name not in used and "bias" not in name
    ]


def _with_values(module: nn.Module) -> nn.Module:
    """Return a copy of a layer whose parameters have random values where they had none."""
    twin, source = copy.deepcopy(module), torch.Generator().manual_seed(0)
    for owner in twin.modules():
        for name, p in owner._parameters.items():
            if p is not None and p.is_meta:
                values = torch.empty(p.shape, dtype=p.dtype)
                if p.is_floating_point():
                    values.uniform_(-1.0, 1.0, generator=source)
                owner._parameters[name] = nn.Parameter(values, requires_grad=False)
    return twin


def _trials(module: Any, own: Mapping[str, nn.Parameter]) -> Iterator[tuple[Any, ...]]:
    """Yield what a layer may take: images, vectors, or vectors with the experts of each.

    Vectors may also come sorted by expert, with how many belong to each, or with a factor for each
    expert, where all of them meet all vectors.
    """
    given = inspect.signature(type(module).forward).parameters.values()
    positional = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = sum(p.default is p.empty for p in positional) - 1
    possible = len(positional) - 1
    like = next(iter(own.values()))
    source = torch.Generator().manual_seed(0)

    def drawn(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=source).to(like.device, like.dtype)

    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        steps = zip(module.kernel_size, module.dilation, strict=True)
        size = [dilation * (kernel - 1) + 3 for kernel, dilation in steps]
        yield (drawn(2, module.in_channels, *size),)
        return
    stacks = [p.shape[0] for p in own.values() if p.ndim == 3]
    for size_ in dict.fromkeys(size for p in own.values() for size in reversed(p.shape[-2:])):
        if stacks and required <= 3 <= possible:
            chosen = torch.arange(6).reshape(3, 2).to(like.device) % stacks[0]
            yield drawn(3, size_), chosen, drawn(3, 2).abs()
        if stacks and required <= 2 <= possible:
            yield drawn(2 * stacks[0], size_), [2] * stacks[0]
            yield drawn(3, size_), drawn(3, stacks[0]).abs()
        if required <= 1 <= possible:
            yield (drawn(2 * stacks[0] if stacks else 3, size_),)
            yield (drawn(2, 3, size_),)


def _tried(module: Any, names: Sequence[str], inputs: tuple[Any, ...]) -> dict[str, Use]:
    """Return how parameters are used in a forward; empty if it fails, or came out otherwise."""
    left = list(names)
    while left:
        noted = _Noted(module)
        try:
            with _standing_in(module, left, noted):
                outputs = tree_leaves(module.forward(*copy.deepcopy(inputs)))
            wanted = tree_leaves(module.forward(*copy.deepcopy(inputs)))
        except OtherUseError as error:
            if error.parameter not in left:
                return {}
            left.remove(error.parameter)
            continue
        except Exception:  # inputs of another kind than it takes: whatever it says
            return {}
        if len(outputs) != len(wanted) or not all(map(_alike, outputs, wanted)):
            return {}
        if any(len(uses) > 1 for uses in noted.found.values()):
            return {}
        return {name: uses.pop() for name, uses in noted.found.items()}
    return {}


def _alike(first: Any, second: Any) -> bool:
    if not isinstance(first, torch.Tensor) or not isinstance(second, torch.Tensor):
        return type(first) is type(second)
    if isinstance(first, StandIn) or first.shape != second.shape:
        return False
    if not first.is_floating_point():
        return True  # numbers of experts: two that are equally good may change places
    size = float(second.abs().max()) if second.numel() else 0.0
    return torch.allclose(first, second, rtol=0.0, atol=CLOSE * size, equal_nan=True)


class _Foreign(AnalogLayer):
    """A layer on cores that keeps the forward of its digital class."""

    def digital_matrices(self) -> Sequence[str]:
        """Return the names of its matrices that stayed digital."""
        return digital_matrices(self, {matrix.name.partition(":")[0] for matrix in self.matrices})

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Return how to make the layer anew: its class has no name to import it by."""
        return _made_anew(self)


class AnalogForeign(_Foreign):
    """Base of layers of other libraries; `analog_class` makes one of the class of a digital layer.

    The forward is that of the digital layer, in which products with the parameters are computed on
    cores; each expert in a parameter of three axes has a matrix of its own there. All else, such as
    gates, activations and the choice of experts, is digital.
    """

    _uses: Mapping[str, Use] = {}
    """How each parameter on cores is multiplied with."""
    _met: Mapping[str, int] = {}
    """How many vectors each matrix met in the last forward."""
    _added: Mapping[int, torch.Tensor | None] = {}
    """What was added to each sum in the last forward."""

    @classmethod
    def take_over(
        cls, module: nn.Module, setup: Setup, first_core: int = 0, path: str = ""
    ) -> AnalogLayer:
        """Turn a digital layer into an analog one, and return it; see `AnalogLayer.take_over`."""
        uses = vars(module)["_uses"] = uses_of(module)
        if any(use.experts is not None for use in uses.values()):
            vars(module)["beside"] = ("activations and sums of experts",)
        return super().take_over(module, setup, first_core, path)

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a layer cannot be converted; empty: it was tried before."""
        return ""

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        return [(name,) for each, use in self._uses.items() for name in use.names(each)]

    def alternatives(self, number: int) -> Sequence[int]:
        """Return the sums of the other experts in the same parameter."""
        of = [matrix.name.partition(":")[0] for matrix in self.matrices]
        return [k for k, name in enumerate(of) if k != number and name == of[number]]

    def weight_matrix(self, name: str = "weight") -> torch.Tensor:
        """Return the weights as the crossbars hold them, shape (out, in)."""
        parameter, _, expert = name.partition(":")
        weight: Any = self._parameters[parameter]
        matrix: torch.Tensor = weight[int(expert)] if expert else weight
        return matrix.t() if self._uses[parameter].transposed else matrix

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added to a sum digitally in the forward that runs."""
        return self._added.get(number)

    def counts(
        self, inputs: Sequence[Any], named: Mapping[str, Any], output: Any
    ) -> dict[str, int]:
        """Return how many vectors each matrix met in the last forward."""
        return {matrix.name: self._met.get(matrix.name, 0) for matrix in self.matrices}

    def _multiply(self, factor: Factor, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        uses = self._uses[factor.parameter]
        if factor.transposed != uses.transposed:
            raise self.other_use(factor.parameter, "a product with its transpose")
        name = factor.parameter
        if factor.expert is not None:
            name += f":{factor.expert}"
        number = next(k for k, matrix in enumerate(self.matrices) if matrix.name == name)
        self._met = {**self._met, name: self._met.get(name, 0) + x.numel() // x.shape[-1]}
        self._added = {number: bias}
        self.observe(x, number=number)
        return self.product(bias, number)(x)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Compute as the digital layer does, with its products on cores.

        Raises
        ------
        NotConvertibleError
            If it uses a parameter in another way than when it was tried.
        """
        digital: Any = super()
        self._met = {}
        with self.standing_in():
            return digital.forward(*inputs, **named)


class _ForeignConvolution(_Foreign):
    """Mixed into a convolution with a forward of its own, which then convolves on cores."""

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Compute as the digital layer does, with its convolution on cores."""
        digital: Any = _digital_class(type(self))
        with self.standing_in():
            return digital.forward(self, *inputs, **named)

    def _digital(self, x: torch.Tensor, *others: Any) -> torch.Tensor:
        """Return the convolution inside of the digital forward, in floating point."""
        one: Any = self
        options = one.stride, one.padding, one.dilation, one.groups
        return CONVOLVE[one.weight.ndim - 3](x, one.weight, one.bias, *options)


_CLASSES: dict[type[nn.Module], type[AnalogLayer]] = {}


def analog_class(kind: type[nn.Module]) -> type[AnalogLayer]:
    """Return the class on cores of the class of a digital layer."""
    bases: tuple[type, ...] = (AnalogForeign, kind)
    for digital, analog in CONVOLUTIONS.items():
        if issubclass(kind, digital):
            bases = (_ForeignConvolution, analog, kind)
    if kind not in _CLASSES:
        _CLASSES[kind] = type(f"Analog{kind.__name__}", bases, {"__doc__": bases[0].__doc__})
    return _CLASSES[kind]


def _digital_class(kind: type) -> type[nn.Module]:
    return next(base for base in kind.__mro__ if not issubclass(base, AnalogLayer))


def _made_anew(layer: AnalogLayer) -> Any:
    return _empty, (_digital_class(type(layer)),), layer.__getstate__()


def _empty(kind: type[nn.Module]) -> AnalogLayer:
    layer = analog_class(kind)
    return layer.__new__(layer)
