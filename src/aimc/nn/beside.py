"""What a converted model computes beside its cores, so that no cost passes for more than it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from aimc.nn.layer import AnalogLayer
from aimc.nn.selection import ELEMENTWISE, holders, matrices_left
from aimc.nn.tables import TABLES

__all__ = ["digital_layers", "watch_beside"]

# What the digital units of a core do to the values that they pass on anyway (scale, offset, ReLU),
# and what does nothing to a value.
FREE = (
    nn.ReLU, nn.Identity, nn.Flatten, nn.Unflatten,
    nn.modules.dropout._DropoutNd, nn.modules.batchnorm._BatchNorm,
)  # fmt: skip
SUMS = {"add", "add_", "__add__", "__radd__", "__iadd__"}
PRODUCTS = {"matmul", "__matmul__", "bmm", "einsum", "scaled_dot_product_attention"}
NAMED = {
    "softmax", "log_softmax", "gelu", "silu", "sigmoid", "tanh", "hardtanh", "leaky_relu", "elu",
    "layer_norm", "group_norm", "rms_norm", "batch_norm", "normalize",
    "max_pool3d", "max_pool2d", "max_pool1d", "avg_pool3d", "avg_pool2d", "avg_pool1d",
    "adaptive_avg_pool3d", "adaptive_avg_pool2d", "mean",
    "embedding", "interpolate", "linear", "conv3d", "conv2d", "conv1d",
}  # fmt: skip


def digital_layers(model: nn.Module) -> tuple[str, ...]:
    """Return the layers of a converted model that multiply with weights and are not on cores.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`.

    Returns
    -------
    tuple of str
        Name and kind of each, for example ``"c2 (Conv2d)"``.
    """
    found = []
    for path, module in holders(model):
        if isinstance(module, AnalogLayer):
            left = matrices_left(path, module, module.digital_matrices())
            found += [f"{each.path} ({each.kind})" for each in left]
        elif _multiplies(module):
            found.append(f"{path or 'the model itself'} ({type(module).__name__})")
    return tuple(found)


def _multiplies(module: nn.Module) -> bool:
    matrices = any(p is not None and p.ndim > 1 for p in module._parameters.values())
    matrices = matrices or hasattr(module, "parametrizations")
    return matrices and not isinstance(module, (*ELEMENTWISE, *TABLES))


@contextmanager
def watch_beside(model: nn.Module) -> Iterator[list[str]]:
    """Return a context in which forwards list what is computed beside the cores.

    Modules come with their kind, functions of torch with their name, sums and products of
    activations in words, each once. Layers that `digital_layers` names are left out, and so are
    scaling, offset and ReLU, which the digital units of the cores do.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`.
    """
    found: list[str] = []
    inside: list[nn.Module] = []

    def note(name: str) -> None:
        if name not in found:
            found.append(name)

    def enter(module: nn.Module, *_: Any) -> None:
        if not inside and not isinstance(module, (AnalogLayer, *FREE)) and not _multiplies(module):
            note(type(module).__name__)
        if not inside and isinstance(module, AnalogLayer):
            for work in module.beside:
                note(work)
        inside.append(module)

    def leave(*_: Any) -> None:
        inside.pop()

    handles = []
    for module in model.modules():
        leaf = not any(True for _ in module.children())
        if isinstance(module, AnalogLayer) or leaf or _multiplies(module):
            handles.append(module.register_forward_pre_hook(enter))
            handles.append(module.register_forward_hook(leave, always_call=True))
    try:
        with _Functions(inside, note):
            yield found
    finally:
        for handle in handles:
            handle.remove()


class _Functions(TorchFunctionMode):
    """Notes functions that are called outside the modules that are watched."""

    def __init__(self, inside: list[nn.Module], note: Any) -> None:
        super().__init__()
        self.inside, self.note = inside, note

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if not self.inside:
            name = getattr(function, "__name__", "")
            tensors = sum(isinstance(value, torch.Tensor) for value in args)
            if name in SUMS and tensors > 1:
                self.note("sums of activations, such as residual connections")
            elif name in PRODUCTS:
                self.note("products of activations, such as attention")
            elif name in NAMED:
                self.note(name)
        return function(*args, **(kwargs or {}))
