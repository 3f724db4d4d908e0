"""What `torch.compile` sees of an analog layer: one operation that it does not look into.

What a layer computes depends on sizes of numbers, on streams of random numbers and on devices, and
none of them can stand in a graph. So the graph is given the number of the layer, and the operation
runs the layer as it is called without a compiler, with whatever it holds by then: another time,
another amount of noise. What lies between analog layers is compiled.

The number is a tensor, an input of the graph like the parameters: copies of a model, and blocks of
one make, pass theirs to the same graph. What the graph itself knows is the *kind* of a layer, from
which the shapes of its outputs follow.

Where gradients are followed, the operation keeps the steps of automatic differentiation under a
number that it returns as one more tensor. The operation of the backward pass takes them from there;
if none comes, they are let go together with this tensor.
"""

from __future__ import annotations

import itertools
import secrets
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from aimc.nn.gathered_warnings import CALL

__all__ = ["call", "register", "weights_elsewhere"]

TENSOR, FOLLOWED = "t", "T"
"""Marks of a tensor among the arguments, and of one that gradients flow to."""
CONSTANTS = {"n": None, "0": False, "1": True}

_LAYERS: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
_CLASSES: dict[str, list[type]] = {}
"""Classes of modules that have one name."""
_KEPT: dict[int, tuple[list[torch.Tensor], list[torch.Tensor]]] = {}
"""What to differentiate by, and the outputs, of forwards whose backward pass is to come."""
# Each process has numbers of its own: a program of `torch.export` that another one has saved is to
# find no layer here, instead of a wrong one.
_numbers = itertools.count(secrets.randbits(40) << 20)
# A recorded CUDA graph would repeat the numbers and the time of its first call for ever.
UNSAFE = (torch.Tag.cudagraph_unsafe,) if hasattr(torch.Tag, "cudagraph_unsafe") else ()


def register(layer: nn.Module) -> tuple[torch.Tensor, str]:
    """Return the number by which a layer is found for as long as it lives, and its kind.

    Layers of one kind return outputs of the same shapes for inputs of the same shapes. Nothing of
    one process is in its text, since compiled code that an earlier one has stored is found by the
    text of its graph.
    """
    number = next(_numbers)
    _LAYERS[number] = layer
    with torch.inference_mode(False):
        return torch.tensor(number, device="cpu"), "; ".join(map(_described, layer.modules()))


def _described(module: nn.Module) -> str:
    """Return what shapes of outputs follow from: class, options and shapes of parameters."""
    passing = {*vars(nn.Module()), *getattr(module, "_STATE", ())}
    options = {k: v for k, v in vars(module).items() if k not in passing and _is_plain(v)}
    shapes = {
        k: None if each is None else tuple(each.shape) for k, each in module._parameters.items()
    }
    name = type(module).__qualname__
    same = _CLASSES.setdefault(name, [])
    if type(module) not in same:
        same.append(type(module))
    return f"{name} {same.index(type(module))} {options} {shapes}"


def _is_plain(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_plain, value))
    return value is None or type(value) in (bool, int, float, str)


def call(layer: Any, inputs: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """Call a layer within a graph. The compiler reads this code, and no other of the layer."""
    tensors: list[torch.Tensor] = []
    form = "".join([_flat(each, tensors) for each in (*inputs, *named.values())])
    form = "|".join([form, *named])
    parameters = layer.followed()
    keep = torch.is_grad_enabled() and (len(parameters) > 0 or FOLLOWED in form.split("|")[0])
    found = torch.ops.aimc.analog_layer(
        layer.compiled_number,
        layer.compiled_kind,
        next(layer.parameters(), tensors[0]).dtype,
        form,
        keep,
        tensors[0],
        tensors,
        parameters,
    )
    return layer.unpacked(found[:-1] if keep else found)


def weights_elsewhere(layer: Any, parameter: str, weights: torch.Tensor) -> torch.Tensor:
    """Return a parameter for code of another module within a graph, that may ask for its format.

    Products with it would have to be computed on cores; they are an error when they are reached.
    """
    found: torch.Tensor = torch.ops.aimc.weights_elsewhere(
        layer.compiled_number, parameter, weights.detach()
    )
    return found


@torch.library.custom_op("aimc::weights_elsewhere", mutates_args=())
def _elsewhere(number: torch.Tensor, parameter: str, weights: torch.Tensor) -> torch.Tensor:
    raise _found(number).other_use(parameter, "another module of a compiled model")


@_elsewhere.register_fake
def _shape(number: torch.Tensor, parameter: str, weights: torch.Tensor) -> torch.Tensor:
    """Return the parameter without its numbers."""
    return _empty(weights)


def _found(number: torch.Tensor) -> Any:
    try:
        return _LAYERS[int(number)]
    except KeyError:
        raise RuntimeError(
            "the analog layer of a compiled or exported program is not in this process: it has "
            "been deleted, or the program was saved by another one; save the model instead, for "
            "example by aimc.nn.save, and compile or export it anew"
        ) from None


def _empty(tensor: torch.Tensor) -> torch.Tensor:
    # not empty_like: the new tensor is to be one of the graph's, whatever the old one is
    return torch.empty(tensor.shape, dtype=tensor.dtype, device=tensor.device)


def _flat(value: Any, tensors: list[torch.Tensor]) -> str:
    """Return the form of an argument, a letter for each part, and append its tensors."""
    if isinstance(value, torch.Tensor):
        tensors.append(value)
        return FOLLOWED if value.requires_grad else TENSOR
    if isinstance(value, tuple | list):
        return "(" + "".join([_flat(each, tensors) for each in value]) + ")"
    for mark, constant in CONSTANTS.items():
        if value is constant:
            return mark
    raise TypeError(f"an analog layer in a compiled model takes tensors, got {type(value)}")


def _arguments(form: str, tensors: Sequence[torch.Tensor]) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments that `_flat` took apart, the named ones apart."""
    marks, *names = form.split("|")
    left = iter(tensors)
    values: list[Any] = []
    outer: list[list[Any]] = []
    for mark in marks:
        if mark == "(":
            outer.append(values)
            values = []
        elif mark == ")":
            inner, values = tuple(values), outer.pop()
            values.append(inner)
        else:
            values.append(next(left) if mark in (TENSOR, FOLLOWED) else CONSTANTS[mark])
    first = len(values) - len(names)
    return values[:first], dict(zip(names, values[first:], strict=True))


@torch.library.custom_op(
    "aimc::analog_layer", mutates_args=(), tags=(torch.Tag.nondeterministic_seeded, *UNSAFE)
)
def _forward(
    number: torch.Tensor,
    kind: str,
    dtype: torch.dtype,
    form: str,
    keep: bool,
    first: torch.Tensor,
    tensors: list[torch.Tensor],
    parameters: list[torch.Tensor],
) -> list[torch.Tensor]:
    """Return the outputs of a layer one after the other, and the number of what is kept.

    ``dtype`` is that of its parameters. ``first`` tells checkpoints of activations whose random
    numbers to bring back: they look into no list.
    """
    layer = _found(number)
    own = _checked(layer, parameters)
    if not keep:
        inputs, named = _arguments(form, tensors)
        return [each.contiguous() for each in layer.packed(layer(*inputs, **named))]
    with torch.inference_mode(False):  # an operation is below automatic differentiation: back to it
        marks = [mark for mark in form.split("|")[0] if mark in (TENSOR, FOLLOWED)]
        given = [
            each.detach().requires_grad_(mark == FOLLOWED)
            for mark, each in zip(marks, tensors, strict=True)
        ]
        inputs, named = _arguments(form, given)
        outputs = [each.contiguous() for each in layer.packed(layer(*inputs, **named))]
    place = next(_numbers)
    _KEPT[place] = ([each for each in given if each.requires_grad] + own, outputs)
    ticket = torch.tensor(place)
    weakref.finalize(ticket, _KEPT.pop, place, None)
    return [*(each.detach() for each in outputs), ticket]


def _checked(layer: Any, parameters: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """Return the parameters of a layer itself, or raise an error if those given are others."""
    own: list[torch.Tensor] = layer.followed()
    if [each.data_ptr() for each in own] != [each.data_ptr() for each in parameters]:
        raise RuntimeError(
            f"layer {layer._label!r}: a compiled model multiplies with its own parameters, and "
            "others were lent to it for one call; call the model without torch.compile"
        )
    return own


@_forward.register_fake
def _shapes(
    number: torch.Tensor,
    kind: str,
    dtype: torch.dtype,
    form: str,
    keep: bool,
    first: torch.Tensor,
    tensors: list[torch.Tensor],
    parameters: list[torch.Tensor],
) -> list[torch.Tensor]:
    """Return outputs without numbers, in the shapes that the digital layer would return."""
    known = list(_LAYERS.values())  # some of them may be digital by now
    layer = next(each for each in known if getattr(each, "compiled_kind", None) == kind)
    inputs, named = _arguments(form, tensors)
    off = torch.autocast(first.device.type, enabled=False)
    with torch.no_grad(), off, _without_numbers(layer, dtype, first.device):
        outputs = layer.packed(layer.digital_forward(*inputs, **named))
    found = [_empty(each) for each in outputs]
    return [*found, torch.empty((), dtype=torch.int64)] if keep else found


@contextmanager
def _without_numbers(layer: Any, dtype: torch.dtype, device: torch.device) -> Iterator[None]:
    """Let parameters and buffers of a layer have nothing but a shape and a format.

    That of floating-point parameters is given.
    """
    modules = list(layer.modules())
    before = [(dict(module._parameters), dict(module._buffers)) for module in modules]
    outer, CALL.layer = CALL.layer, layer
    try:
        for module in modules:
            held: Any
            for held, given in ((module._parameters, dtype), (module._buffers, None)):
                for key, each in held.items():
                    if each is not None:
                        own = each.dtype if given is None or not each.is_floating_point() else given
                        held[key] = torch.empty(each.shape, dtype=own, device=device)
        yield
    finally:
        CALL.layer = outer
        for module, (parameters, buffers) in zip(modules, before, strict=True):
            module._parameters.update(parameters)
            module._buffers.update(buffers)


@torch.library.custom_op("aimc::analog_layer_backward", mutates_args=(), tags=UNSAFE)
def _backward(
    ticket: torch.Tensor, gradients: list[torch.Tensor], wanted: list[torch.Tensor]
) -> list[torch.Tensor]:
    """Return the gradients of the tensors and the parameters of a forward."""
    kept = _KEPT.pop(int(ticket), None)
    if kept is None:
        raise RuntimeError(
            "the backward pass of a compiled analog layer can be done once: call the model again"
        )
    by, outputs = kept
    reached = [k for k, each in enumerate(outputs) if each.requires_grad]
    with torch.inference_mode(False):
        found = torch.autograd.grad(
            [outputs[k] for k in reached], by, [gradients[k] for k in reached], allow_unused=True
        )
    return [
        torch.zeros_like(each, memory_format=torch.contiguous_format)
        if gradient is None
        else gradient.contiguous()
        for gradient, each in zip(found, by, strict=True)
    ]


@_backward.register_fake
def _shapes_of_gradients(
    ticket: torch.Tensor, gradients: list[torch.Tensor], wanted: list[torch.Tensor]
) -> list[torch.Tensor]:
    """Return gradients without numbers."""
    return [_empty(each) for each in wanted]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: list[torch.Tensor]) -> None:
    """Note what the backward pass needs; called by torch after the forward."""
    *_, form, _, _, tensors, parameters = inputs
    marks = [mark for mark in form.split("|")[0] if mark in (TENSOR, FOLLOWED)]
    ctx.places = [k for k, mark in enumerate(marks) if mark == FOLLOWED]
    ctx.count, ctx.outputs = len(tensors), len(output) - 1
    ctx.save_for_backward(output[-1], *output[:-1], *(tensors[k] for k in ctx.places), *parameters)


def _gradients(ctx: Any, gradients: Sequence[torch.Tensor | None]) -> tuple[Any, ...]:
    """Return the gradient of each argument of the operation."""
    ticket, *saved = ctx.saved_tensors
    outputs, wanted = saved[: ctx.outputs], saved[ctx.outputs :]
    given = [
        torch.zeros_like(output) if gradient is None else gradient
        for gradient, output in zip(gradients, outputs, strict=False)
    ]
    found = torch.ops.aimc.analog_layer_backward(ticket, given, wanted)
    of_tensors: list[Any] = [None] * ctx.count
    for place, gradient in zip(ctx.places, found, strict=False):
        of_tensors[place] = gradient
    return *[None] * 6, of_tensors, found[len(ctx.places) :]


_forward.register_autograd(_gradients, setup_context=_keep)
