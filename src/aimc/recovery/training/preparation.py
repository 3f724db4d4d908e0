"""Making a converted model ready for any training loop, and back."""

from __future__ import annotations

import fnmatch
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from aimc.backend import Batches, RandomSource, normal
from aimc.circuits import quantise
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import AnalogMatrix, NoisyWeights
from aimc.nn.report import analog_layers
from aimc.recovery.training.clipping import Clipping, matrices_in_place
from aimc.recovery.training.input_ranges import InputRanges, clip_to_range, set_ranges
from aimc.recovery.training.noise import GaussianNoise
from aimc.recovery.training.recipe import Recipe
from aimc.recovery.training.recipes import recipe as recipe_of
from aimc.recovery.training.stream import Stream
from aimc.validation import check_integer, check_number

__all__ = ["Preparation", "finish", "noisy_training", "prepare", "remap"]

RANGE = "input_range_of_"
"""What the name of a learned range begins with, among the parameters of its layer."""
SMALLEST = 1e-6  # that a learned range may become, relative to where it started


class LayerInTraining:
    """What stands in ``layer.weight_noise`` during a `noisy_training`."""

    def __init__(self, recipe: Recipe, stream: Stream) -> None:
        self.recipe, self.stream = recipe, stream
        self.amount = 1.0
        self.ranges: dict[str, nn.Parameter] = {}
        self.starts: dict[str, torch.Tensor] = {}

    def for_matrix(self, matrix: AnalogMatrix, weights: torch.Tensor) -> NoisyWeights:
        """Return what the vectors of one forward meet in place of the devices of a matrix."""
        recipe, learned = self.recipe, self.ranges.get(matrix.name)
        more: dict[str, Any] = {}
        if learned is not None:
            size = float(learned.detach())
            if not size > 0:
                raise ValueError(
                    f"the learned input range of {matrix.name!r} fell to {size:.2g}: call step() "
                    "of the training after each step of the optimiser, which keeps it positive"
                )
            if size != matrix.input_range:
                matrix.input_range = size
            more["first"] = _Clip(learned, recipe.input_ranges)
        if recipe.output_noise > 0:
            if recipe.output_noise_of == "cell":
                more["output_noise"] = recipe.output_noise
            else:
                more["last"] = _PeakNoise(recipe.output_noise, self.stream)
        if recipe.weight_bits is not None:
            cell = matrix.cell_weight(matrix.cells(weights))
            weights = quantise(weights / cell, recipe.weight_bits) * cell
        kept = None if recipe.drop is None else recipe.drop.kept(weights, self.stream)
        noise = GaussianNoise(0.0) if recipe.noise is None else recipe.noise
        amount = 0.0 if recipe.noise is None else self.amount
        return noise.noisy(matrix, weights, self.stream, amount, kept, **more)


class _Clip:
    """Clips inputs to a learned range."""

    def __init__(self, limit: nn.Parameter, ranges: InputRanges) -> None:
        self.limit, self.ranges = limit, ranges

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return clip_to_range(x, self.limit, self.ranges.decay, self.ranges.inside)


class _PeakNoise:
    """Adds noise relative to the largest output."""

    def __init__(self, share: float, stream: Stream) -> None:
        self.share, self.stream = share, stream

    def __call__(self, y: torch.Tensor) -> torch.Tensor:
        fixed = y.detach()
        noise = normal(self.stream.on(fixed), tuple(fixed.shape), fixed)
        return y + noise.mul_(self.share * fixed.abs().amax())


class Preparation:
    """A model in training, for a loop of one's own; made by `noisy_training`.

    Call `step` after each step of the optimiser. Noise is there in evaluation mode as well, since
    it stands for the devices: the digital accuracy is that with ``layer.digital = True``, the
    accuracy on devices that after `finish`, which the end of a ``with`` calls, and
    `aimc.nn.program`.
    """

    def __init__(
        self, model: nn.Module, recipe: Recipe, stream: Stream, steps: int | None = None
    ) -> None:
        self.model, self.recipe, self.stream = model, recipe, stream
        self._rise = 0.0 if steps is None else recipe.ramp * steps
        self._done = 0
        self._grow()

    def _grow(self) -> None:
        if self._rise > 0:
            self.set_amount(min(1.0, (self._done + 1) / self._rise))

    def __enter__(self) -> Preparation:
        """Return the training, which the end of the block finishes."""
        return self

    def __exit__(self, *error: object) -> None:
        """Finish."""
        self.finish()

    @property
    def layers(self) -> dict[str, AnalogLayer]:
        """The layers in training, by name."""
        return {
            path: layer
            for path, layer in analog_layers(self.model).items()
            if isinstance(layer.weight_noise, LayerInTraining)
        }

    def step(self) -> None:
        """Clip the weights, keep learned ranges positive, let the noise grow if it is to.

        To be called after each update.
        """
        self._done += 1
        self._grow()
        clipping = self.recipe.clipping
        for layer in self.layers.values():
            state = _state_of(layer)
            if clipping is not None:
                _clip(layer, clipping, state.starts)
            with torch.no_grad():
                for name, learned in state.ranges.items():
                    learned.clamp_(min=SMALLEST * float(state.starts[RANGE + name]))

    def set_amount(self, amount: float) -> None:
        """Scale the noise on the weights, for example from 0 to 1 over the first epochs."""
        check_number("amount", amount, low=0.0)
        for layer in self.layers.values():
            _state_of(layer).amount = float(amount)

    def calibrate(self, batches: Batches) -> None:
        """Set ranges that are not learned, and the sums that limit weights, from data anew."""
        learned = [
            (matrix, matrix.input_range)
            for layer in self.layers.values()
            for matrix in layer.matrices
            if matrix.name in _state_of(layer).ranges
        ]
        ranges = self.recipe.input_ranges
        set_ranges(self.model, batches, ranges, outputs=self.recipe.scale_down)
        _fix_ranges(self.layers, ranges)
        for matrix, size in learned:
            assert size is not None  # a learned range has one
            matrix.input_range = size

    def remap(self) -> None:
        """Take the ranges of the weights anew; see `remap`."""
        remap(self.model)

    def state_dict(self) -> dict[str, Any]:
        """Return what the model's own state dictionary does not hold: noise, ranges, limits."""
        layers: dict[str, Any] = {}
        for path, layer in self.layers.items():
            state = _state_of(layer)
            layers[path] = {
                "amount": state.amount,
                "starts": dict(state.starts),
                "input_ranges": [matrix.input_range for matrix in layer.matrices],
                "sums": [matrix.sums for matrix in layer.matrices],
                "output_ranges": [total.output_range for total in layer.sums],
            }
        return {"stream": self.stream.state(), "done": self._done, "layers": layers}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was taken.

        Raises
        ------
        ValueError
            If it is that of other layers.
        """
        layers = self.layers
        if set(layers) != set(state["layers"]):
            raise ValueError(
                f"state is that of layers {sorted(state['layers'])}, the model has {sorted(layers)}"
            )
        self.stream.go_on(state["stream"])
        self._done = int(state["done"])
        for path, saved in state["layers"].items():
            layer, mine = layers[path], _state_of(layers[path])
            mine.amount, mine.starts = saved["amount"], dict(saved["starts"])
            for matrix, size, sums in zip(
                layer.matrices, saved["input_ranges"], saved["sums"], strict=True
            ):
                if size is not None:
                    matrix.input_range = size
                matrix.sums = sums
            for total, size in zip(layer.sums, saved["output_ranges"], strict=True):
                total.output_range = size

    def finish(self) -> None:
        """Take the noise away: the model then reads its devices, once they are programmed.

        Learned ranges become those of the cores. A second time does nothing.
        """
        for layer in self.layers.values():
            state = layer.weight_noise
            if not isinstance(state, LayerInTraining):
                continue
            for matrix in layer.matrices:
                learned = state.ranges.get(matrix.name)
                if learned is not None:
                    smallest = SMALLEST * float(state.starts[RANGE + matrix.name])
                    matrix.input_range = max(float(learned.detach()), smallest)
                    delattr(layer, _parameter_name(matrix.name))
            layer.weight_noise = None


def noisy_training(
    analog: nn.Module,
    recipe: str | Recipe,
    batches: Batches | None = None,
    rng: RandomSource = 0,
    steps: int | None = None,
) -> Preparation:
    """Put a recipe's noise, ranges and limits in place, for any loop and any optimiser.

    Learned ranges become parameters of their layers until the end, so make the optimiser, or wrap
    the model for several processes, after this call. Processes that train together need different
    ``rng``, or they meet the same noise.

    Parameters
    ----------
    analog : torch.nn.Module
        A model from `aimc.nn.convert`. It is changed.
    recipe : str or Recipe
        Name of a published recipe, or one of your own.
    batches : iterable of tensor, optional
        Inputs from which ranges follow, as `aimc.nn.calibrate` takes them. Without, the model keeps
        the ranges that it has.
    rng : int, numpy.random.Generator or torch.Generator
        Source of all noise; ``torch.default_generator`` where ``torch.utils.checkpoint`` computes
        activations again, which keeps the state of this one alone.
    steps : int, optional
        Updates that there will be in all: with it, noise grows as the recipe's ``ramp`` says;
        without, it is there in full from the start.

    Returns
    -------
    Preparation
        Call its ``step()`` after each step of the optimiser, and its ``finish()`` at the end, or
        write the loop into a ``with``.

    Raises
    ------
    ValueError
        If ranges are to be learned and there are neither batches nor ranges, or the model holds no
        analog layer, or is in training already.

    Examples
    --------
    >>> import torch, aimc, aimc.nn
    >>> digital = torch.nn.Linear(20, 5)
    >>> analog = aimc.nn.convert(digital, aimc.presets.hermes, weight_range="output")
    >>> x, wanted = torch.rand(64, 20), torch.rand(64, 5)
    >>> with noisy_training(analog, "rasch2023", x) as training:
    ...     optimiser = torch.optim.SGD(analog.parameters(), 0.1)
    ...     for _ in range(3):
    ...         optimiser.zero_grad()
    ...         torch.nn.functional.mse_loss(analog(x), wanted).backward()
    ...         optimiser.step()
    ...         training.step()
    >>> analog = aimc.nn.program(analog)
    """
    chosen = recipe_of(recipe)
    if steps is not None:
        check_integer("steps", steps, low=1)
    layers = analog_layers(analog)
    for path, layer in layers.items():
        if isinstance(layer.weight_noise, LayerInTraining):
            raise ValueError(f"layer {path!r} is in training already: finish it first")
    if chosen.weight_range is not None:
        for layer in layers.values():
            for matrix in layer.matrices:
                matrix.setup = replace(matrix.setup, weight_range=chosen.weight_range)
    if batches is not None:
        set_ranges(analog, batches, chosen.input_ranges, outputs=chosen.scale_down)
    _fix_ranges(layers, chosen.input_ranges)
    stream = Stream(rng)
    for path, layer in layers.items():
        state = LayerInTraining(chosen, stream)
        if chosen.input_ranges.learned:
            _learn_ranges(path, layer, state)
        layer.weight_noise, layer.digital = state, False
    remap(analog)
    return Preparation(analog, chosen, stream, steps)


def remap(analog: nn.Module) -> None:
    """Take the ranges of the weights anew, from their largest magnitudes now.

    A forward always maps the largest weight to a fully SET cell. What is remembered is the range
    to which a `Clipping` of kind ``"range"`` keeps them.

    Parameters
    ----------
    analog : torch.nn.Module
        A model in `noisy_training`.
    """
    for layer in analog_layers(analog).values():
        state = layer.weight_noise
        if not isinstance(state, LayerInTraining):
            continue
        clipping = state.recipe.clipping
        if clipping is not None and clipping.kind == "range":
            for name, view in matrices_in_place(layer):
                state.starts[name] = clipping.largest(view).clone()


def prepare(
    analog: nn.Module,
    recipe: str | Recipe,
    batches: Batches | None = None,
    rng: RandomSource = 0,
    steps: int | None = None,
) -> Preparation:
    """Return `noisy_training`, whose former name this is, kept for one edition."""
    warnings.warn("prepare is called noisy_training now", DeprecationWarning, stacklevel=2)
    return noisy_training(analog, recipe, batches, rng, steps)


def finish(analog: nn.Module) -> None:
    """Take noise and learned ranges from a copy of a model that was in `noisy_training`.

    Such a copy, a moving average of the weights or the best model so far, goes on as it was when
    the training of the original ends. Its learned ranges become those of its cores.

    Parameters
    ----------
    analog : torch.nn.Module
        The copy; a model that is in no training stays as it is.
    """
    Preparation(analog, Recipe(), Stream()).finish()


def _state_of(layer: AnalogLayer) -> LayerInTraining:
    state = layer.weight_noise
    assert isinstance(state, LayerInTraining)
    return state


def _parameter_name(matrix: str) -> str:
    return RANGE + matrix.replace(".", "_").replace(":", "_").replace("-", "_")


def _clip(layer: AnalogLayer, clipping: Clipping, starts: dict[str, torch.Tensor]) -> None:
    for name, view in matrices_in_place(layer):
        parameter = layer._parameters.get(name.partition(":")[0])
        frozen = parameter is not None and not parameter.requires_grad
        if clipping.concerns(name) and not frozen:
            clipping.clip(view, starts.get(name))


def _each(layers: dict[str, AnalogLayer], act: Callable[[AnalogMatrix], None]) -> None:
    for layer in layers.values():
        for matrix in layer.matrices:
            act(matrix)


def _fix_ranges(layers: dict[str, AnalogLayer], ranges: InputRanges) -> None:
    def fix(matrix: AnalogMatrix) -> None:
        for pattern, size in ranges.fixed:
            if fnmatch.fnmatchcase(matrix.name, pattern):
                matrix.input_range = size
                return

    _each(layers, fix)


def _learn_ranges(path: str, layer: AnalogLayer, state: LayerInTraining) -> None:
    """Make the range of each matrix a parameter of its layer."""
    weight = next(layer.parameters())
    fixed = state.recipe.input_ranges.fixed
    for matrix in layer.matrices:
        if any(fnmatch.fnmatchcase(matrix.name, pattern) for pattern, _ in fixed):
            continue
        if matrix.input_range is None:
            raise ValueError(f"layer {path!r} has no input range to start from: give some batches")
        start = torch.tensor(matrix.input_range, device=weight.device, dtype=torch.float32)
        learned = nn.Parameter(start.clone())
        layer.register_parameter(_parameter_name(matrix.name), learned)
        state.ranges[matrix.name] = learned
        state.starts[RANGE + matrix.name] = start
