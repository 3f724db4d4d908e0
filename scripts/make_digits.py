"""Pack the 8 x 8 digits that are shipped with the package.

    python scripts/make_digits.py digits.csv.gz

The file is ``sklearn/datasets/data/digits.csv.gz`` of any wheel of scikit-learn, which holds the
test part of the UCI set: 1,797 rows of 64 pixels and a label. The shipped one was made from the
wheel of scikit-learn 1.9.1.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

import numpy as np

from aimc import datasets

write_npz = runpy.run_path(str(Path(__file__).with_name("make_fashion_mnist_subset.py")))[
    "write_npz"
]


def main() -> None:
    parser = argparse.ArgumentParser(description="Pack the shipped 8 x 8 digits.")
    parser.add_argument("table", type=Path)
    parser.add_argument("--output", type=Path, default=datasets.SHIPPED_FOLDER / "digits_8x8.npz")
    arguments = parser.parse_args()
    table = np.loadtxt(arguments.table, delimiter=",")
    images = table[:, :64].reshape(-1, 8, 8).astype(np.uint8)
    labels = table[:, 64].astype(np.uint8)
    write_npz(arguments.output, {"images": images, "labels": labels})
    print(f"{arguments.output.name}: {arguments.output.stat().st_size:,} bytes")
    print(f"DIGITS_SHA256 must be {datasets.fingerprint(images, labels)}")


if __name__ == "__main__":
    main()
