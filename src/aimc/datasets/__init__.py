"""Floor 1: what networks learn from, and trained weights; each file with its checksum.

Fashion-MNIST and its coloured variant, digits of 8 x 8 pixels, signals (mnist1d), words that a
machine spoke, the text of the course, trained weights; CIFAR-10 is fetched. ``files.py`` fetches
and checks, and what `data/` holds is shipped with the library.
"""

from typing import TYPE_CHECKING

from aimc.datasets.checkpoints import (
    CHECKPOINT_SHA256,
    Checkpoint,
    checkpoint_order,
    load_checkpoint,
)
from aimc.datasets.cifar import CIFAR10_CLASSES, cifar10
from aimc.datasets.coloured import coloured, colours
from aimc.datasets.course_text import Corpus, load_text
from aimc.datasets.fashion_mnist import (
    FASHION_MNIST_CLASSES,
    Dataset,
    DataUnavailableError,
    as_inputs,
    load,
)
from aimc.datasets.files import SHIPPED_FOLDER, ChecksumError, fingerprint, stored
from aimc.datasets.keywords import KEYWORDS, keyword_inputs, keywords
from aimc.datasets.signals import Signals, mnist1d
from aimc.datasets.small_digits import digit_inputs, digits
from aimc.lazy import lazy_names

if not TYPE_CHECKING:  # every submodule is found, imported when first touched
    __getattr__, __dir__ = lazy_names(__name__)

__all__ = [
    "CIFAR10_CLASSES",
    "FASHION_MNIST_CLASSES",
    "KEYWORDS",
    "Checkpoint",
    "ChecksumError",
    "DataUnavailableError",
    "Dataset",
    "as_inputs",
    "cifar10",
    "coloured",
    "digit_inputs",
    "digits",
    "keyword_inputs",
    "keywords",
    "load",
    "load_checkpoint",
    "load_text",
    "mnist1d",
    "stored",
]
