"""A text to predict, character by character: this course's own words, frozen.

The 64-core chip predicted the characters of a newspaper corpus :cite:p:`legallo2023hermes` that may
not be shipped. This one is small and ours: the running text of the first two parts of the book as
it stood when the network was trained, without code and formulas, in 50 characters. It is published
under CC BY 4.0, as the book is. Bits per character on it must not be compared with published ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aimc.datasets import files
from aimc.datasets.files import REINSTALL, fingerprint, read_text, verify

__all__ = ["Corpus", "load_text"]

TEXT_FILE = "course_text.txt.gz"
TEXT_SHA256 = "fc2ef0b08ddf5f57c9c10c1adac111e99e229fd426e413fabae75a0ed2db3f6f"
HELD_OUT = 10  # every tenth paragraph is kept from training


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """A text as codes of its characters, split into a training and a held-out part.

    Attributes
    ----------
    train, held_out : numpy.ndarray
        Places of the characters in ``vocabulary``, uint8, shape ``(n,)``.
    vocabulary : str
        All characters, in the order of their codes.
    name : str
        What to write below a figure.
    sha256 : str
        `fingerprint` of the whole text's bytes.
    """

    train: NDArray[np.uint8] = field(repr=False)
    held_out: NDArray[np.uint8] = field(repr=False)
    vocabulary: str
    name: str
    sha256: str

    def text(self, codes: NDArray[np.uint8]) -> str:
        """Return codes as text."""
        return "".join(self.vocabulary[code] for code in codes)


def load_text() -> Corpus:
    """Return the frozen text of the course, whose checksum has been verified.

    Every tenth paragraph is held out.

    Raises
    ------
    ChecksumError
        If the file is damaged.
    """
    raw = read_text(files.SHIPPED_FOLDER / TEXT_FILE)
    digest = fingerprint(raw)
    verify(TEXT_FILE, digest, TEXT_SHA256, REINSTALL)
    paragraphs = raw.tobytes().decode("ascii").splitlines(keepends=True)
    vocabulary = "".join(sorted(set("".join(paragraphs))))
    place = {character: code for code, character in enumerate(vocabulary)}
    kept = ("".join(p for k, p in enumerate(paragraphs) if k % HELD_OUT != HELD_OUT - 1),
            "".join(paragraphs[HELD_OUT - 1 :: HELD_OUT]))  # fmt: skip
    train, held_out = (np.array([place[c] for c in part], np.uint8) for part in kept)
    return Corpus(train, held_out, vocabulary, "text of this course", digest)
