"""One batch of a model: a tensor, or tensors by name, and the scores in what the model returns.

Models of Hugging Face take their inputs by name, a tokeniser's ``BatchEncoding`` for example, and
return a record with ``logits`` or a ``last_hidden_state``.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, TypeAlias

import torch
from torch import nn

__all__ = [
    "IGNORED",
    "Inputs",
    "first_of",
    "inputs_and_labels",
    "predicts_next",
    "run",
    "scores_of",
    "size_of",
]

Inputs: TypeAlias = torch.Tensor | Mapping[str, torch.Tensor]
"""Inputs of a model; examples are along the first axis of each tensor."""

IGNORED = -100
"""The label of what does not count, as `torch.nn.functional.cross_entropy` has it."""


def run(model: nn.Module, batch: Any) -> Any:
    """Return what a model makes of a batch: tensors by name, or one tensor or array.

    Labels go to models that take them.
    """
    if isinstance(batch, Mapping):
        named = dict(batch)
        if "labels" in named and "labels" not in inspect.signature(type(model).forward).parameters:
            del named["labels"]
        return model(**named)
    return model(torch.as_tensor(batch))


def scores_of(output: Any) -> Any:
    """Return the scores in the output of a model; what is no record of them is returned as it is.

    Parameters
    ----------
    output : tensor or record
        A record has ``logits``, or else ``last_hidden_state``.
    """
    for name in ("logits", "last_hidden_state"):
        found = None if isinstance(output, torch.Tensor) else getattr(output, name, None)
        if found is not None:
            return found
    return output


def size_of(batch: Any) -> int:
    """Return the number of examples in a batch."""
    return len(next(iter(batch.values())) if isinstance(batch, Mapping) else batch)


def first_of(batch: Any, count: int) -> Any:
    """Return the first examples of a batch."""
    if isinstance(batch, Mapping):
        return {name: value[:count] for name, value in batch.items()}
    return batch[:count]


def inputs_and_labels(
    model: nn.Module, batch: Mapping[str, torch.Tensor], name: str, writes: bool = False
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Divide a batch of named tensors into what a model is given and what it should say.

    A model that generates text predicts the next token, so the labels are those of the next place,
    and without ``labels`` they are the inputs. Then places that a mask leaves out do not count: a
    text has the same labels whichever side it is padded on.

    Parameters
    ----------
    model : torch.nn.Module
        It decides whether labels are those of the next place. One that has a decoder beside an
        encoder is given the labels, too, from which it makes the inputs of the decoder.
    batch : mapping to tensor
        ``labels``, with `IGNORED` for what does not count, beside the inputs.
    name : str
        What the batch is called in messages.
    writes : bool
        Whether the model is to write the labels behind its inputs, which must not hold them.

    Raises
    ------
    TypeError
        If the labels are missing.
    ValueError
        If no label counts, or a model that is to write the labels is shown them.
    """
    inputs = dict(batch)
    labels = inputs.pop("labels", None)
    follows = predicts_next(model) and not writes
    unseen = None
    if labels is None and follows and "input_ids" in inputs:
        labels = inputs["input_ids"]
        if "attention_mask" in inputs:
            unseen = inputs["attention_mask"] == 0
            labels = labels.masked_fill(unseen, IGNORED)
    if labels is None:
        raise TypeError(f"{name} must hold labels, beside {', '.join(map(repr, inputs))}")
    own = inspect.signature(type(model).forward).parameters
    if "decoder_input_ids" in own and not inputs.keys() & {
        "decoder_input_ids",
        "decoder_inputs_embeds",
    }:
        inputs["labels"] = labels
    if follows:
        labels = nn.functional.pad(labels[:, 1:], (0, 1), value=IGNORED)
        if unseen is not None:  # what comes after padding on the left, nothing has predicted
            labels = labels.masked_fill(unseen, IGNORED)
    shown = inputs.get("input_ids") if writes and predicts_next(model) else None
    same = shown is not None and shown.shape == labels.shape
    if same and bool(((shown == labels) | (labels == IGNORED)).all()):
        raise ValueError(
            f"{name} shows the model in input_ids what it is to write: let input_ids end where the "
            "labels begin"
        )
    if not bool((labels != IGNORED).any()):
        raise ValueError(f"{name} has no label that counts: all are {IGNORED}")
    return inputs, labels


def predicts_next(model: nn.Module) -> bool:
    """Tell whether a model of Hugging Face continues the text that it is given."""
    generates = getattr(model, "can_generate", None)
    two = getattr(getattr(model, "config", None), "is_encoder_decoder", False)
    return callable(generates) and bool(generates()) and not two
