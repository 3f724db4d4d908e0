"""One forward, one warning of a kind: it names the layers and the cores."""

import copy
import pickle
import threading
import warnings

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn


def model():
    layers = nn.Sequential(nn.Linear(300, 20), nn.ReLU(), nn.Linear(20, 300), nn.Linear(300, 2))
    for parameter in layers.parameters():
        parameter.data = parameter.data.abs()
    return layers


def on_cores(digital=None, **options):
    converted = analog.convert(
        model() if digital is None else digital, aimc.presets.hermes, **options
    )
    analog.program(converted)
    return converted


X = 50 * torch.ones(4, 300)


def caught_from(call, *inputs) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(*inputs)
    return caught


def test_three_layers_that_saturate_give_one_warning() -> None:
    caught = caught_from(on_cores(), X)
    assert [each.category for each in caught] == [aimc.RangeWarning]
    lines = str(caught[0].message).splitlines()
    assert lines[0] == "3 layers warn:"
    # 300 inputs are on two cores, and 300 outputs as well
    assert lines[1] == (
        "  layer '0', cores 0, 1: 100.0% of the inputs lie beyond input_range=1 and were clipped"
    )
    assert any(line.startswith("  layer '2', cores 2, 3: ") for line in lines)
    assert any(line.startswith("  layer '3', cores 4, 5: ") for line in lines)
    assert lines[-1] == "calibrate the range to the data or scale the data"
    warning = caught[0].message
    parts = {(part.layer, part.core, part.what, part.share) for part in warning.parts}
    assert {("0", 0, "inputs", 1.0), ("0", 1, "inputs", 1.0)} <= parts
    assert {part.layer for part in warning.parts} == {"0", "2", "3"}
    assert warning.share == max(part.share for part in warning.parts)
    sent = pickle.loads(pickle.dumps(warning))
    assert [part.core for part in sent.parts] == [part.core for part in warning.parts]
    assert caught[0].filename == __file__


def test_old_weights_of_two_layers_are_one_warning_beside_the_ranges() -> None:
    converted = on_cores()
    with torch.no_grad():
        converted[0].weight.mul_(2)
        converted[3].weight.mul_(2)
    caught = caught_from(converted, X)
    assert {each.category for each in caught} == {aimc.RangeWarning, analog.StaleWeightsWarning}
    assert len(caught) == 2
    stale = next(str(e.message) for e in caught if e.category is analog.StaleWeightsWarning)
    assert stale.startswith(
        "the parameters of layers '0', '3' have changed since they were programmed: their devices"
    )


def test_a_layer_on_its_own_warns_itself() -> None:
    converted = on_cores()
    caught = caught_from(converted[0], X)
    assert len(caught) == 1
    assert "layer '0', cores 0, 1: 100.0% of the inputs" in str(caught[0].message)
    assert caught[0].filename == __file__


def test_the_steps_of_a_sequence_are_one_warning() -> None:
    lstm = on_cores(nn.LSTM(300, 4))
    caught = caught_from(lstm, 50 * torch.rand(7, 300))
    assert len(caught) == 1
    assert "layer 'AnalogLSTM', cores 0, 1: " in str(caught[0].message)


def test_a_forward_that_fails_or_is_interrupted_leaves_nothing_behind() -> None:
    class Failing(nn.Module):
        error: BaseException | None = None

        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(300, 2)

        def forward(self, x):
            y = self.fc(x)
            if self.error is not None:
                raise self.error
            return y

    converted = on_cores(Failing())
    converted.error = ValueError("meant")
    with (
        pytest.warns(aimc.RangeWarning, match="layer 'fc'"),
        pytest.raises(ValueError, match="meant"),
    ):
        converted(X)
    converted.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        caught_from(converted, X)
    converted.error = None
    assert len(caught_from(converted, X)) == 1
    assert not caught_from(converted, X / 100)
    assert len(caught_from(aimc.presets.hermes(0).program, torch.ones(2, 2).numpy())) == 0


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), nn.Sequential]
)
def test_copies_and_larger_models_warn_once_too(copied) -> None:
    assert len(caught_from(copied(on_cores()), X)) == 1


def test_each_thread_gathers_its_own() -> None:
    converted, found = on_cores(), []
    wide = 50 * torch.ones(4, 300)
    inside = threading.Thread(target=lambda: found.append(converted(wide).shape))

    class Waits(nn.Module):
        def forward(self, x):
            inside.start()
            inside.join()
            return x

    caught = caught_from(on_cores(nn.Sequential(nn.Linear(300, 2), Waits())), X)
    assert found == [(4, 2)]
    assert sorted("layer '3'" in str(each.message) for each in caught) == [False, True]


def test_what_has_nothing_to_warn_about_is_silent() -> None:
    assert not caught_from(on_cores(), torch.rand(4, 300) / 100)


def test_the_way_back_has_no_hooks() -> None:
    back = analog.to_digital(on_cores())
    assert not back._forward_hooks
    assert not back._forward_hooks_always_called
