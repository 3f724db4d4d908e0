"""How checkpoints of Hugging Face name and lay out what a model holds in its parameters.

A checkpoint keeps the names that a model had when it was published, and a matrix for each expert;
the model of today may call them otherwise, and holds all experts in one parameter. transformers has
the table that leads from one to the other, and the operations on the way. Here they are applied to
one parameter at a time, so that nothing else of a checkpoint comes into memory.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

__all__ = ["LaidOut", "laid_out"]


@dataclass(frozen=True)
class LaidOut:
    """A parameter that is made of tensors of other names, or of another shape."""

    tensors: tuple[str, ...]
    """Names of the tensors."""
    first: str
    """The parameter that they are named after: they may make several."""
    patterns: tuple[str, ...]
    """What of each name was recognised."""
    change: Any
    """What transformers does with them; ``None``: they are taken as they are."""
    model: Any
    """The model."""

    def make(self, name: str, tensors: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return the value of a parameter from the tensors of a checkpoint."""
        if self.change is None:
            return tensors[self.tensors[0]]
        change = copy.deepcopy(self.change)
        for each, pattern in zip(self.tensors, self.patterns, strict=True):
            change.add_tensor(self.first, each, pattern, tensors[each])
        made = change.convert(self.first, model=self.model, config=self.model.config)[name]
        found: torch.Tensor = made[0] if isinstance(made, list) else made
        return found


def laid_out(model: nn.Module, names: Iterable[str]) -> dict[str, LaidOut]:
    """Return which parameters of a model are made of which tensors of a checkpoint.

    Parameters
    ----------
    model : torch.nn.Module
        Any; those of other libraries than transformers have no such parameters.
    names : iterable of str
        The tensors of the checkpoint.

    Returns
    -------
    dict of str to LaidOut
        By name; parameters that are in the checkpoint as they are do not stand there.
    """
    library = sys.modules.get("transformers")  # a model of it exists only once it was imported
    if library is None or not isinstance(model, library.PreTrainedModel):
        return {}
    try:
        from transformers.conversion_mapping import get_model_conversion_mapping
        from transformers.core_model_loading import (
            WeightConverter,
            WeightRenaming,
            dot_natural_key,
            rename_source_key,
        )
    except ImportError:  # before they had such a table, names were alike
        return {}
    table = get_model_conversion_mapping(model)
    renamed = [each for each in table if isinstance(each, WeightRenaming)]
    changed = [each for each in table if isinstance(each, WeightConverter)]
    change_of = {pattern: each for each in changed for pattern in each.source_patterns}
    state = model.state_dict()
    parts: dict[str, list[tuple[str, str]]] = {}
    for tensor in sorted(names, key=dot_natural_key):
        name, pattern = rename_source_key(tensor, renamed, changed, model.base_model_prefix, state)
        if tensor not in state:
            parts.setdefault(name, []).append((tensor, pattern))
    found = {}
    for first, made_of in parts.items():
        tensors, patterns = zip(*made_of, strict=True)
        change = change_of.get(patterns[0])
        goals = [""] if change is None else change.target_patterns
        for goal in goals:
            name = first.replace(goals[0], goal, 1)
            if name in state:
                found[name] = LaidOut(tensors, first, patterns, change, model)
    return found
