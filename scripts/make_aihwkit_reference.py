"""Draw reference samples from IBM's aihwkit, against which the PCM models are tested.

The test suite does not need aihwkit: this script was run once, and its output, distribution
functions at 201 points, is stored in tests/devices/reference/. To run it again:

    pip install aihwkit && python scripts/make_aihwkit_reference.py

The stored file was made with aihwkit 1.2.0 (MIT licence) and torch 2.13.0.
"""

from pathlib import Path

import aihwkit
import numpy as np
import torch
from aihwkit.inference import PCMLikeNoiseModel
from aihwkit.inference.noise.hermes import HermesNoiseModel

SAMPLES = 400_000
POINTS = 201
TARGETS = (0.0, 0.1, 0.3, 0.6, 1.0)  # of g_max
TIMES = (1.0, 3600.0, 86400.0)  # s after programming; at 0 s aihwkit leaves out the reading noise
OUTPUT = Path(__file__).parents[1] / "tests" / "devices" / "reference" / "aihwkit_pcm.npz"


def distribution(samples: torch.Tensor) -> np.ndarray:
    """Return points and the distribution function there, shape (2, POINTS)."""
    values = np.sort(samples.numpy().astype(np.float64))
    points = values[np.linspace(0, len(values) - 1, POINTS).round().astype(int)]
    # float32 of a point may fall below the sample it came from: count at the stored number
    points = points.astype(np.float32)
    share = np.searchsorted(values, points.astype(np.float64), side="right") / len(values)
    return np.stack([points, share.astype(np.float32)])


def main() -> None:
    torch.manual_seed(2026)
    models = {
        "pcm_2019": PCMLikeNoiseModel(),
        "pcm_hermes_1": HermesNoiseModel(num_devices=1),
        "pcm_hermes_2": HermesNoiseModel(num_devices=2),
    }
    result = {"version": np.array(aihwkit.__version__), "targets": np.array(TARGETS)}
    result["times"] = np.array(TIMES)
    for name, model in models.items():
        for k, relative in enumerate(TARGETS):
            target = torch.full((SAMPLES,), relative * model.g_max)
            programmed = model.apply_programming_noise_to_conductance(target)
            nu = model.generate_drift_coefficients(target)
            result[f"{name}/{k}/programmed"] = distribution(programmed)
            result[f"{name}/{k}/drift_exponent"] = distribution(nu)
            for m, t in enumerate(TIMES):
                read = model.apply_drift_noise_to_conductance(programmed, nu, t)
                result[f"{name}/{k}/read_{m}"] = distribution(read)
    OUTPUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(OUTPUT, **result)
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
