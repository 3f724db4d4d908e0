r"""Batch normalisation folded into the layer before it, which leaves one matrix and one bias.

After training, a batch normalisation multiplies each channel with a number and adds another. Both
can be taken into the layer in front,

.. math:: W' = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} W,\qquad
          b' = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} (b - \mu) + \beta,

with running mean :math:`\mu`, running variance :math:`\sigma^2` and the learned :math:`\gamma`,
:math:`\beta`. The devices then hold :math:`W'`.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights, fuse_linear_bn_weights

from aimc.nn.detached_copy import copy_of
from aimc.nn.layer import NotConvertibleError
from aimc.nn.selection import is_plain

__all__ = ["fold_batch_norm"]

FOLDED = (
    (nn.Conv1d, nn.BatchNorm1d),
    (nn.Conv2d, nn.BatchNorm2d),
    (nn.Conv3d, nn.BatchNorm3d),
    (nn.Linear, nn.BatchNorm1d),
)

# A BatchNorm1d also takes what has an axis more or less, and normalises another one then.
SHAPES: dict[type[nn.Module], tuple[str, ...]] = {
    nn.Linear: ("n", "features"),
    nn.Conv1d: ("n", "channels", "length"),
}


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """Return a copy whose batch normalisations are folded into the layers right before them.

    Folded are `torch.nn.BatchNorm2d` after `torch.nn.Conv2d`, `torch.nn.BatchNorm3d` after
    `torch.nn.Conv3d`, and `torch.nn.BatchNorm1d` after `torch.nn.Conv1d` or `torch.nn.Linear`,
    where nothing else uses the layer's output or parameters. The batch normalisation becomes an
    identity, so that the model's code still runs.
    The result computes what the model computes in evaluation mode; it is for inference.

    A `torch.nn.BatchNorm1d` normalises the second axis, a dense layer has its outputs on the last:
    only with inputs of two axes are they the same, and with others a folded model raises an error.

    Parameters
    ----------
    model : torch.nn.Module
        A trained digital model; it is left as it is.

    Raises
    ------
    NotConvertibleError
        If torch cannot trace which layer follows which, because the path depends on the data.
    """
    folded = copy_of(model).eval()
    for before, after in _pairs(folded):
        layer, norm = folded.get_submodule(before), folded.get_submodule(after)
        fuse = fuse_linear_bn_weights if isinstance(layer, nn.Linear) else fuse_conv_bn_weights
        mean = norm.running_mean
        layer.weight, layer.bias = fuse(
            layer.weight,
            layer.bias,
            mean,
            norm.running_var,
            norm.eps,
            torch.ones_like(mean) if norm.weight is None else norm.weight,
            torch.zeros_like(mean) if norm.bias is None else norm.bias,
        )
        _become_identity(norm)
        if isinstance(layer, nn.Conv1d | nn.Linear):
            shape = SHAPES[nn.Linear if isinstance(layer, nn.Linear) else nn.Conv1d]
            norm.register_forward_pre_hook(partial(_check_axes, after, shape))
    return folded


def _become_identity(norm: nn.Module) -> None:
    """Turn a module into an identity where it stands, for all that refers to it."""
    norm.__class__ = nn.Identity
    norm.__dict__.clear()
    norm.__dict__.update(nn.Identity().eval().__dict__)


def _check_axes(
    name: str, shape: tuple[str, ...], norm: nn.Module, inputs: tuple[torch.Tensor, ...]
) -> None:
    if inputs[0].ndim != len(shape):
        raise ValueError(
            f"{name} was folded into the layer before it, which is exact for inputs of shape "
            f"({', '.join(shape)}) only; it met {tuple(inputs[0].shape)}: use the model without "
            "folding"
        )


def _pairs(model: nn.Module) -> list[tuple[str, str]]:
    """Return names of layers and of the batch normalisations that alone use their outputs."""
    try:
        graph = fx.symbolic_trace(model).graph
    except Exception as error:
        raise NotConvertibleError(
            f"torch cannot trace {type(model).__name__}, so which layer is followed by which batch "
            f"normalisation is not known ({error}); fold its traceable parts one by one"
        ) from error
    calls = [str(node.target) for node in graph.nodes if node.op == "call_module"]
    reads = [str(node.target) for node in graph.nodes if node.op == "get_attr"]
    parameters = dict(model.named_parameters())
    read = {id(parameters[name]) for name in reads if name in parameters}
    pairs = []
    for node in graph.nodes:
        before = node.args[0] if node.args else None
        if node.op != "call_module" or not isinstance(before, fx.Node):
            continue
        if before.op != "call_module" or len(before.users) != 1:
            continue
        names = str(before.target), str(node.target)
        layer, norm = (model.get_submodule(name) for name in names)
        # A layer that is called twice meets its batch normalisation only once; parameters that are
        # also used otherwise must stay what they are.
        once = all(calls.count(name) == 1 for name in names)
        own = not any(id(p) in read for module in (layer, norm) for p in module.parameters())
        if once and own and _fit(layer, norm):
            pairs.append(names)
    return pairs


def _fit(layer: nn.Module, norm: nn.Module) -> bool:
    """Tell whether a normalisation acts on the outputs of a layer, with statistics of its own.

    Hooks between or behind them would meet other numbers.
    """
    kinds = type(layer), type(norm)
    if kinds not in FOLDED or "bias" not in layer._parameters:
        return False
    if layer._forward_hooks or norm._forward_pre_hooks or norm._forward_hooks:
        return False
    if not isinstance(norm.running_mean, torch.Tensor) or not is_plain(layer):
        return False
    return len(norm.running_mean) == layer.weight.shape[0]
