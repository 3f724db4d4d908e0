"""What is measured of a model on a chip, and on which data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from aimc.nn import AnalogLayer
from aimc.nn.batch import (
    IGNORED,
    Inputs,
    first_of,
    inputs_and_labels,
    predicts_next,
    run,
    scores_of,
)

__all__ = [
    "Measure",
    "WordError",
    "classes_of",
    "in_floating_point",
    "labelled_batches",
    "measure_of",
    "plain_batches",
    "word_errors",
]


class Pairs(list[tuple[Inputs, torch.Tensor]]):
    """Batches of inputs and labels; `labelled_batches` makes them once, and takes them as such."""


@dataclass(frozen=True)
class Measure:
    """A number that a model earns on test data; called with both."""

    name: str
    """For tables and axes."""
    function: Callable[[nn.Module, Any], Any]
    """``function(model, test)`` returns a number."""
    on_batches: bool = True
    """Whether ``test`` is a list of pairs, inputs and labels; otherwise what the caller gave."""
    guess: Callable[[int], float] | None = None
    """What guessing among a number of classes earns."""

    def __call__(self, model: nn.Module, test: Any) -> Any:
        """Return the measure of a model; no gradients are followed."""
        with torch.no_grad():
            return self.function(model, test)


def accuracy(model: nn.Module, test: Pairs) -> float:
    """Return the share of labels that have the largest score, 0 to 1."""
    right = count = 0
    for x, labels in test:
        scores = _scored(model, x, labels)
        right += int((scores.argmax(dim=-1) == labels).sum())
        count += int((labels != IGNORED).sum())
    return right / _counted(count)


def loss(model: nn.Module, test: Pairs) -> float:
    """Return the mean cross-entropy of the labels, nats."""
    total, count = 0.0, 0
    for x, labels in test:
        scores = _scored(model, x, labels).flatten(0, -2).double()
        total += float(
            nn.functional.cross_entropy(
                scores, labels.flatten(), ignore_index=IGNORED, reduction="sum"
            )
        )
        count += int((labels != IGNORED).sum())
    return total / _counted(count)


def perplexity(model: nn.Module, test: Pairs) -> float:
    """Return the number of labels that, equally likely, would be as hard to guess: exp(loss)."""
    found = loss(model, test)
    return math.exp(found) if found < 700 else math.inf  # more than a number can hold


def word_errors(said: Sequence[Any], heard: Sequence[Any]) -> int:
    """Return how many words must be replaced, removed or added to turn one sequence into another.

    Parameters
    ----------
    said : sequence
        The words of the reference.
    heard : sequence
        Those of the recogniser. The number is the same the other way round.
    """
    row = list(range(len(heard) + 1))  # errors against the first words of ``heard``
    for word in said:
        before, row[0] = row[0], row[0] + 1
        for k, other in enumerate(heard, 1):
            before, row[k] = row[k], min(before + (word != other), row[k] + 1, row[k - 1] + 1)
    return row[-1]


@dataclass(frozen=True)
class WordError:
    """Word error rate of a recogniser: words replaced, left out or put in, per word of the labels.

    It may exceed 1, since nothing limits how many words are put in. All test data count together.

    Parameters
    ----------
    decode : callable, optional
        Turns a list of tokens into a text, whose words stand between spaces, for example
        ``tokenizer.decode``. By default each token is a word.
    blank : int, optional
        The class that stands for no token, of a model trained with connectionist temporal
        classification. Its labels may be fewer than its scores: equal neighbours are one token,
        and blanks are left out.
    generate : mapping, optional
        Options of the model's own ``generate``, ``{"max_new_tokens": 50}`` for example, which then
        writes the text without seeing the labels. A model that writes on behind ``input_ids`` has
        labels that begin there. Otherwise the largest score of each place counts.
        Tokens that a text begins and ends with are left to ``decode``:
        ``partial(tokenizer.decode, skip_special_tokens=True)``.
    """

    decode: Callable[[list[int]], str] | None = None
    blank: int | None = None
    generate: Mapping[str, Any] | None = None

    def __call__(self, model: nn.Module, test: Pairs) -> float:
        """Return the word error rate of a model."""
        errors = count = 0
        for x, labels in test:
            heard = self._heard(model, x, labels)
            if len(heard) != len(labels):
                raise ValueError(f"the model returns {len(heard)} texts for {len(labels)} labels")
            for each, own in zip(heard, labels, strict=True):
                said = self._words(own[own != IGNORED])
                errors += word_errors(said, self._words(each))
                count += len(said)
        if not count:
            raise ValueError("test has no word in its labels")
        return errors / count

    def _heard(self, model: nn.Module, x: Any, labels: torch.Tensor) -> list[torch.Tensor]:
        """Return the tokens of each example."""
        if self.generate is not None:
            makes: Any = getattr(model, "generate", None)
            if makes is None:
                raise TypeError(f"generate is not allowed: {type(model).__name__} has no generate")
            if isinstance(x, Mapping):
                shown = ("labels", "decoder_input_ids")  # the text that it is to find
                x = {k: v for k, v in x.items() if k not in shown}
                prompt, written = x.get("input_ids"), makes(**x, **self.generate)
            else:
                prompt, written = x, makes(x, **self.generate)
            begins = 0 if prompt is None or not predicts_next(model) else prompt.shape[1]
            return [each[begins:] for each in written]
        if self.blank is None:
            tokens = _classes_last(run(model, x), labels).argmax(dim=-1)
            return [each[own != IGNORED] for each, own in zip(tokens, labels, strict=True)]
        scores = _scores(run(model, x))
        runs = [each.unique_consecutive() for each in scores.argmax(dim=-1)]
        return [each[each != self.blank] for each in runs]

    def _words(self, tokens: torch.Tensor) -> list[Any]:
        known = tokens.tolist()
        return known if self.decode is None else self.decode(known).split()


def guessed_accuracy(classes: int) -> float:
    """Return the accuracy of guessing among classes that are equally frequent."""
    return 1.0 / classes


NAMED = {
    "accuracy": Measure("accuracy", accuracy, guess=guessed_accuracy),
    "token accuracy": Measure("token accuracy", accuracy, guess=guessed_accuracy),
    "loss": Measure("loss (nats)", loss, guess=math.log),
    "perplexity": Measure("perplexity", perplexity, guess=float),
    "word error": Measure("word error rate", WordError()),
}


def measure_of(measure: Any) -> Measure:
    """Return a measure by its name, or from a function of model and test data.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If the name is unknown.
    """
    if isinstance(measure, Measure):
        return measure
    if isinstance(measure, str):
        if measure not in NAMED:
            raise ValueError(
                f"measure={measure!r} is not allowed: choose one of {', '.join(map(repr, NAMED))}, "
                "or pass a function measure(model, test) that returns a number"
            )
        return NAMED[measure]
    if isinstance(measure, WordError):
        return Measure("word error rate", measure)
    if not callable(measure):
        raise TypeError(
            "measure must be a name or a function measure(model, test), got "
            f"{type(measure).__name__}"
        )
    name = getattr(measure, "__name__", type(measure).__name__)
    return Measure(name, measure, on_batches=False)


def labelled_batches(
    model: nn.Module, test: Any, batch_size: int, measure: Measure | None = None
) -> Pairs:
    """Return test data as pairs of inputs and labels, alike for every chip.

    Parameters
    ----------
    model : torch.nn.Module
        Inputs go where its parameters are, floating-point ones in their number format.
    test : (x, y), torch Dataset, or iterable of such pairs
        One pair of arrays, which is cut into batches; or batches, as a data loader gives. A batch
        may be a mapping of arrays by name, with ``labels``; see `aimc.nn.batch`.
    batch_size : int
        Examples per batch where the data are not cut already.
    measure : Measure, optional
        What is measured: of a model that writes, labels are what it writes.

    Raises
    ------
    TypeError, ValueError
        If there is no such pair, or inputs and labels differ in number.
    """
    if isinstance(test, Pairs):
        return test
    if isinstance(test, tuple) and len(test) == 2 and all(map(_is_array, test)):
        x, y = (_tensor(part, model) for part in test)
        _check_pair("test", x, y)
        return Pairs(zip(x.split(batch_size), y.long().split(batch_size), strict=True))
    if isinstance(test, Dataset):
        test = DataLoader(test, batch_size=batch_size)
    if isinstance(test, Mapping):
        test = [test]
    if _is_array(test) or isinstance(test, str) or not hasattr(test, "__iter__"):
        raise TypeError(
            "test must be a pair (x, y), a torch Dataset, or an iterable of batches (x, y) or of "
            f"mappings with labels, got {type(test).__name__}"
        )
    pairs = Pairs()
    writes = measure is not None and getattr(measure.function, "generate", None) is not None
    for k, batch in enumerate(test):
        if isinstance(batch, Mapping):
            inputs = {str(name): _tensor(value, model) for name, value in batch.items()}
            x, y = inputs_and_labels(model, inputs, f"test: batch {k}", writes)
            pairs.append((x, y.long()))
            continue
        if not isinstance(batch, tuple | list) or len(batch) != 2 or not all(map(_is_array, batch)):
            raise TypeError(f"test: batch {k} must be a pair of inputs and labels")
        x, y = (_tensor(part, model) for part in batch)
        _check_pair(f"test: batch {k}", x, y)
        pairs.append((x, y.long()))
    if not pairs:
        raise ValueError("test is empty: there is no batch in it")
    return pairs


def plain_batches(model: nn.Module, batches: Any) -> list[Inputs] | None:
    """Return batches of inputs as a list, of tensors or of tensors by name; None if none."""
    from aimc.backend import batches as each_of

    if batches is None:
        return None
    return [
        {name: _tensor(value, model) for name, value in x.items()}
        if isinstance(x, Mapping)
        else _tensor(x, model)
        for x in each_of(batches, named=True)
    ]


@contextmanager
def in_floating_point(model: nn.Module) -> Iterator[None]:
    """Let all analog layers of a model compute in floating point meanwhile."""
    layers = [module for module in model.modules() if isinstance(module, AnalogLayer)]
    before = [layer.digital for layer in layers]
    try:
        for layer in layers:
            layer.digital = True
        yield
    finally:
        for layer, digital in zip(layers, before, strict=True):
            layer.digital = digital


def class_count(model: nn.Module, test: Pairs) -> int:
    """Return how many classes a model tells apart."""
    with torch.no_grad(), in_floating_point(model):
        x, labels = test[0]
        return classes_of(run(model, first_of(x, 1)), labels[:1])


def classes_of(scores: Any, labels: torch.Tensor) -> int:
    """Return among how many classes scores choose."""
    return int(_classes_last(scores, labels).shape[-1])


def _scores(output: Any) -> torch.Tensor:
    scores = scores_of(output)
    if not isinstance(scores, torch.Tensor):
        raise TypeError(
            f"the model returns a {type(scores).__name__}, not scores: pass a function "
            "measure(model, test) that knows what to do with it"
        )
    return scores


def _classes_last(output: Any, labels: torch.Tensor) -> torch.Tensor:
    scores = _scores(output)
    if scores.shape[:-1] == labels.shape:
        return scores
    if scores.ndim > 1 and scores[:, 0].shape == labels.shape:
        return scores.movedim(1, -1)
    raise ValueError(
        f"scores of shape {tuple(scores.shape)} do not fit labels of shape {tuple(labels.shape)}: "
        "one score per class belongs to each label"
    )


def _scored(model: nn.Module, x: Inputs, labels: torch.Tensor) -> torch.Tensor:
    """Return the scores of a model, classes last, for labels that are among these."""
    scores = _classes_last(run(model, x), labels)
    known, classes = labels[labels != IGNORED], int(scores.shape[-1])
    if classes < 2:
        raise ValueError(
            "the model returns one score for each label, and among classes each has its own: pass "
            "a function measure(model, test) that knows what the score means"
        )
    if known.numel() and not 0 <= int(known.min()) <= int(known.max()) < classes:
        raise ValueError(
            f"test has labels from {int(known.min())} to {int(known.max())}, and the model scores "
            f"for classes 0 to {classes - 1}"
        )
    return scores


def _counted(labels: int) -> int:
    if labels == 0:
        raise ValueError(f"test has no label but {IGNORED}, which does not count")
    return labels


def _check_pair(name: str, x: torch.Tensor, y: torch.Tensor) -> None:
    if x.ndim == 0 or y.ndim == 0 or len(x) == 0:
        raise ValueError(f"{name} must hold at least one example")
    if len(x) != len(y):
        raise ValueError(f"{name} holds {len(x)} inputs and {len(y)} labels")


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray | torch.Tensor)


def _tensor(value: Any, model: nn.Module) -> torch.Tensor:
    tensor = torch.as_tensor(value)
    own = next((p for p in model.parameters() if p.is_floating_point()), tensor)
    where = tensor.device if own.is_meta else own.device  # weights that are elsewhere
    return tensor.to(where, own.dtype if tensor.is_floating_point() else tensor.dtype)
