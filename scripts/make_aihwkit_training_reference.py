"""Make the reference of tests/library/nn/test_aihwkit_weights.py: its models, and what they do.

The test suite needs neither aihwkit nor aihwkit-lightning: this script was run once, and its output
is stored in tests/library/nn/data/. To run it again, in an environment of its own:

    pip install aihwkit aihwkit-lightning scipy && python scripts/make_aihwkit_training_reference.py

For a linear layer on several tiles, a convolution and an LSTM the file holds the state dictionary,
an input, and the exact output. For a perceptron on the digits that `aimc.datasets` ships it holds
the state dictionary and its accuracy over time: for each of several chips (programmings) and times,
the share of correct test images, without compensation and with aihwkit's global drift compensation.
The perceptron was trained with noise on its weights by aihwkit-lightning and then moved to aihwkit.

The stored file was made with aihwkit 1.1.0, aihwkit-lightning 2.1.0 (both MIT licence) and torch
2.13.0. The compiled tile of that release does not run with that torch, so the tile written in torch
was used; it computes the same with a perfect forward.
"""

import json
from pathlib import Path
from typing import Any

import aihwkit
import aihwkit_lightning
import numpy as np
import torch
from aihwkit.inference import GlobalDriftCompensation, PCMLikeNoiseModel
from aihwkit.nn import AnalogConv2d, AnalogLinear, AnalogLSTMCell, AnalogRNN
from aihwkit.nn.conversion import convert_to_analog
from aihwkit.simulator.configs import TorchInferenceRPUConfig
from aihwkit_lightning.nn.conversion import (
    convert_to_analog as to_lightning,
)
from aihwkit_lightning.simulator.configs import (
    TorchInferenceRPUConfig as LightningConfig,
)
from aihwkit_lightning.simulator.configs import WeightModifierType

import aimc.datasets

OUTPUT = Path(__file__).parents[1] / "tests" / "library" / "nn" / "data" / "aihwkit_training.json"
CHIPS = 60
TIMES = (0.0, 3600.0, 86400.0, 2.592e6, 3.1536e7)
EPOCHS = 25
NOISE = 0.05
"""Standard deviation of the training noise, relative to the largest weight."""


def as_lists(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state dictionary of tensors and nested dictionaries as JSON takes it."""
    made = {}
    for name, value in state.items():
        if isinstance(value, dict):
            held = value.get("analog_tile_weights")
            made[name] = {"analog_tile_weights": held.tolist()} if held is not None else {}
        elif isinstance(value, torch.Tensor):
            made[name] = value.detach().tolist()
    return made


def config(**mapping: Any) -> TorchInferenceRPUConfig:
    """Return a perfect forward on devices of the standard model."""
    made = TorchInferenceRPUConfig()
    made.forward.is_perfect = True
    made.mapping.weight_scaling_omega = 1.0
    made.noise_model = PCMLikeNoiseModel(g_max=25.0)
    made.drift_compensation = GlobalDriftCompensation()
    for name, value in mapping.items():
        setattr(made.mapping, name, value)
    return made


def layers() -> dict[str, Any]:
    """Return three layers with an input and its exact output."""
    torch.manual_seed(1)
    tiled = config(
        max_input_size=4, max_output_size=3, weight_scaling_columnwise=True, learn_out_scaling=True
    )
    made = {
        "linear": (torch.nn.Linear(6, 5), tiled, torch.randn(4, 6)),
        "conv": (torch.nn.Conv2d(2, 5, 3), config(), torch.randn(2, 2, 5, 5)),
    }
    found = {}
    for name, (layer, rpu_config, x) in made.items():
        kind = {"linear": AnalogLinear, "conv": AnalogConv2d}[name]
        theirs = convert_to_analog(layer, rpu_config)
        assert isinstance(theirs, kind)
        y = theirs.eval()(x)
        found[name] = {"state": as_lists(theirs.state_dict()), "x": x.tolist(), "y": y.tolist()}
    lstm = AnalogRNN(AnalogLSTMCell, 3, 4, rpu_config=config(), bias=True, num_layers=2)
    x = torch.randn(6, 2, 3)
    y = lstm.eval()(x)[0]
    found["lstm"] = {"state": as_lists(lstm.state_dict()), "x": x.tolist(), "y": y.tolist()}
    return found


def trained(data: aimc.datasets.Dataset) -> torch.nn.Module:
    """Return a perceptron of lightning's that was trained with noise on its weights."""
    torch.manual_seed(2)
    lightning = LightningConfig()
    lightning.modifier.type = WeightModifierType.ADD_NORMAL
    lightning.modifier.std_dev = NOISE
    digital = torch.nn.Sequential(torch.nn.Linear(64, 24), torch.nn.ReLU(), torch.nn.Linear(24, 10))
    model = to_lightning(digital, lightning).train()
    x = torch.tensor(data.x_train.reshape(-1, 64), dtype=torch.float32) / 16
    y = torch.tensor(data.y_train, dtype=torch.long)
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(EPOCHS):
        for part in torch.randperm(len(x)).split(32):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(model(x[part]), y[part]).backward()
            optimiser.step()
    return model.eval()


def over_time(model: torch.nn.Module, data: aimc.datasets.Dataset) -> dict[str, Any]:
    """Return accuracies of shape (chips, times), raw and compensated."""
    x = torch.tensor(data.x_test.reshape(-1, 64), dtype=torch.float32) / 16
    y = torch.tensor(data.y_test, dtype=torch.long)
    found: dict[str, Any] = {}
    for name, compensation in (("raw", None), ("compensated", GlobalDriftCompensation())):
        values = np.empty((CHIPS, len(TIMES)))
        for chip in range(CHIPS):
            torch.manual_seed(1000 + chip)
            digital = torch.nn.Sequential(
                torch.nn.Linear(64, 24), torch.nn.ReLU(), torch.nn.Linear(24, 10)
            )
            digital.load_state_dict(
                {k: v for k, v in model.state_dict().items() if "input" not in k}
            )
            rpu_config = config()
            rpu_config.drift_compensation = compensation
            theirs = convert_to_analog(digital, rpu_config).eval()
            theirs.program_analog_weights()
            for k, t in enumerate(TIMES):
                theirs.drift_analog_weights(t)
                with torch.no_grad():
                    values[chip, k] = (theirs(x).argmax(1) == y).double().mean()
        found[name] = values.round(6).tolist()
        if name == "raw":
            found["state"] = as_lists(convert_to_analog(digital, config()).state_dict())
    found["lightning"] = as_lists(model.state_dict())
    with torch.no_grad():
        found["floating_point"] = float((model(x).argmax(1) == y).double().mean())
    return found


def main() -> None:
    """Write the file."""
    data = aimc.datasets.digits()
    reference = {
        "aihwkit": aihwkit.__version__,
        "aihwkit_lightning": aihwkit_lightning.__version__,
        "torch": torch.__version__,
        "times": TIMES,
        "layers": layers(),
        "perceptron": over_time(trained(data), data),
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(reference, separators=(",", ":")) + "\n")
    print({k: np.mean(reference["perceptron"][k], axis=0) for k in ("raw", "compensated")})


if __name__ == "__main__":
    main()
