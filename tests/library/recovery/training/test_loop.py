"""The loop: what it trains, what it reports, and that it goes on where it was killed."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import aimc.nn
from aimc.recovery.training import (
    Distillation,
    GaussianNoise,
    Optimisation,
    Recipe,
    recipe,
    train,
)


def flat(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([each.detach().flatten() for each in model.parameters()])


def test_it_trains_and_leaves_the_model_ready_for_its_devices(small) -> None:
    model, data = small.analog(small.converting_core), small.blobs()
    chosen = recipe("rasch2023")
    chosen = replace(chosen, optimisation=replace(chosen.optimisation, lr=0.02))
    history = train(model, data, chosen, epochs=8, batch_size=32, progress=False)
    assert len(history.loss) == len(history.noise) == len(history.rate) == 8
    assert history.loss[-1] < 0.5 * history.loss[0]
    assert history.noise[0] == pytest.approx(0.25)
    assert history.noise[-1] == 1.0
    assert history.rate[-1] < 0.05 * history.rate[0]
    assert not model.training
    aimc.nn.program(model)
    x, y = small.blobs(seed=1)
    with torch.no_grad():
        assert float((model(x).argmax(1) == y).double().mean()) > 0.9


def test_same_seed_same_weights_and_nobody_else_is_disturbed(small) -> None:
    results, data = [], small.blobs()
    start = small.perceptron().state_dict()
    for seed in (1, 1, 2):
        digital = torch.nn.Sequential(*small.perceptron(), torch.nn.Dropout(0.1))
        digital.load_state_dict(start)
        model = small.analog(model=digital)
        torch.manual_seed(len(results))
        wanted = torch.random.get_rng_state()
        loader = torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(*data), batch_size=64, shuffle=True
        )
        train(model, loader, "joshi2020", epochs=2, rng=seed, progress=False)
        assert torch.equal(torch.random.get_rng_state(), wanted)
        results.append(flat(model))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


def test_any_optimiser_and_loss(small) -> None:
    (x, y), model = small.blobs(), small.analog(small.converting_core)
    targets = torch.nn.functional.one_hot(y, 3).float()
    mine = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
    known, groups = len(list(model.parameters())), set()

    def loss(outputs, targets):
        groups.add(len(mine.param_groups))
        return torch.nn.functional.mse_loss(outputs, targets)

    train(
        model,
        (x, targets),
        "rasch2023",
        epochs=2,
        optimizer=mine,
        loss=loss,
        progress=False,
    )
    assert mine.param_groups[0]["lr"] == 0.05  # left as it is
    assert groups == {2}  # the learned ranges joined, and went
    assert len(mine.param_groups) == 1
    assert len(mine.state) == known
    train(model, (x, y), "joshi2020", epochs=1, optimizer=torch.optim.Adagrad, progress=False)
    other = torch.optim.SGD(small.perceptron().parameters(), 0.1)
    with pytest.raises(ValueError, match="knows no parameter of the model"):
        train(model, (x, y), "joshi2020", optimizer=other, progress=False)
    with pytest.raises(TypeError, match=r"must be a torch\.optim\.Optimizer"):
        train(model, (x, y), "joshi2020", optimizer=lambda p: "adam", progress=False)


def test_a_teacher_is_followed(small) -> None:
    (x, y), teacher = small.blobs(), small.perceptron()
    model = small.analog()
    with torch.no_grad():
        wanted = teacher(x).argmax(1)
    only = Recipe(
        distillation=Distillation(2.0, 1.0), optimisation=Optimisation("adam", 1e-2, epochs=20)
    )
    train(model, (x, y), only, teacher=teacher, batch_size=32, progress=False)
    model[0].digital = model[2].digital = True
    assert float((model(x).argmax(1) == wanted).double().mean()) > 0.85
    with pytest.raises(ValueError, match="teacher must be given: the recipe 'afm'"):
        train(small.analog(), (x, y), "afm", progress=False)


def test_plans_of_learning_rates() -> None:
    assert Optimisation(schedule="cosine").factor(50, 100, 10) == pytest.approx(0.5)
    assert Optimisation(schedule="linear").factor(25, 100, 10) == pytest.approx(0.75)
    steps = Optimisation(schedule="steps", step_epochs=2)
    assert [steps.factor(k, 100, 10) for k in (0, 19, 20, 40)] == pytest.approx([1, 1, 0.1, 0.01])
    rise = Optimisation(schedule="constant", warm_up=0.1)
    assert rise.factor(0, 100, 10) < 0.1 < rise.factor(5, 100, 10) < rise.factor(10, 100, 10) == 1


WORKER = textwrap.dedent(
    """
    import sys
    import torch
    import aimc, aimc.nn
    from aimc.recovery.training import train

    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = torch.Generator().manual_seed(1)
    x, y = torch.randn(256, 12, generator=rng), torch.randint(3, (256,), generator=rng)
    digital = torch.nn.Sequential(
        torch.nn.Linear(12, 16), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(16, 3)
    )
    model = aimc.nn.convert(digital, aimc.presets.rasch2023)
    history = train(
        model, (x, y), "rasch2023", epochs=int(sys.argv[1]), batch_size=16, rng=4,
        checkpoint=sys.argv[2], progress=False,
    )
    aimc.nn.program(model)
    torch.save(
        {"resumed": history.resumed, "loss": history.loss, "model": model.state_dict(),
         "ranges": [layer.matrix().input_range for layer in aimc.nn.analog_layers(model).values()],
         "devices": model(x[:5]).detach()}, sys.argv[3]
    )
    """
)


class Interrupting(list):
    """Batches that are interrupted the first time an epoch gets to its middle."""

    after = 3

    def __iter__(self):
        for k, batch in enumerate(super().__iter__()):
            if k == 2:
                self.after -= 1
                if self.after == 0:
                    raise KeyboardInterrupt
            yield batch


@pytest.mark.parametrize("edition", ["this", "0.9, which kept no schedule"])
def test_interrupted_it_goes_on_after_the_last_epoch(small, tmp_path: Path, edition: str) -> None:
    x, y = small.blobs()
    batches = list(zip(x.split(32), y.split(32), strict=True))
    digital, results = small.perceptron(), []
    for data in (batches, Interrupting(batches)):
        file = tmp_path / f"{len(results)}.pt"
        model = small.analog(aimc.presets.rasch2023, digital)
        arguments = {"epochs": 5, "checkpoint": file, "progress": False}
        if data is not batches:
            with pytest.raises(KeyboardInterrupt):
                train(model, data, "rasch2023", **arguments)
            if edition != "this":
                saved = torch.load(file)
                del saved["schedule"]
                torch.save(saved, file)
            model = small.analog(aimc.presets.rasch2023, small.perceptron())
        history = train(model, data, "rasch2023", **arguments)
        results.append((flat(model), history.loss))
    assert history.resumed > 0
    assert results[0][1] == results[1][1]
    assert torch.equal(results[0][0], results[1][0])


def test_the_order_that_a_loader_draws_goes_on_too(small, tmp_path: Path) -> None:
    results, digital = [], small.perceptron()
    for killed_after in (None, 2):  # epochs
        loader = torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(*small.blobs()),
            batch_size=32,
            shuffle=True,
            generator=torch.Generator().manual_seed(1),
        )
        arguments = {"epochs": 4, "checkpoint": tmp_path / f"{killed_after}.pt", "progress": False}
        model, losses = small.analog(aimc.presets.rasch2023, digital), iter(range(2 * len(loader)))

        def loss(outputs, targets, losses=losses, killed=killed_after):
            if killed and next(losses, None) is None:
                raise KeyboardInterrupt
            return torch.nn.functional.cross_entropy(outputs, targets)

        if killed_after:
            with pytest.raises(KeyboardInterrupt):
                train(model, loader, "rasch2023", loss=loss, **arguments)
            loader.generator.manual_seed(1)
            model = small.analog(aimc.presets.rasch2023, digital)
        train(model, loader, "rasch2023", loss=loss if not killed_after else None, **arguments)
        results.append(flat(model))
    assert torch.equal(*results)


@pytest.mark.slow
def test_killed_and_resumed_it_comes_to_the_very_same_weights(tmp_path: Path) -> None:
    def start(checkpoint: str, result: str) -> subprocess.Popen:
        arguments = ["25", str(tmp_path / checkpoint), str(tmp_path / result)]
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WORKER, *arguments],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    undisturbed = start("a.pt", "a.result")
    killed = start("b.pt", "b.result")
    deadline = time.monotonic() + 120
    while not (tmp_path / "b.pt").exists():
        assert killed.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "b.result").exists()
    assert start("b.pt", "b.result").wait(120) == 0
    assert undisturbed.wait(120) == 0
    a, b = (torch.load(tmp_path / name, weights_only=True) for name in ("a.result", "b.result"))
    assert (a.pop("resumed"), b.pop("resumed") > 0) == (0, True)
    assert a["loss"] == b["loss"]
    assert a["ranges"] == b["ranges"]
    assert torch.equal(a["devices"], b["devices"])
    for name, values in a["model"].items():
        assert torch.equal(values, b["model"][name])


def test_a_checkpoint_of_another_training_is_refused(small, tmp_path: Path) -> None:
    file, data = tmp_path / "deep" / "run.pt", small.blobs(32)
    own = replace(recipe("joshi2020"), noise=GaussianNoise(0.1))
    train(small.analog(), data, own, epochs=1, checkpoint=file, progress=False)
    for change, message in (
        ({"recipe": "joshi2020", "epochs": 1}, "with recipe="),
        ({"recipe": own, "epochs": 2}, "with epochs=1 instead of 2"),
        ({"recipe": own, "epochs": 1, "rng": 5}, "with seed=0 instead of 5"),
    ):
        with pytest.raises(ValueError, match=message):
            train(small.analog(), data, checkpoint=file, progress=False, **change)
    file.write_text("no checkpoint")
    with pytest.raises(ValueError, match="is no checkpoint of a training"):
        train(small.analog(), data, own, epochs=1, checkpoint=file, progress=False)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ((torch.zeros(3, 12), torch.zeros(4)), ValueError, "3 and 4"),
        (torch.zeros(3, 12), TypeError, "must give batches|data must be"),
        (iter([]), TypeError, "does not say how many batches"),
        ([], ValueError, "no batches"),
        ([torch.zeros(3, 12)], TypeError, r"must give batches \(inputs, targets\), got Tensor"),
        ("fashion", TypeError, "got str"),
    ],
)
def test_bad_data_are_refused(small, data, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        train(small.analog(), data, "joshi2020", progress=False)


def test_a_loss_that_is_not_finite_stops_it(small) -> None:
    x, y = small.blobs()
    with pytest.raises(ValueError, match="the loss is nan in step 0 of epoch 0"):
        train(
            small.analog(),
            (x, y),
            "joshi2020",
            loss=lambda outputs, _: (outputs * float("nan")).sum(),
            progress=False,
        )
