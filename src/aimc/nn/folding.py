r"""Batch normalisation folded into the layer before it, which leaves one matrix and one bias.

After training, a batch normalisation multiplies each channel with a number and adds another. Both
can be taken into the layer in front,

.. math:: W' = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} W,\qquad
          b' = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} (b - \mu) + \beta,

with running mean :math:`\mu`, running variance :math:`\sigma^2` and the learned :math:`\gamma`,
:math:`\beta`. The devices then hold :math:`W'`.
"""

from __future__ import annotations

import copy

import torch
from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights, fuse_linear_bn_weights

from aimc.nn.layer import NotConvertibleError

__all__ = ["fold_batch_norm"]


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """Return a copy whose batch normalisations are folded into the layers right before them.

    Folded are `torch.nn.BatchNorm2d` after `torch.nn.Conv2d` and `torch.nn.BatchNorm1d` after
    `torch.nn.Linear`, where nothing else uses the layer's output. An identity takes the place of
    the batch normalisation, so that the model's code still runs. The result computes what the
    model computes in evaluation mode; it is for inference.

    Parameters
    ----------
    model : torch.nn.Module
        A trained digital model; it is left as it is.

    Raises
    ------
    NotConvertibleError
        If torch cannot trace which layer follows which, because the path depends on the data.
    """
    folded = copy.deepcopy(model).eval()
    for before, after in _pairs(folded):
        layer, norm = folded.get_submodule(before), folded.get_submodule(after)
        fuse = fuse_conv_bn_weights if isinstance(layer, nn.Conv2d) else fuse_linear_bn_weights
        layer.weight, layer.bias = fuse(
            layer.weight,
            layer.bias,
            norm.running_mean,
            norm.running_var,
            norm.eps,
            norm.weight,
            norm.bias,
        )
        parent, _, name = after.rpartition(".")
        setattr(folded.get_submodule(parent), name, nn.Identity())
    return folded


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
    pairs = []
    for node in graph.nodes:
        before = node.args[0] if node.args else None
        if node.op != "call_module" or not isinstance(before, fx.Node):
            continue
        if before.op != "call_module" or len(before.users) != 1:
            continue
        names = str(before.target), str(node.target)
        layer, norm = (model.get_submodule(name) for name in names)
        kinds = type(layer), type(norm)
        if kinds not in ((nn.Conv2d, nn.BatchNorm2d), (nn.Linear, nn.BatchNorm1d)):
            continue
        # A layer that is called twice meets its batch normalisation only once.
        if all(calls.count(name) == 1 for name in names) and _has_statistics(norm):
            pairs.append(names)
    return pairs


def _has_statistics(norm: nn.Module) -> bool:
    return isinstance(getattr(norm, "running_mean", None), torch.Tensor)
