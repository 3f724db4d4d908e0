"""Published recipes by name: one function per paper, every constant with its source.

No recipe is the paper: data, augmentation and networks are the user's. What a function leaves out
of what its paper does stands in its docstring and in ``left_out``, and what it had to assume too.
"""

from __future__ import annotations

from collections.abc import Callable

from aimc.recovery.named import by_name
from aimc.recovery.training.clipping import Clipping
from aimc.recovery.training.input_ranges import InputRanges
from aimc.recovery.training.noise import GaussianNoise, ProgrammingNoise
from aimc.recovery.training.recipe import Distillation, Optimisation, Recipe

__all__ = ["RECIPES", "afm", "hermes_lstm", "hermes_resnet9", "joshi2020", "rasch2023", "recipe"]


def joshi2020() -> Recipe:
    """Return the training of ResNet-32 with noise of :cite:t:`joshi2020accurate`.

    Gaussian noise of 3.8 % of the largest weight of a layer (B004, G084), weights clipped at two
    standard deviations (C014), SGD with momentum 0.9, batches of 128 and at most 150 epochs (G082),
    input ranges that hold 99.995 % of the inputs (C015). One scale per layer, as there.

    Left out: the backward pass with clean weights (here it meets the weights of the forward);
    augmentation and initialisation. Assumed: the learning rate, which the paper takes from the
    place on the baseline's schedule where the noisy network stands (G083); here it is the one of
    the second stage, 0.01, divided by ten every 50 epochs.
    """
    return Recipe(
        noise=GaussianNoise(0.038, "tensor"),
        clipping=Clipping("sigma", 2.0),
        input_ranges=InputRanges("percentile", 99.995),
        weight_range="core",
        optimisation=Optimisation(
            "sgd", 0.01, momentum=0.9, schedule="steps", step_epochs=50, epochs=150, batch_size=128
        ),
        name="joshi2020",
        sources=("joshi2020accurate",),
        left_out=(
            "the backward pass meets the noisy weights of the forward, not clean ones",
            "augmentation of images and the initialisation of the baseline",
            "the learning rate is assumed: the paper derives it from the baseline's curve",
        ),
    )


def hermes_resnet9() -> Recipe:
    """Return the training of ResNet-9 for the 64-core chip :cite:p:`legallo2023hermes`.

    Twice the programming noise of the devices, noise on outputs of 10 % of the largest of a core,
    weights clipped to 1, SGD at 0.05 with a cosine, batches of 128, 200 epochs after a training in
    floating point (A097).

    Left out: augmentation. The converters are those of the cores: 8 bits in the paper, so take
    cores that have them, such as `aimc.presets.hermes`. Assumed: one scale per output, and
    momentum 0.9.
    """
    return Recipe(
        noise=ProgrammingNoise(t=None, scale=2.0),
        clipping=Clipping("fixed", 1.0),
        output_noise=0.10,
        output_noise_of="peak",
        optimisation=Optimisation("sgd", 0.05, schedule="cosine", epochs=200, batch_size=128),
        name="hermes_resnet9",
        sources=("legallo2023hermes",),
        left_out=(
            "augmentation of images; resolutions of converters are those of the cores",
            "one scale per output and momentum 0.9 are assumed",
        ),
    )


def hermes_lstm() -> Recipe:
    """Return the training of the language LSTM for the 64-core chip :cite:p:`legallo2023hermes`.

    Gaussian noise of 7.5 % of the span from the smallest to the largest weight, weights clipped at
    two standard deviations, inputs of the hidden matrices clipped at 0.06, Adam at 0.01, 200 epochs
    (A098). Clipped weights span twice their largest magnitude: 15 % of that.

    Left out: the schedule of the learning rate, which is not printed (constant here), and dropout.
    Assumed: batches of 20.
    """
    return Recipe(
        noise=GaussianNoise(2 * 0.075, "tensor"),
        clipping=Clipping("sigma", 2.0),
        input_ranges=InputRanges(fixed=(("weight_hh*", 0.06),)),
        optimisation=Optimisation("adam", 0.01, schedule="constant", epochs=200, batch_size=20),
        name="hermes_lstm",
        sources=("legallo2023hermes",),
        left_out=("the schedule of the learning rate and dropout", "batches of 20 are assumed"),
    )


def rasch2023() -> Recipe:
    """Return the hardware-aware training of :cite:t:`rasch2023hwa`.

    Programming noise and read noise at 20 s, fresh for each batch and the same forward and
    backward, growing linearly over epochs (G087); each output has its own scale, weights are
    clipped to the range of the start after each update, and ranges are taken anew each epoch
    (G088); learned input ranges that start at the mean largest magnitude, at most 10 (G089), with
    the decay of their software (G093); a teacher, if there is one, at temperature 10 and 75 % of
    the loss (G090).

    Left out: scales of outputs are not learned, but follow the weights; the factors per network
    by which the paper scales its noise (1 here). Assumed: the noise grows over the first half of
    the epochs; Adam at 0.001 with a cosine and 20 epochs, since both differ between the networks.
    """
    return Recipe(
        noise=ProgrammingNoise(t=20.0),
        clipping=Clipping("range", 1.0, per="output"),
        input_ranges=InputRanges("abs_max", 1.0, cap=10.0, learned=True, decay=0.001, inside=0.95),
        weight_range="output",
        ramp=0.5,
        remap_every=1,
        distillation=Distillation(temperature=10.0, share=0.75),
        optimisation=Optimisation("adam", 1e-3, schedule="cosine", epochs=20, batch_size=128),
        name="rasch2023",
        sources=("rasch2023hwa",),
        left_out=(
            "scales of outputs follow the largest weights and are not learned",
            "the factor on the noise, chosen for each network, is one",
            "the length of the ramp, optimiser and epochs are assumed",
        ),
    )


def afm() -> Recipe:
    """Return the training of analog foundation models :cite:p:`buchel2025afm`.

    Gaussian noise of 3 % of the largest weight of each output and clipping at 2.5 standard
    deviations of each output (G096); learned input ranges that start at 18 standard deviations and
    decay by 0.01 (G097); a teacher alone, at temperature 1 (G098); AdamW with betas 0.9 and 0.98,
    eps 1e-6, weight decay 0.01, a warm-up over 1.6 % of two epochs and gradients of norm 1 at most
    (G094), at 5e-7 (G095).

    Left out: data made by the teacher itself, mixed precision and sharding; the learning rate
    grows with the number of processes there. Take cores with 8-bit converters whose ADC saturates
    at 14 cells. A small network wants another learning rate: give `train` an optimiser.
    """
    return Recipe(
        noise=GaussianNoise(0.03, "output"),
        clipping=Clipping("sigma", 2.5, per="output"),
        input_ranges=InputRanges("std", 18.0, learned=True, decay=0.01, inside=0.95),
        weight_range="output",
        scale_down=False,
        distillation=Distillation(temperature=1.0, share=1.0),
        optimisation=Optimisation(
            "adamw",
            5e-7,
            betas=(0.9, 0.98),
            eps=1e-6,
            weight_decay=0.01,
            schedule="linear",
            warm_up=0.016,
            epochs=2,
            batch_size=1,
            gradient_norm=1.0,
        ),
        name="afm",
        sources=("buchel2025afm",),
        left_out=(
            "data that the teacher wrote, mixed precision, sharding over processes",
            "the learning rate is that of one process",
        ),
    )


RECIPES: dict[str, Callable[[], Recipe]] = {
    "joshi2020": joshi2020,
    "hermes_resnet9": hermes_resnet9,
    "hermes_lstm": hermes_lstm,
    "rasch2023": rasch2023,
    "afm": afm,
}
"""The recipes that `recipe` knows."""


def recipe(name: str | Recipe) -> Recipe:
    """Return a published recipe by name; a recipe is passed through.

    Parameters
    ----------
    name : {"joshi2020", "hermes_resnet9", "hermes_lstm", "rasch2023", "afm"} or Recipe
        Change single fields with ``dataclasses.replace``.

    Raises
    ------
    ValueError
        If no recipe has this name.

    Examples
    --------
    >>> recipe("joshi2020").clipping
    Clipping(kind='sigma', value=2.0, per='tensor', only='*')
    """
    return by_name("recipe", name, RECIPES, Recipe)
