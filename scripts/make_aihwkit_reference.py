"""Draw reference samples from IBM's aihwkit, against which the PCM models are tested.

The test suite does not need aihwkit: this script was run once, and its output is stored in
tests/library/devices/reference/. To run it again:

    pip install aihwkit && python scripts/make_aihwkit_reference.py

For every model, target and quantity the file holds

- ``.../distribution``: points and the distribution function there, of a million draws,
- ``.../moments``: number of draws, mean, standard deviation and kurtosis of the same draws,
- ``.../samples``: raw draws; the same row is the same device in every quantity.

The quantities are the programmed conductance, the drift exponent, and at each time the conductance
that drift alone leaves (``drifted``), a read of it (``read``) and their difference (``noise``,
moments only). For a few devices ``.../followed`` holds the first two and all that drift makes of
them, so that drift can be compared device by device.

The stored file was made with aihwkit 1.2.0 (MIT licence) and torch 2.13.0.
"""

from functools import partial
from pathlib import Path
from typing import Any

import aihwkit
import numpy as np
import torch
from aihwkit.inference import PCMLikeNoiseModel
from aihwkit.inference.noise.hermes import HermesNoiseModel

DRAWS = 1_000_000
SAMPLES = 1_500
FOLLOWED = 100
POINTS = 201
TARGETS = (0.0, 0.1, 0.3, 0.6, 1.0)  # of g_max
# 1 s, 1 h, 1 day, 1 month, 1 year after programming; at 0 s aihwkit leaves out the read noise
TIMES = (1.0, 3600.0, 86400.0, 2.592e6, 3.1536e7)
OUTPUT = (
    Path(__file__).parents[1] / "tests" / "library" / "devices" / "reference" / "aihwkit_pcm.npz"
)


def distribution(draws: torch.Tensor) -> np.ndarray:
    """Return points and the distribution function there, shape (2, POINTS)."""
    values = np.sort(draws.numpy().astype(np.float64))
    points = values[np.linspace(0, len(values) - 1, POINTS).round().astype(int)]
    share = np.searchsorted(values, points, side="right") / len(values)
    return np.stack([points, share]).astype(np.float32)


def moments(draws: torch.Tensor) -> np.ndarray:
    """Return number of draws, mean, standard deviation, fourth moment over squared variance."""
    values = draws.numpy().astype(np.float64)
    centred = values - values.mean()
    variance = np.mean(centred**2)
    kurtosis = np.mean(centred**4) / variance**2
    return np.array([len(values), values.mean(), np.sqrt(variance), kurtosis])


def main() -> None:
    torch.manual_seed(2026)
    makers = {
        "pcm_2019": PCMLikeNoiseModel,
        "pcm_hermes_1": partial(HermesNoiseModel, num_devices=1),
        "pcm_hermes_2": partial(HermesNoiseModel, num_devices=2),
    }
    result: dict[str, Any] = {
        "version": np.array(aihwkit.__version__),
        "targets": np.array(TARGETS),
    }
    result["times"] = np.array(TIMES)
    for name, make in makers.items():
        model, silent = make(), make(read_noise_scale=0.0)
        for k, relative in enumerate(TARGETS):
            target = torch.full((DRAWS,), relative * model.g_max)
            programmed = model.apply_programming_noise_to_conductance(target)
            nu = model.generate_drift_coefficients(target)
            draws = {"programmed": programmed, "drift_exponent": nu}
            followed = [programmed[:FOLLOWED], nu[:FOLLOWED]]
            for m, t in enumerate(TIMES):
                read = model.apply_drift_noise_to_conductance(programmed, nu, t)
                drifted = silent.apply_drift_noise_to_conductance(programmed, nu, t)
                draws[f"read_{m}"], draws[f"drifted_{m}"] = read, drifted
                result[f"{name}/{k}/noise_{m}/moments"] = moments(read - drifted)
                followed.append(drifted[:FOLLOWED])
            result[f"{name}/{k}/followed"] = torch.stack(followed).numpy()
            for quantity, values in draws.items():
                key = f"{name}/{k}/{quantity}"
                result[f"{key}/distribution"] = distribution(values)
                result[f"{key}/moments"] = moments(values)
                if not quantity.startswith("drifted"):  # those follow from the other two
                    # half precision rounds by less than 1 % of any spread here
                    result[f"{key}/samples"] = values[:SAMPLES].numpy().astype(np.float16)
    OUTPUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(OUTPUT, **result)
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
