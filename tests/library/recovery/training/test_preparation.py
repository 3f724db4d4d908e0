"""A prepared model is a torch model: any loop, copies, files, half precision, compiled."""

import copy
import io
import warnings
from dataclasses import replace

import pytest
import torch
from torch.utils.checkpoint import checkpoint

import aimc.nn
from aimc.nn import analog_layers
from aimc.recovery import evaluate
from aimc.recovery.training import (
    Clipping,
    Distillation,
    DropConnect,
    GaussianNoise,
    InputRanges,
    ProgrammingNoise,
    Recipe,
    finish,
    noisy_training,
    recipe,
)

NAMES = ("joshi2020", "hermes_resnet9", "hermes_lstm", "rasch2023", "afm")


def steps(model: torch.nn.Module, training, data, n: int = 3) -> list[float]:
    x, y = data
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    losses = []
    for _ in range(n):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimiser.step()
        training.step()
        losses.append(float(loss.detach()))
    return losses


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("preset", ["hermes", "rasch2023", "joshi2020"])
def test_every_recipe_trains_on_every_published_core(small, name: str, preset: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aimc.RangeWarning)  # six steps from nothing
        model, data = small.analog(getattr(aimc.presets, preset)), small.blobs()
        with noisy_training(model, name, data[0]) as training:
            losses = steps(model, training, data, 25)
        assert sum(losses[-3:]) < 0.8 * sum(losses[:3])
        aimc.nn.program(model)
        with torch.no_grad():
            assert model(data[0]).shape == (len(data[0]), 3)


@pytest.mark.parametrize("name", NAMES)
def test_recipes_say_what_they_leave_out_and_where_they_come_from(name: str) -> None:
    chosen = recipe(name)
    assert chosen.name == name
    assert chosen.left_out
    assert chosen.sources
    assert recipe(chosen) is chosen
    with pytest.raises(ValueError, match="recipe='joshi' is not allowed: choose one of"):
        recipe("joshi")


def test_constants_of_recipes_are_the_published_ones() -> None:
    from aimc.published import fact

    joshi, lstm, afm = recipe("joshi2020"), recipe("hermes_lstm"), recipe("afm")
    rasch = recipe("rasch2023")
    assert joshi.noise.std == pytest.approx(fact("B004").number / 25.0, rel=0.02)  # of 25 uS
    assert joshi.clipping.value == fact("C014").numbers[0]
    assert lstm.noise.std == 2 * fact("A098").number
    assert (100 * afm.noise.std, afm.clipping.value) == fact("G096").numbers[:2]
    assert (rasch.distillation.temperature, 100 * rasch.distillation.share) == fact("G090").numbers


def test_hidden_inputs_of_the_language_network_have_a_range_of_their_own(small) -> None:
    lstm = small.analog(small.converting_core, torch.nn.LSTM(6, 8))
    x = torch.randn(5, 4, 6)
    training = noisy_training(lstm, "hermes_lstm", x)
    assert lstm.matrix("weight_hh_l0").input_range == 0.06
    assert lstm.matrix("weight_ih_l0").input_range > 1.0
    lstm(x)[0].sum().backward()
    training.step()
    for each in (lstm.weight_ih_l0, lstm.weight_hh_l0):
        assert each.grad.abs().sum() > 0
    training.calibrate(x)
    assert lstm.matrix("weight_hh_l0").input_range == 0.06


def test_the_scale_of_weights_is_the_recipes_but_converting_keeps_its_own(small) -> None:
    model, (x, _) = small.analog(), small.blobs()
    assert model[0].matrix().setup.weight_range == "core"
    noisy_training(model, "rasch2023", x)
    assert model[0].matrix().setup.weight_range == "output"
    other = small.analog(weight_range="output")
    noisy_training(other, Recipe(weight_range=None), x)
    assert other[0].matrix().setup.weight_range == "output"


def test_noise_stays_in_evaluation_mode_and_goes_at_the_end(small) -> None:
    model, (x, _) = small.analog(), small.blobs()
    with noisy_training(model, Recipe(noise=GaussianNoise(0.1)), x) as training:
        model.eval()
        assert not torch.equal(model(x), model(x))
    with pytest.raises(aimc.UnprogrammedError):
        model(x)
    training.finish()  # a second time does nothing


def test_an_error_in_the_loop_ends_the_noise_and_former_names_do_the_same(small) -> None:
    model, (x, _) = small.analog(), small.blobs()
    recipe = Recipe(noise=GaussianNoise(0.1))
    with pytest.raises(KeyboardInterrupt), noisy_training(model, recipe, x):
        raise KeyboardInterrupt
    assert model[0].weight_noise is None
    with pytest.warns(DeprecationWarning, match="noisy_training"):
        aimc.recovery.training.prepare(model, recipe, x)
    assert model[0].weight_noise is not None
    finish(model)
    assert model[0].weight_noise is None


def test_a_copy_made_in_training_can_be_finished_too(small) -> None:
    analog, x = small.analog(aimc.presets.rasch2023), small.blobs()[0]
    before = set(dict(analog.named_parameters()))
    with noisy_training(analog, "rasch2023", x) as training:
        average = torch.optim.swa_utils.AveragedModel(analog)
        average.update_parameters(analog)
        for parameter in analog.parameters():
            parameter.data *= 1.5
        training.step()
        average.update_parameters(analog)
    copied = average.module
    with pytest.raises(ValueError, match=r"training\.finish"):
        evaluate(copied, small.blobs(), chips=1, progress=False)
    finish(copied)
    finish(copied)  # once more does nothing
    assert set(dict(copied.named_parameters())) == before
    first, other = (next(iter(analog_layers(m).values())).matrices[0] for m in (copied, analog))
    assert first.input_range == pytest.approx(other.input_range * 1.25 / 1.5)
    assert evaluate(copied, small.blobs(), chips=1, progress=False).values.shape[0] == 1


def test_a_range_that_no_step_kept_positive_is_told(small) -> None:
    analog, x = small.analog(aimc.presets.rasch2023), small.blobs()[0]
    with noisy_training(analog, "rasch2023", x):
        for name, parameter in analog.named_parameters():
            if "input_range" in name:
                parameter.data.fill_(-0.01)
        with pytest.raises(ValueError, match=r"call step\(\) of the training"):
            analog(x)


def test_noise_grows_over_the_first_steps_of_a_loop_of_ones_own(small) -> None:
    model, data = small.analog(), small.blobs()
    recipe = Recipe(noise=GaussianNoise(0.1), ramp=0.5)
    training = noisy_training(model, recipe, data[0], steps=8)
    amounts = []
    for _ in range(8):
        amounts.append(model[0].weight_noise.amount)
        steps(model, training, data, 1)
    assert amounts == [0.25, 0.5, 0.75, 1, 1, 1, 1, 1]
    training.finish()
    noisy_training(model, recipe, data[0])
    assert model[0].weight_noise.amount == 1.0


def test_a_model_in_training_is_not_prepared_again(small) -> None:
    model, (x, _) = small.analog(), small.blobs()
    noisy_training(model, Recipe(), x)
    with pytest.raises(ValueError, match="layer '0' is in training already"):
        noisy_training(model, Recipe(), x)


FULL = Recipe(
    noise=ProgrammingNoise(on="outputs"),
    drop=DropConnect(0.02),
    clipping=Clipping("range", 1.0, "output"),
    input_ranges=InputRanges("abs_max", 1.0, learned=True),
    output_noise=0.02,
    weight_bits=8,
)


@pytest.mark.parametrize(
    "recipe",
    [FULL, replace(FULL, noise=GaussianNoise(0.05), output_noise_of="peak", output_noise=0.1)],
    ids=["on outputs", "on weights"],
)
def test_copies_and_files_go_on_like_the_original(small, recipe: Recipe) -> None:
    model, data = small.analog(small.converting_core), small.blobs()
    steps(model, noisy_training(model, recipe, data[0], rng=3), data)
    twin = copy.deepcopy(model)
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    read = torch.load(file, weights_only=False)
    results = []
    for each in (model, twin, read):
        from aimc.recovery.training.preparation import Preparation

        stream = each[0].weight_noise.stream
        assert each[2].weight_noise.stream is stream
        steps(each, Preparation(each, recipe, stream), data)
        results.append(torch.cat([p.detach().flatten() for p in each.parameters()]))
    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])


def test_states_are_taken_and_given_back(small) -> None:
    data, results = small.blobs(), []
    model = small.analog(small.converting_core)
    training = noisy_training(model, FULL, data[0], rng=3)
    steps(model, training, data)
    saved = copy.deepcopy((model.state_dict(), training.state_dict()))
    fresh = small.analog(small.converting_core)
    again = noisy_training(fresh, FULL, 0.5 * data[0], rng=8)
    fresh.load_state_dict(saved[0])
    again.load_state_dict(saved[1])
    for each, its in ((model, training), (fresh, again)):
        steps(each, its, data)
        results.append(torch.cat([p.detach().flatten() for p in each.parameters()]))
    assert torch.equal(*results)
    other = aimc.nn.convert(torch.nn.Linear(12, 3), small.clean_core)
    with pytest.raises(ValueError, match="state is that of layers"):
        noisy_training(other, Recipe(), data[0]).load_state_dict(saved[1])


def test_a_trained_state_fits_the_digital_model(small) -> None:
    model, data, digital = small.analog(), small.blobs(), small.perceptron()
    training = noisy_training(model, FULL, data[0])
    steps(model, training, data)
    training.finish()
    digital.load_state_dict(model.state_dict())
    assert torch.equal(digital[0].weight, model[0].weight)


@pytest.mark.parametrize("on", ["weights", "outputs"])
def test_half_precision(small, on: str) -> None:
    model, (x, y) = small.analog(small.converting_core), small.blobs()
    model, x = model.bfloat16(), x.bfloat16()
    recipe = replace(FULL, noise=GaussianNoise(0.05, on=on))
    losses = steps(model, noisy_training(model, recipe, x), (x, y), 25)
    assert model(x).dtype == torch.bfloat16
    assert model[0].weight.dtype == torch.bfloat16
    assert losses[-1] < 0.8 * losses[0]


def test_weights_are_rounded_with_a_straight_gradient(small) -> None:
    layer = small.analog(model=torch.nn.Linear(6, 5, bias=False))
    noisy_training(layer, Recipe(weight_bits=3), torch.randn(4, 6))
    seen = layer(torch.eye(6)).T
    assert len(torch.unique((seen / seen.abs().amax(1, keepdim=True)).round(decimals=4))) <= 7
    seen.sum().backward()
    torch.testing.assert_close(layer.weight.grad, torch.ones(5, 6))


def test_distillation_is_zero_for_equals_and_pulls_towards_the_teacher() -> None:
    student, teacher = torch.randn(4, 3, requires_grad=True), torch.randn(4, 3)
    for temperature in (1.0, 10.0):
        rule = Distillation(temperature, 0.75)
        assert float(rule.loss(teacher, teacher)) == pytest.approx(0.0, abs=1e-6)
        before = rule.loss(student, teacher)
        (grad,) = torch.autograd.grad(before, student)
        assert rule.loss(student - 0.1 * grad, teacher) < before


def test_compiled_models_compute_what_eager_ones_do(small) -> None:
    """What lies between analog layers is compiled; they themselves run as without."""
    model, (x, y) = small.analog(small.converting_core), small.blobs()
    noisy_training(
        model, replace(FULL, noise=GaussianNoise(0.05, on="outputs"), drop=None), x, rng=3
    )
    twin = copy.deepcopy(model)
    compiled = torch.compile(twin, backend="eager")
    results = []
    for run, each in ((model, model), (compiled, twin)):
        torch.nn.functional.cross_entropy(run(x), y).backward()
        results.append([p.grad.clone() for p in each.parameters()])
    for one, two in zip(*results, strict=True):
        torch.testing.assert_close(one, two)


@pytest.mark.parametrize("reentrant", [True, False])
@pytest.mark.parametrize("on", ["weights", "outputs"])
def test_activations_computed_again_meet_the_same_noise_or_are_refused(
    small, on: str, reentrant: bool
) -> None:
    x, labels = small.blobs()
    recipe = Recipe(noise=GaussianNoise(0.1, on=on))

    def gradients(again: bool, rng) -> list[torch.Tensor]:
        torch.manual_seed(3)
        model = small.analog()
        torch.manual_seed(4)
        with noisy_training(model, recipe, x, rng=rng):
            given = x.clone().requires_grad_()
            out = checkpoint(model, given, use_reentrant=reentrant) if again else model(given)
            torch.nn.functional.cross_entropy(out, labels).backward()
            return [parameter.grad for parameter in model.parameters()]

    kept = gradients(False, torch.default_generator)
    for one, other in zip(kept, gradients(True, torch.default_generator), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)
    other_noise = gradients(False, 8)
    assert not torch.equal(kept[0], other_noise[0])
    with pytest.raises(RuntimeError, match="would meet other noise"):
        gradients(True, 8)


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"noise": 0.1}, TypeError, "noise must be a TrainingNoise, got 0.1"),
        ({"clipping": 2.0}, TypeError, "clipping must be a Clipping"),
        ({"output_noise_of": "adc"}, ValueError, "output_noise_of='adc'"),
        ({"ramp": 2.0}, ValueError, "ramp=2.0"),
        ({"weight_bits": 1}, ValueError, "weight_bits"),
        ({"weight_range": "row"}, ValueError, "weight_range='row'"),
    ],
)
def test_bad_recipes_are_refused(fields: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Recipe(**fields)
