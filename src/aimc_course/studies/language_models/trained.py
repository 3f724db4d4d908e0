"""The shipped decoders: one network in plain floating point, and four trainings that go on from it.

``scripts/train_tiny_transformer.py`` made them. Matrices and tables are kept in half precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from aimc.datasets.checkpoints import Checkpoint, read_weights
from aimc.layers import DecoderShape
from aimc.validation import check_choice
from aimc_course.studies.language_models.decoder import Decoder
from aimc_course.studies.results import DATA

__all__ = [
    "SHA256",
    "TRAININGS",
    "arrays_of",
    "checkpoint",
    "decoder_of",
    "file_of",
    "restored",
    "trained_decoder",
]

SHA256 = {
    "plain": "d2be4a655f7ec36cae1a739619691fb7d550c525a5c93a1f9450189b469b0754",
    "neither": "9dc0cc600803039de92ed6838a577d81d9a6479baf7b751ea81258b9821415c6",
    "noise": "f4dd08e19ea911eaa5e1de2acda15b42002b8d11823a2f0676208466edade26a",
    "clip": "22bf406a710aecfd1a9f17bb898aaf4ef6b13d086832ea3597e57fd1fa166c4d",
    "both": "4d092a6df5b70af84eaa68466c68afff207bd2e36cfc271345134b920f47fd3a",
}
"""`aimc.datasets.fingerprint` of each training's arrays."""
TRAININGS = tuple(SHA256)


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
    return restored(checkpoint(training))


def restored(kept: Checkpoint, shape: DecoderShape | None = None) -> Decoder:
    """Return the decoder of a checkpoint in evaluation mode; `tiny` if no shape is given."""
    arrays: dict[str, NDArray[Any]] = dict(kept.tables)
    for k, (weights, biases) in enumerate(zip(kept.weights, kept.biases, strict=True)):
        arrays |= {f"weight{k}": weights, f"bias{k}": biases}
    return decoder_of(arrays, shape)


def decoder_of(arrays: Mapping[str, NDArray[Any]], shape: DecoderShape | None = None) -> Decoder:
    """Return a decoder in evaluation mode from what `arrays_of` returns.

    Parameters
    ----------
    arrays : mapping
        Matrices and digital numbers by name.
    shape : DecoderShape, optional
        How large it is: `tiny` by default.
    """
    model = Decoder(shape)
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


def checkpoint(training: str) -> Checkpoint:
    """Return what is kept of a training: weights, and how they came about."""
    check_choice("training", training, TRAININGS)
    return read_weights(file_of(training), SHA256[training])


def file_of(training: str) -> Path:
    """Return where a training is kept."""
    return DATA / f"decoder_course_{training}.npz"


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
