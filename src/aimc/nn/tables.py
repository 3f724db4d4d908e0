"""Tables of vectors that a model looks up, and all else that it multiplies with past all layers.

The output of a language model can be written as a product with the table of its embedding. No
layer computes it, so it stays digital, as does a product with weights that are on cores and that a
model got at by ``parameters()`` or keeps in a list. Nothing but a forward shows it: the first one
after a conversion is watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.compiler import is_dynamo_compiling
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from aimc.nn.gathered_warnings import CALL
from aimc.nn.stand_in import PRODUCTS, SUMS
from aimc.validation import warn_caller

__all__ = ["TABLES", "is_multiplied", "stop_watching", "watch_products"]

TABLES = (nn.Embedding, nn.EmbeddingBag)

MULTIPLIES = {*PRODUCTS, *SUMS, nn.functional.linear, torch.einsum, torch.tensordot, torch.mv}
MULTIPLIED = "_is_multiplied"  # in what torch keeps of a table


def watch_products(
    model: nn.Module, tables: Sequence[str], layers: Sequence[str], category: type[Warning]
) -> None:
    """Have a converted model say after its first forward what it multiplied with past all layers.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    tables : sequence of str
        Names of the tables that are not left digital on request.
    layers : sequence of str
        Names of the layers on cores.
    category : type
        What kind of warning it is.
    """
    stop_watching(model)
    first = _FirstForward(tuple(tables), tuple(layers), category)
    model.register_forward_pre_hook(first.begin)
    model.register_forward_hook(first.end, always_call=True)


def stop_watching(model: nn.Module) -> None:
    """Undo `watch_products`."""
    hooks: tuple[dict[int, Any], ...] = model._forward_pre_hooks, model._forward_hooks
    for found in hooks:
        for key, hook in [*found.items()]:
            if isinstance(getattr(hook, "__self__", None), _FirstForward):
                del found[key]
                model._forward_hooks_always_called.pop(key, None)


def is_multiplied(table: nn.Module) -> bool:
    """Tell whether a watched forward multiplied with a table."""
    return MULTIPLIED in vars(table)


class _FirstForward:
    """Watches one forward of a model."""

    def __init__(
        self, tables: tuple[str, ...], layers: tuple[str, ...], category: type[Warning]
    ) -> None:
        self.tables, self.layers, self.category = tables, layers, category
        self.watch: _Products | None = None
        self.done = False

    def begin(self, model: nn.Module, inputs: Any) -> None:
        """Begin to watch, unless torch compiles; after that, be gone."""
        if is_dynamo_compiling():
            return
        if self.done:
            stop_watching(model)
        if self.done or self.watch is not None:
            return
        weights = {path: model.get_submodule(path).get_parameter("weight") for path in self.tables}
        for path in self.layers:
            layer = model.get_submodule(path)
            for matrix in getattr(layer, "matrices", ()):
                name = matrix.name.partition(":")[0]
                weight = layer._parameters.get(name)
                if weight is not None:
                    weights[f"{path}.{name}" if path else name] = weight
        self.watch = _Products(weights)
        self.watch.__enter__()

    def end(self, model: nn.Module, inputs: Any, outputs: Any) -> None:
        """Say what was found; a forward that failed counts as well."""
        if self.watch is None:
            return
        watch, self.watch, self.done = self.watch, None, True
        watch.__exit__(None, None, None)
        tables = {path: model.get_submodule(path) for path in self.tables if path in watch.found}
        for table in tables.values():
            vars(table)[MULTIPLIED] = True
        if tables:
            listed = ", ".join(f"{p} ({type(t).__name__})" for p, t in tables.items())
            names = ", ".join(map(repr, tables))
            warn_caller(
                f"the model multiplies with tables, which stays digital: {listed}; for cores, call "
                "a torch.nn.Linear that shares the weight in place of the product; to say that "
                f"this is meant, name {names} in skip",
                self.category,
            )
        shared = [watch.weights[path] for path in tables]
        past = [p for p in watch.found if not any(watch.weights[p] is each for each in shared)]
        if past:
            warn_caller(
                "the model multiplies with weights that are on cores in a way that no layer sees, "
                f"which stays digital: {', '.join(past)}; get at them as attributes of their "
                "layers, layer.weight, or call the layers",
                self.category,
            )


class _Products(TorchFunctionMode):
    """Notes which weights are multiplied with outside of layers on cores."""

    def __init__(self, weights: Mapping[str, nn.Parameter]) -> None:
        super().__init__()
        self.weights = weights
        self.found: dict[str, None] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Look at the arguments of a product."""
        if func in MULTIPLIES and CALL.layer is None:
            met = {_place(value) for value in tree_leaves((args, kwargs or {}))} - {0}
            for path, weight in self.weights.items():
                first = _place(weight)
                if any(first <= place < first + weight.nbytes for place in met):
                    self.found[path] = None
        return func(*args, **(kwargs or {}))


def _place(value: Any) -> int:
    """Return where the numbers of a tensor are in memory."""
    return value.data_ptr() if type(value) in (torch.Tensor, nn.Parameter) else 0
