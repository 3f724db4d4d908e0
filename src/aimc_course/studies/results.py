"""What took too long to compute on a page: measured or trained once, and stored with its making.

`data` beside this file holds it all. Each file of results names the command that made it, its date
and its settings, and a test computes a part of it again. What the entries are:

- ``language_on_chips`` (``scripts/measure_language_model.py``): losses in bits per character on
  text that no training saw. ``digital`` by training; ``chips`` by training and compensation, one
  row per chip with a value for each of ``times``; ``noise`` by training and strength, one value per
  draw; ``trained anew`` by recipe and strength, one mean over draws for each of ``seeds``;
  ``texts`` that the networks wrote; ``weights`` with quantiles of the largest weight of each output
  over its standard deviation.
- ``billion_weights`` (``benchmarks/billion.py``): memory and time of a decoder of a billion random
  weights on one chip.
- ``large_layers`` (``benchmarks/large.py``): bytes and time for each weight of large layers, in
  ``found`` by simulator and by millions of weights; ``fields`` says what each figure is.
- ``decoders_by_size`` (``scripts/measure_decoder_sizes.py``): ``sizes`` holds for each decoder its
  ``price`` and, by training, losses in bits per character: ``digital``, ``noise`` by kind with one
  value per draw, and ``chips`` by compensation, one row per chip with a value for each of
  ``times``. ``alignment`` is by matrix, and ``peak`` the largest weight of the median output over
  its standard deviation. ``full core`` is what programming one takes.
- ``experts_in_three_dimensions`` (``scripts/measure_experts.py``): the models of
  ``scripts/train_experts.py`` under noise.
- ``kernels_on_cores`` (``scripts/measure_kernels.py``): ``accuracy`` (per cent) and
  ``kernel_error``, by kernel, method and number of directions, and ``attention`` (relative error),
  by method, spread of the entries and number of directions, hold one pair per chip: floating point,
  and cores. ``exact`` is the accuracy with the kernel itself.
- ``learning_in_memory`` (``scripts/measure_learning.py``): ``offsets``, ``states`` and ``digits``,
  each by rule and setting, with one value per chip or seed: weight errors, half of the devices'
  range being 1, or test accuracies in per cent.
- ``resonator_network`` (``scripts/measure_beyond.py``): ``sizes``, ``noise``, ``chips`` and
  ``large``. Every setting holds the products that were solved, those that were tried and the median
  round of the solved ones, and those of ideal cores also how many had turned signs (``turned``),
  how many ended in a cycle (``cycles``) and how many of these in a single state (``still``);
  ``chips`` holds one entry for each kind of read noise.
- ``hopfield_annealing`` (``scripts/measure_beyond.py``): ``levels``, ``fixed``,
  ``fixed, with noise``, ``chips`` and ``read_noise``, by setting, which holds two lists with one
  share per graph: of runs that passed the largest cut (``passed``), and of runs that ended there
  (``ended``); ``fixed, kept`` has a 1 for each graph whose errors leave it a largest cut.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aimc import datasets

__all__ = ["DATA", "stored"]

DATA = Path(__file__).with_name("data")
"""Folder of results and trained weights.

:meta hide-value:
"""


def stored(name: str) -> dict[str, Any]:
    """Return stored results of a study by their name, as `aimc.datasets.stored` does.

    Raises
    ------
    ValueError
        If there are none of this name.
    """
    return datasets.stored(name, DATA)
