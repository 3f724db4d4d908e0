"""What a hardware-aware training does to a network, as one record."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from aimc.cores.parameters import WEIGHT_RANGES
from aimc.recovery.training.clipping import Clipping
from aimc.recovery.training.input_ranges import InputRanges
from aimc.recovery.training.noise import DropConnect, TrainingNoise
from aimc.validation import check_bits, check_choice, check_integer, check_number

__all__ = ["Distillation", "Optimisation", "Recipe"]

OPTIMISERS = ("sgd", "adam", "adamw")
SCHEDULES = ("constant", "cosine", "steps", "linear")


@dataclass(frozen=True, slots=True)
class Optimisation:
    """What `train` does where its caller says nothing else.

    Parameters
    ----------
    kind : {"sgd", "adam", "adamw"}
        Optimiser of torch.
    lr : float
        Learning rate at the start.
    momentum : float
        Of SGD.
    betas : (float, float)
        Of Adam and AdamW.
    eps : float
        Of Adam and AdamW.
    weight_decay : float
        Of all three.
    schedule : {"constant", "cosine", "steps", "linear"}
        How the rate goes on: cosine and straight line end at zero; steps divide it by ten each
        ``step_epochs``.
    step_epochs : int
        Length of a step.
    warm_up : float
        Share of all steps in which the rate rises from zero.
    epochs, batch_size : int
        Passes over the data, and examples per step.
    gradient_norm : float or None
        Largest norm of the gradient; longer ones are shortened.
    """

    kind: str = "adam"
    lr: float = 1e-3
    momentum: float = 0.9
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    schedule: str = "cosine"
    step_epochs: int = 50
    warm_up: float = 0.0
    epochs: int = 20
    batch_size: int = 128
    gradient_norm: float | None = None

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, OPTIMISERS)
        check_choice("schedule", self.schedule, SCHEDULES)
        check_number("lr", self.lr, low=0.0, open_low=True)
        check_number("warm_up", self.warm_up, low=0.0, high=1.0)
        for name in ("step_epochs", "epochs", "batch_size"):
            check_integer(name, getattr(self, name), low=1)

    def make(self, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """Return the optimiser of these parameters."""
        if self.kind == "sgd":
            return torch.optim.SGD(
                parameters, self.lr, momentum=self.momentum, weight_decay=self.weight_decay
            )
        made = torch.optim.Adam if self.kind == "adam" else torch.optim.AdamW
        return made(
            parameters, self.lr, betas=self.betas, eps=self.eps, weight_decay=self.weight_decay
        )

    def scheduler(
        self, optimizer: torch.optim.Optimizer, steps: int, per_epoch: int
    ) -> torch.optim.lr_scheduler.LRScheduler:
        """Return the schedule of the learning rate, for ``steps`` in all; step it after each."""
        return torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: self.factor(step, steps, per_epoch)
        )

    def factor(self, step: int, steps: int, per_epoch: int) -> float:
        """Return the factor on the learning rate at a step of ``steps``."""
        rise = self.warm_up * steps
        if step < rise:
            return (step + 1) / (rise + 1)
        done = step / max(steps, 1)
        if self.schedule == "cosine":
            return float(0.5 * (1 + torch.cos(torch.tensor(torch.pi * done, dtype=torch.float64))))
        if self.schedule == "linear":
            return 1.0 - done
        if self.schedule == "steps":
            return float(0.1 ** (step // (self.step_epochs * max(per_epoch, 1))))
        return 1.0


@dataclass(frozen=True, slots=True)
class Distillation:
    r"""Learning from the outputs of a teacher, the network before it met any noise.

    The loss is :math:`\alpha T^2\,\mathrm{KL}(p_T \| q_T) + (1 - \alpha)\,\ell`, with the
    probabilities of teacher and student at temperature :math:`T` and the loss :math:`\ell` on the
    labels :cite:p:`hinton2015distilling`.

    Parameters
    ----------
    temperature : float
        :math:`T`; the softer, the more of the order among wrong answers is passed on.
    share : float
        :math:`\alpha`, 0 to 1.
    """

    temperature: float = 1.0
    share: float = 1.0

    def __post_init__(self) -> None:
        check_number("temperature", self.temperature, low=0.0, open_low=True)
        check_number("share", self.share, low=0.0, high=1.0)

    def loss(self, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        """Return the part of the loss that compares the outputs (n, classes), times the share."""
        hot = self.temperature
        divergence = torch.nn.functional.kl_div(
            torch.log_softmax(student.float() / hot, dim=-1).flatten(0, -2),
            torch.log_softmax(teacher.detach().float() / hot, dim=-1).flatten(0, -2),
            reduction="batchmean",
            log_target=True,
        )
        return self.share * hot**2 * divergence


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a forward meets in training, and what happens between steps.

    The converters, wires and read modes are those of the cores that the model was converted to.

    Parameters
    ----------
    noise : TrainingNoise, optional
        Noise on the weights.
    drop : DropConnect, optional
        Weights that are lost at random.
    clipping : Clipping, optional
        Limit on the weights after each step.
    input_ranges : InputRanges
        Where the ranges of the inputs come from.
    output_noise : float
        Standard deviation of noise on the outputs of each core, on top of what the core has.
    output_noise_of : {"cell", "peak"}
        To which it is relative: the product of a full-scale input with the weight of a fully SET
        cell, before the ADC; or the largest output of a core in a forward, after it.
    weight_bits : int or None
        Resolution to which weights are rounded in the forward, with a straight-through gradient.
    weight_range : {"output", "core"} or None
        Whether the largest weight of each output or of each core becomes a fully SET cell;
        ``None`` keeps what `aimc.nn.convert` was told. Where data show that sums would saturate
        the ADC, `calibrate` scales weights down, with ``"core"`` all outputs of a core as far as
        the worst of them needs, so that the others sink into the noise. ``"output"`` is what most
        recipes should have.
    scale_down : bool
        Whether that is done at all; else large sums saturate the ADC.
    ramp : float
        Share of the epochs over which the noise grows linearly from zero, 0 to 1.
    remap_every : int
        Epochs after which ranges of the weights are taken anew; 0 is never.
    distillation : Distillation, optional
        How a teacher is listened to, if there is one.
    optimisation : Optimisation
        Optimiser and schedule of `train`.
    name : str
        Name of the recipe.
    sources : tuple of str
        Bibliography keys of the papers behind it.
    left_out : tuple of str
        What the paper does and this record does not, in words.
    """

    noise: TrainingNoise | None = None
    drop: DropConnect | None = None
    clipping: Clipping | None = None
    input_ranges: InputRanges = field(default_factory=InputRanges)
    output_noise: float = 0.0
    output_noise_of: str = "cell"
    weight_bits: int | None = None
    weight_range: str | None = "output"
    scale_down: bool = True
    ramp: float = 0.0
    remap_every: int = 0
    distillation: Distillation | None = None
    optimisation: Optimisation = field(default_factory=Optimisation)
    name: str = "own"
    sources: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, kind in (
            ("noise", TrainingNoise),
            ("drop", DropConnect),
            ("clipping", Clipping),
            ("input_ranges", InputRanges),
            ("distillation", Distillation),
            ("optimisation", Optimisation),
        ):
            value = getattr(self, name)
            required = name in ("input_ranges", "optimisation")
            if not isinstance(value, kind) and (required or value is not None):
                raise TypeError(f"{name} must be a {kind.__name__}, got {value!r}")
        check_number("output_noise", self.output_noise, low=0.0)
        check_choice("output_noise_of", self.output_noise_of, ("cell", "peak"))
        check_bits("weight_bits", self.weight_bits)
        check_choice("weight_range", self.weight_range, (None, *WEIGHT_RANGES))
        check_number("ramp", self.ramp, low=0.0, high=1.0)
        check_integer("remap_every", self.remap_every, low=0)
