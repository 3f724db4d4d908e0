"""The trained character models of this room, and how they did under noise, measured once.

Twenty stacks for each noise take minutes, a page of a book has seconds. So
``scripts/train_experts.py`` trained the models, ``scripts/measure_experts.py`` took the numbers,
and a test computes a part of them again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.datasets import files
from aimc.datasets.files import REINSTALL, fingerprint, read_npz, stored, verify
from aimc.validation import check_choice
from aimc_course.studies.experts.character_model import CharacterModel
from aimc_course.studies.experts.network import Matrix, Mixture

__all__ = ["EXPERTS", "MODELS", "WEIGHTS", "character_model", "experts_results"]

EXPERTS = "experts_in_three_dimensions"
WEIGHTS = "experts_course.npz"
WEIGHTS_SHA256 = "e594c9bbe42cbcc5bad66a5f1b400badc845cbed93375b189fc56a093789c63d"
MIXTURE = Mixture(blocks=2, width=64, inner=64, experts=8, active=2)
MODELS = {
    "mixture": MIXTURE,
    "dense": MIXTURE.dense(),
    "small": Mixture(blocks=2, width=64, inner=128, experts=1, active=1),
    "plain": MIXTURE,
}
"""A mixture, a dense network of as many weights, and one of as many multiplications per character;
``"plain"`` is the mixture again, trained without noise."""


def experts_results() -> dict[str, Any]:
    """Return the stored results; `scripts/measure_experts.py` says what each entry is."""
    return stored(EXPERTS)


def character_model(name: str = "mixture") -> CharacterModel:
    """Return one of `MODELS`, trained on the text of this course.

    Raises
    ------
    ValueError
        If there is no model of that name.
    ChecksumError
        If the file is damaged.
    """
    check_choice("name", name, tuple(MODELS))
    arrays = read_npz(files.SHIPPED_FOLDER / WEIGHTS)
    verify(WEIGHTS, fingerprint(*(arrays[k] for k in sorted(arrays))), WEIGHTS_SHA256, REINSTALL)
    network = MODELS[name]

    def get(key: str) -> NDArray[np.float32]:
        steps = np.asarray(arrays[f"{name}.{key}"], np.float32)
        return steps * np.float32(arrays[f"{name}.{key}.step"])

    matrices: dict[Matrix, NDArray[np.float32]] = {}
    for matrix in network.matrices:
        whole = get(f"{matrix.stage}{matrix.layer}")
        if matrix.expert is not None:
            cut = slice(matrix.expert * network.inner, (matrix.expert + 1) * network.inner)
            whole = whole[cut] if matrix.stage == "up" else whole[:, cut]
        matrices[matrix] = np.ascontiguousarray(whole)
    return CharacterModel(network, matrices, get("embedding"), get("positions"), get("head"))
