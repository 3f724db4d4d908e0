"""One batch and an iterable of batches are gone through alike; anything else is named."""

from typing import Any

import numpy as np
import pytest

from aimc.backend import batches

X = np.arange(24.0).reshape(8, 3)
LABELS = np.arange(8)


@pytest.mark.parametrize(
    "given",
    [
        X,
        [X[:5], X[5:]],
        [(X[:5], LABELS[:5]), (X[5:], LABELS[5:])],
        [[X, LABELS]],
        (part for part in (X[:2], X[2:])),
        iter([X]),
    ],
    ids=["array", "list", "with labels", "list with labels", "generator", "iterator"],
)
def test_all_forms_bring_the_same_examples(given: Any) -> None:
    np.testing.assert_array_equal(np.concatenate(list(batches(given))), X)


def test_batches_are_taken_one_at_a_time() -> None:
    def endless() -> Any:
        while True:
            yield X

    assert next(batches(endless())) is X


def test_what_is_no_batch_is_named() -> None:
    for given, message in (
        ((X, LABELS), "inputs is a tuple, .* pass the inputs x alone, or a list of batches"),
        ("fashion", "inputs must be a batch, .* got str"),
        ({"x": X}, "inputs must be a batch, .* got dict"),
        (3.0, "inputs must be a batch, .* got float"),
    ):
        with pytest.raises(TypeError, match=message):
            batches(given, "inputs")
    for given, message in (
        ([[1.0, 2.0], [3.0]], "batches: batch 0 must be a NumPy array .* got float"),
        ([X, None], "batches: batch 1 must be a NumPy array .* got NoneType"),
        ([[]], "batches: batch 0 must be a NumPy array .* got list"),
    ):
        with pytest.raises(TypeError, match=message):
            list(batches(given))


def test_what_holds_no_example_is_named() -> None:
    with pytest.raises(ValueError, match="batches is empty"):
        list(batches([]))
    with pytest.raises(ValueError, match=r"must hold examples .* got shape \(0, 3\)"):
        batches(X[:0])
    with pytest.raises(ValueError, match=r"batch 1 must hold examples .* got shape \(\)"):
        list(batches([X, np.array(1.0)]))


@pytest.mark.torch
def test_torch_tensors_and_their_loaders() -> None:
    torch = pytest.importorskip("torch")
    x, labels = torch.from_numpy(X), torch.from_numpy(LABELS)
    assert next(batches(x)) is x
    data = torch.utils.data.TensorDataset(x, labels)
    loader = torch.utils.data.DataLoader(data, batch_size=3)
    torch.testing.assert_close(torch.cat(list(batches(loader))), x)
