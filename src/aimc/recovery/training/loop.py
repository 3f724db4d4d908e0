"""A training loop with a progress bar that goes on where it was killed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from aimc.backend import RandomSource
from aimc.nn.batch import Inputs, inputs_and_labels, run, scores_of
from aimc.recovery.training.checkpoints import read_checkpoint, write_checkpoint
from aimc.recovery.training.data import TrainingData
from aimc.recovery.training.preparation import Preparation, noisy_training
from aimc.recovery.training.recipe import Distillation, Recipe
from aimc.recovery.training.recipes import recipe as recipe_of
from aimc.recovery.training.stream import Stream
from aimc.validation import check_integer

__all__ = ["History", "train"]

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
MakeOptimizer = Callable[[list[nn.Parameter]], torch.optim.Optimizer]
CALIBRATION = 10  # batches from which ranges follow
HISTORY = ("loss", "noise", "rate", "seconds")


@dataclass(slots=True)
class History:
    """What happened in a training, one entry per epoch."""

    recipe: str
    """Name of the recipe."""
    loss: list[float] = field(default_factory=list)
    """Mean loss of the batches as they were met, with noise."""
    noise: list[float] = field(default_factory=list)
    """Factor on the noise at the end of the epoch."""
    rate: list[float] = field(default_factory=list)
    """Learning rate at the end of the epoch."""
    seconds: list[float] = field(default_factory=list)
    """Time that the epoch took, s."""
    resumed: int = 0
    """Epochs that an earlier run had done."""


def train(
    analog: nn.Module,
    data: Any,
    recipe: str | Recipe = "rasch2023",
    *,
    epochs: int | None = None,
    optimizer: torch.optim.Optimizer | MakeOptimizer | None = None,
    loss: Loss | None = None,
    teacher: nn.Module | None = None,
    batch_size: int | None = None,
    rng: RandomSource = 0,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> History:
    """Train a converted model for its hardware, and leave it ready to be programmed.

    Ranges that are not learned, and the sums that limit weights, follow from the first ten batches,
    anew before each epoch and at the end.

    With a ``checkpoint``, the state after each epoch is written there. A run that finds one goes
    on after its last epoch, and comes to the very weights that an undisturbed run would have.

    Parameters
    ----------
    analog : torch.nn.Module
        A model from `aimc.nn.convert`; it is trained in place, and is in evaluation mode then.
    data : tuple of tensor, or iterable of tuple
        Two tensors or arrays, which are shuffled anew in each epoch; or an iterable of batches
        ``(inputs, targets)`` that can be gone through once per epoch, such as a ``DataLoader``. A
        batch may be a mapping of tensors by name, with ``labels``, as models of Hugging Face take
        them; one that generates text learns the next token.
    recipe : str or Recipe
        Name of a published recipe, or one of your own.
    epochs : int, optional
        Passes over the data; those of the recipe by default.
    optimizer : torch.optim.Optimizer, or callable, optional
        An optimiser of the model's parameters, or a function from parameters to one, such as
        ``lambda p: torch.optim.SGD(p, 0.1)``; its learning rate stays as it is. By default the
        recipe's, with its schedule.
    loss : callable, optional
        ``loss(outputs, targets)``; the cross-entropy of classes by default. Of a record that a
        model returns, the outputs are its ``logits``.
    teacher : torch.nn.Module, optional
        A network that gives the same outputs, most often the digital one, to learn from.
    batch_size : int, optional
        Examples per step for ``(inputs, targets)``; that of the recipe by default.
    rng : int, numpy.random.Generator or torch.Generator
        Source of noise, order of examples and dropout. Same seed, same result. A model that
        computes activations again instead of keeping them needs ``torch.default_generator``.
    checkpoint : str or pathlib.Path, optional
        A file.
    progress : bool
        Whether a bar shows how far it is.

    Returns
    -------
    History
        Losses by epoch.

    Raises
    ------
    TypeError
        If data, optimiser or recipe are of another kind.
    ValueError
        If the recipe listens to a teacher alone and there is none; if the loss is not finite; if
        the checkpoint is that of another training.
    """
    chosen = recipe_of(recipe)
    plan = chosen.optimisation
    stream, teaching = Stream(rng), teacher is not None and teacher.training
    given = TrainingData(data, plan.batch_size if batch_size is None else batch_size)
    run = _Run(
        analog,
        chosen,
        given,
        plan.epochs if epochs is None else check_integer("epochs", epochs, low=1),
        cross_entropy if loss is None else loss,
        _listening(chosen, teacher),
        teacher,
        planned=optimizer is None,
    )
    devices = [run.device] if run.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(stream.seed)
        try:
            source = torch.default_generator if stream.shared else stream.seed
            with (
                noisy_training(analog, chosen, run.calibration(), source) as preparation,
                _optimizer(optimizer, plan.make, analog) as made,
            ):
                return run(
                    preparation, made, None if checkpoint is None else Path(checkpoint), progress
                )
        finally:
            analog.eval()
            if teacher is not None:
                teacher.train(teaching)


def cross_entropy(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of classes, which are the last axis or else the second one.

    Where either fits, they are the last, as for `aimc.evaluate`.
    """
    if outputs.ndim > 1 and outputs.shape[:-1] == targets.shape:
        outputs = outputs.movedim(-1, 1)
    return nn.functional.cross_entropy(outputs, targets)


@dataclass(slots=True)
class _Run:
    """One call of `train`."""

    model: nn.Module
    recipe: Recipe
    data: TrainingData
    epochs: int
    criterion: Loss
    distillation: Distillation | None
    teacher: nn.Module | None
    planned: bool
    """Whether the learning rate follows the recipe."""

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @property
    def steps(self) -> int:
        return self.epochs * len(self.data)

    def calibration(self) -> list[Inputs]:
        return self.data.inputs(CALIBRATION, self.device)

    def __call__(
        self,
        preparation: Preparation,
        optimizer: torch.optim.Optimizer,
        checkpoint: Path | None,
        progress: bool,
    ) -> History:
        history, done = History(self.recipe.name), 0
        plan, schedule = self.recipe.optimisation, None
        if self.planned:
            schedule = plan.scheduler(optimizer, self.steps, len(self.data))
        same = {
            "recipe": repr(self.recipe),
            "epochs": self.epochs,
            "batches": len(self.data),
            "seed": preparation.stream.seed,
        }
        if checkpoint is not None and checkpoint.exists():
            saved = read_checkpoint(checkpoint, same)
            self.model.load_state_dict(saved["model"])
            optimizer.load_state_dict(saved["optimizer"])
            preparation.load_state_dict(saved["preparation"])
            self._random(saved["random"])
            for name, values in saved["history"].items():
                setattr(history, name, values)
            history.resumed = done = len(history.loss)
            if schedule is not None:
                # a checkpoint of edition 0.9 holds no schedule: it is known from the steps done
                last = done * len(self.data) - 1
                known = {**schedule.state_dict(), "last_epoch": last, "_step_count": last + 1}
                schedule.load_state_dict(saved.get("schedule") or known)
        length = len(self.data)
        with tqdm(
            total=self.steps, initial=done * length, disable=not progress, unit="step"
        ) as bar:
            for epoch in range(done, self.epochs):
                begun = time.perf_counter()
                if epoch > 0:
                    preparation.calibrate(self.calibration())
                    if self.recipe.remap_every and epoch % self.recipe.remap_every == 0:
                        preparation.remap()
                history.loss.append(self._epoch(epoch, preparation, optimizer, schedule, bar))
                history.noise.append(self._amount((epoch + 1) * length - 1))
                history.rate.append(float(optimizer.param_groups[0]["lr"]))
                history.seconds.append(time.perf_counter() - begun)
                if checkpoint is not None:
                    state = {
                        "same": same,
                        "model": self.model.state_dict(),
                        "optimizer": optimizer.state_dict(),
                        "schedule": None if schedule is None else schedule.state_dict(),
                        "preparation": preparation.state_dict(),
                        "random": self._random(),
                        "history": {name: getattr(history, name) for name in HISTORY},
                    }
                    write_checkpoint(checkpoint, state)
        preparation.calibrate(self.calibration())
        return history

    def _epoch(
        self,
        epoch: int,
        preparation: Preparation,
        optimizer: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler | None,
        bar: Any,
    ) -> float:
        """Return the mean loss of an epoch."""
        plan, length, total = self.recipe.optimisation, len(self.data), 0.0
        self.model.train()
        for k, (x, y) in enumerate(self.data.epoch(self.device), epoch * length):
            if self.recipe.ramp > 0:
                preparation.set_amount(self._amount(k))
            if schedule is not None and k > 0:
                schedule.step()
            optimizer.zero_grad(set_to_none=True)
            value = self._loss(x, y)
            size = float(value.detach())
            if not math.isfinite(size):
                raise ValueError(
                    f"the loss is {size} in step {k - epoch * length} of epoch {epoch}: take a "
                    "smaller learning rate, or look for inputs that are not finite"
                )
            value.backward()  # type: ignore[no-untyped-call]
            if self.planned and plan.gradient_norm is not None:
                nn.utils.clip_grad_norm_(self.model.parameters(), plan.gradient_norm)
            optimizer.step()
            preparation.step()
            total += size
            bar.update()
            bar.set_postfix_str(f"epoch {epoch + 1}/{self.epochs}, loss {size:.3f}", refresh=False)
        return total / length

    def _loss(self, x: Inputs, y: torch.Tensor | None) -> torch.Tensor:
        if y is None:
            assert isinstance(x, Mapping)
            x, y = inputs_and_labels(self.model, x, "data: a batch")
        outputs = scores_of(run(self.model, x))
        if self.distillation is None or self.teacher is None:
            return self.criterion(outputs, y)
        with torch.no_grad():
            wanted = scores_of(run(self.teacher, x))
        value = self.distillation.loss(outputs, wanted)
        rest = 1.0 - self.distillation.share
        return value + rest * self.criterion(outputs, y) if rest > 0 else value

    def _amount(self, step: int) -> float:
        """Return the factor on the noise in a step."""
        rise = self.recipe.ramp * self.steps
        return 1.0 if rise == 0 else min(1.0, (step + 1) / rise)

    def _random(self, state: dict[str, torch.Tensor] | None = None) -> dict[str, torch.Tensor]:
        """Return the state of torch's own random numbers and of the data's, set to ``state``."""
        own = {f"data {k}": each for k, each in enumerate(self.data.generators())}
        cuda = self.device.type == "cuda"
        if state is not None:
            torch.set_rng_state(state["cpu"])
            if cuda:
                torch.cuda.set_rng_state(state["cuda"], self.device)
            for name in own.keys() & state.keys():
                own[name].set_state(state[name])
        found = {"cpu": torch.get_rng_state()}
        found |= {name: each.get_state() for name, each in own.items()}
        if cuda:
            found["cuda"] = torch.cuda.get_rng_state(self.device)
        return found


def _listening(chosen: Recipe, teacher: nn.Module | None) -> Distillation | None:
    """Return how the teacher is listened to; ``None`` without one."""
    if teacher is not None:
        teacher.eval()
        return Distillation() if chosen.distillation is None else chosen.distillation
    if chosen.distillation is not None and chosen.distillation.share == 1.0:
        raise ValueError(
            f"teacher must be given: the recipe {chosen.name!r} learns from a teacher alone, such "
            "as the digital model before it was converted"
        )
    return None


@contextmanager
def _optimizer(
    given: torch.optim.Optimizer | MakeOptimizer | None, default: MakeOptimizer, model: nn.Module
) -> Iterator[torch.optim.Optimizer]:
    """Lend the optimiser, which knows all parameters, learned ranges too."""
    parameters = [each for each in model.parameters() if each.requires_grad]
    if isinstance(given, torch.optim.Optimizer):
        known = {id(each) for group in given.param_groups for each in group["params"]}
        if not known & {id(each) for each in parameters}:
            raise ValueError("optimizer knows no parameter of the model: make it after convert")
        from_outside: Sequence[nn.Parameter] = [
            each
            for name, each in model.named_parameters()
            if "input_range_of_" in name and id(each) not in known
        ]
        groups = len(given.param_groups)
        if from_outside:
            given.add_param_group({"params": list(from_outside), "weight_decay": 0.0})
        try:
            yield given
        finally:  # numbers again when training has ended
            del given.param_groups[groups:]
            for each in from_outside:
                given.state.pop(each, None)
        return
    made = (default if given is None else given)(parameters)
    if not isinstance(made, torch.optim.Optimizer):
        raise TypeError(
            "optimizer must be a torch.optim.Optimizer, or a function from parameters to one, got "
            f"{type(made).__name__}"
        )
    yield made
