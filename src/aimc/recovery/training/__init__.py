"""Training for the hardware: noise, clipping, ranges, recipes, and a loop; needs torch.

`noise` draws errors of weights on weights or on outputs, `clipping` and `input_ranges` keep
ranges, `recipe` is one record of all that, `recipes` holds the published ones. `preparation` puts
one into a converted model for any loop; `loop` is a loop with a progress bar that survives being
killed. `stream` is the one source of random numbers. All forwards pass through
`aimc.circuits.mvm`.

Several processes, ``torchrun`` and ``DistributedDataParallel``, train one model: convert it in each
and call `noisy_training` with ``rng=rank``, which keeps their noises apart, before it is wrapped.

Low-rank adapters leave the weights on the chip as they are and train a small digital part beside
them. ``peft`` takes a converted model, programmed or in a `noisy_training`, as it takes any other:
``peft.get_peft_model(analog, peft.LoraConfig(target_modules=[...]))`` for dense layers; it cannot
make adapters for convolutions on cores. Compensate drift first: that takes no
training.

>>> import torch, aimc, aimc.nn
>>> from aimc.recovery import training
>>> analog = aimc.nn.convert(torch.nn.Linear(8, 2), aimc.presets.rasch2023)
>>> data = torch.rand(64, 8), torch.randint(2, (64,))
>>> history = training.train(analog, data, "rasch2023", epochs=2, progress=False)
>>> len(history.loss)
2
"""

from aimc.recovery.training.clipping import Clipping
from aimc.recovery.training.input_ranges import InputRanges
from aimc.recovery.training.loop import train
from aimc.recovery.training.noise import (
    DropConnect,
    GaussianNoise,
    ProgrammingNoise,
    TrainingNoise,
)
from aimc.recovery.training.preparation import (
    Preparation,
    finish,
    noisy_training,
    prepare,
    remap,
)
from aimc.recovery.training.recipe import Distillation, Optimisation, Recipe
from aimc.recovery.training.recipes import RECIPES, recipe

__all__ = [
    "Clipping",
    "Distillation",
    "DropConnect",
    "GaussianNoise",
    "InputRanges",
    "Optimisation",
    "ProgrammingNoise",
    "Recipe",
    "finish",
    "noisy_training",
    "recipe",
    "remap",
    "train",
]


def __dir__() -> list[str]:
    return __all__
