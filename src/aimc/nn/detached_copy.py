"""Copies of models, also of those that hold tensors which a graph of gradients leads to."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import torch
from torch import nn
from torch.fx import GraphModule
from torch.overrides import TorchFunctionMode

__all__ = ["DetachedCopies", "copy_of"]


class DetachedCopies(TorchFunctionMode):
    """Context in which `copy.deepcopy` copies computed tensors, too, without their graph.

    Outside it torch refuses to copy a tensor that gradients pass through. Such are the devices of
    a model that was programmed with gradients, and weights that hooks compute before each forward:
    those of pruned layers, for example.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Answer the copying of a computed tensor, and pass on all else."""
        if func is torch.Tensor.__deepcopy__ and not args[0].is_leaf:
            return args[0].detach().clone()
        return func(*args, **(kwargs or {}))


def copy_of(model: nn.Module, memo: dict[int, Any] | None = None) -> nn.Module:
    """Return a deep copy of a model.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    memo : dict, optional
        What takes the place of parts of it, by their identity, as in `copy.deepcopy`.

    Raises
    ------
    TypeError
        If ``model`` is no module, or one that torch has compiled, whose layers are out of reach; if
        a function was set as the forward of a module, which would compute with the original.
    ValueError
        If it has parameters that have no shape yet.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    if isinstance(model, torch.jit.ScriptModule):
        raise TypeError(
            f"model must not be compiled, got a {type(model).__name__}: pass the model that it "
            "was made from"
        )
    lazy = [
        name
        for name, parameter in model.named_parameters()
        if isinstance(parameter, nn.parameter.UninitializedParameter)
    ]
    if lazy:
        raise ValueError(
            f"model has parameters without a shape: {', '.join(lazy)}; call it once on a batch, "
            "which tells its lazy layers how many inputs they have"
        )
    for path, module in model.named_modules():
        if isinstance(vars(module).get("forward"), FunctionType) and [*module.parameters()]:
            raise TypeError(
                f"model has a function as forward of {path or 'itself'}, set past its class, which "
                "would compute with the weights of the original in each copy: write it into a "
                "class, and compile by torch.compile(model), after all else, or by model.compile()"
            )
    with DetachedCopies():
        twin: nn.Module = copy.deepcopy(model, memo)
    if any(isinstance(module, GraphModule) for module in model.modules()):
        modes = {path: module.training for path, module in model.named_modules()}
        for path, module in twin.named_modules():
            module.training = modes.get(path, module.training)  # which torch.fx does not copy
    return twin
