"""Tables of vectors that a model looks up, and may multiply with past all layers.

The output of a language model can be written as a product with the table of its embedding. No
layer computes it, so it stays digital, and nothing but a forward shows it: the first one after a
conversion is watched.
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

__all__ = ["TABLES", "is_multiplied", "stop_watching", "watch_tables"]

TABLES = (nn.Embedding, nn.EmbeddingBag)

MULTIPLIES = {*PRODUCTS, *SUMS, nn.functional.linear, torch.einsum, torch.tensordot, torch.mv}
MULTIPLIED = "_is_multiplied"  # in what torch keeps of a table


def watch_tables(model: nn.Module, paths: Sequence[str], category: type[Warning]) -> None:
    """Have a converted model say after its first forward which tables it multiplied with.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    paths : sequence of str
        Names of the tables that are not left digital on request.
    category : type
        What kind of warning it is.
    """
    stop_watching(model)
    if paths:
        first = _FirstForward(tuple(paths), category)
        model.register_forward_pre_hook(first.begin)
        model.register_forward_hook(first.end, always_call=True)


def stop_watching(model: nn.Module) -> None:
    """Undo `watch_tables`."""
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

    def __init__(self, paths: tuple[str, ...], category: type[Warning]) -> None:
        self.paths: tuple[str, ...] = paths
        self.category = category
        self.watch: _Products | None = None

    def begin(self, model: nn.Module, inputs: Any) -> None:
        """Begin to watch, unless that is done or torch compiles."""
        if self.paths and self.watch is None and not is_dynamo_compiling():
            self.watch = _Products({path: model.get_submodule(path) for path in self.paths})
            self.watch.__enter__()

    def end(self, model: nn.Module, inputs: Any, outputs: Any) -> None:
        """Say what was found; a forward that failed counts as well."""
        if self.watch is None:
            return
        watch, self.watch, self.paths = self.watch, None, ()
        watch.__exit__(None, None, None)
        if watch.found:
            listed = ", ".join(f"{p} ({type(t).__name__})" for p, t in watch.found.items())
            names = ", ".join(map(repr, watch.found))
            warn_caller(
                f"the model multiplies with tables, which stays digital: {listed}; for cores, call "
                "a torch.nn.Linear that shares the weight in place of the product; to say that "
                f"this is meant, name {names} in skip",
                self.category,
            )


class _Products(TorchFunctionMode):
    """Notes which tables are multiplied with outside of layers on cores."""

    def __init__(self, tables: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.tables = tables
        self.found: dict[str, nn.Module] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Look at the arguments of a product."""
        if func in MULTIPLIES and CALL.layer is None:
            met = {_place(value) for value in tree_leaves((args, kwargs or {}))}
            for path, table in self.tables.items():
                if _place(table.weight) in met - {0}:
                    self.found[path] = table
                    vars(table)[MULTIPLIED] = True
        return func(*args, **(kwargs or {}))


def _place(value: Any) -> int:
    """Return where the numbers of a tensor, or of what it is a view of, are in memory."""
    plain = type(value) in (torch.Tensor, nn.Parameter)
    return value.untyped_storage().data_ptr() if plain else 0
