"""The shipped decoders: one network in plain floating point, and four trainings that go on from it.

``scripts/train_tiny_transformer.py`` made them. Matrices and tables are kept in half precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from aimc import datasets
from aimc.validation import check_choice
from aimc_course.studies.language_models.decoder import Decoder

__all__ = ["TRAININGS", "arrays_of", "checkpoint_name", "decoder_of", "trained_decoder"]

TRAININGS = ("plain", "neither", "noise", "clip", "both")


def trained_decoder(training: str = "plain") -> Decoder:
    """Return a shipped decoder in evaluation mode.

    Parameters
    ----------
    training : {"plain", "neither", "noise", "clip", "both"}
        Trained in plain floating point; or from there on simulated cores, with neither noise nor
        clipped weights, with one of them, or with both.

    Examples
    --------
    >>> from aimc_course.studies.language_models import trained_decoder
    >>> sum(p.numel() for p in trained_decoder().parameters())
    162674
    """
    check_choice("training", training, TRAININGS)
    kept = datasets.load_checkpoint(checkpoint_name(training))
    arrays: dict[str, NDArray[Any]] = dict(kept.tables)
    for k, (weights, biases) in enumerate(zip(kept.weights, kept.biases, strict=True)):
        arrays |= {f"weight{k}": weights, f"bias{k}": biases}
    return decoder_of(arrays)


def decoder_of(arrays: Mapping[str, NDArray[Any]]) -> Decoder:
    """Return a decoder in evaluation mode from what `arrays_of` returns."""
    model = Decoder()
    paths = {
        f"{kind}{k}": f"{path}.{kind}"
        for k, path in enumerate(_matrices(model))
        for kind in ("weight", "bias")
    }
    state = {
        paths.get(name, name): torch.tensor(np.asarray(array, np.float32))
        for name, array in arrays.items()
    }
    model.load_state_dict(state)
    return model.eval()


def checkpoint_name(training: str) -> str:
    """Return the name of a training for `aimc.datasets.load_checkpoint`."""
    return f"decoder-course-{training}"


def arrays_of(model: Decoder) -> dict[str, NDArray[Any]]:
    """Return what a checkpoint of the decoder holds: matrices (out, in), and the digital numbers.

    Parameters
    ----------
    model : Decoder
        A digital one.
    """
    state = {key: value.detach().cpu().numpy() for key, value in model.state_dict().items()}
    arrays: dict[str, NDArray[Any]] = {}
    for k, path in enumerate(_matrices(model)):
        arrays[f"weight{k}"] = state.pop(f"{path}.weight").astype(np.float16)
        arrays[f"bias{k}"] = state.pop(f"{path}.bias").astype(np.float32)
    small = {name: table.astype(np.float16) for name, table in state.items()}
    return arrays | small


def _matrices(model: Decoder) -> list[str]:
    """Return the names of the layers that go on cores, in the order of work."""
    return [path for path, each in model.named_modules() if isinstance(each, torch.nn.Linear)]
