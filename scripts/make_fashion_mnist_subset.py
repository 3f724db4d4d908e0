"""Cut the shipped 10k subset out of the full Fashion-MNIST.

    python scripts/make_fashion_mnist_subset.py

It takes the first 1,000 training and the first 200 test images of each class, in their original
order, so nothing is drawn at random and the classes are balanced. The zip uses deflate at level 9:
xz would save 14 %, but the browser's Python loads its lzma module only on request.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aimc import datasets

TRAIN_PER_CLASS = 1000
TEST_PER_CLASS = 200


def first_of_each_class(labels: NDArray[np.uint8], count: int) -> NDArray[np.intp]:
    """Return the sorted indices of the first ``count`` examples of each of the ten classes."""
    chosen = [np.flatnonzero(labels == label)[:count] for label in range(10)]
    return np.sort(np.concatenate(chosen))


def write_npz(path: Path, arrays: dict[str, NDArray[np.uint8]]) -> None:
    """Write an npz archive whose bytes depend on ``arrays`` alone (no time stamps)."""
    with zipfile.ZipFile(path, "w") as archive:
        for key, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{key}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED, 9
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="Cut the shipped subset of Fashion-MNIST.")
    parser.add_argument("--folder", help="folder with the four IDX files")
    parser.add_argument(
        "--output", type=Path, default=datasets.SHIPPED_FOLDER / "fashion_mnist_10k.npz"
    )
    arguments = parser.parse_args()
    full = datasets.load(subset="full", folder=arguments.folder)
    train = first_of_each_class(full.y_train, TRAIN_PER_CLASS)
    test = first_of_each_class(full.y_test, TEST_PER_CLASS)
    arrays = {
        "x_train": full.x_train[train],
        "y_train": full.y_train[train],
        "x_test": full.x_test[test],
        "y_test": full.y_test[test],
    }
    write_npz(arguments.output, arrays)
    print(f"{arguments.output.name}: {arguments.output.stat().st_size:,} bytes")
    digest = datasets.fingerprint(*arrays.values())
    print(f"SUBSET_SHA256 in aimc/datasets/fashion_mnist.py must be {digest}")


if __name__ == "__main__":
    main()
