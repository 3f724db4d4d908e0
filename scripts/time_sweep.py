"""Time a sweep of the shipped ResNet-9: 10 chips x 5 times x 2,000 images, by default.

    python scripts/time_sweep.py                     # two processes
    python scripts/time_sweep.py --chips 2 --images 200 --processes 1

It prints the wall time, the processor time of the chips, and what the processors were busy with
otherwise: on a machine that others use, the wall time says little. The full sweep is extrapolated
from a smaller one by chips and images.

Measured on 2026-11-26 with two processes on a busy machine of two cores: 185 s of processor time
for the full sweep with momentary noise, so some 92 s where nobody else computes (extrapolated), and
806 s of wall time at a load of ten. Fresh noise takes about as long.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from functools import partial

import numpy as np
import torch
from torch import nn
from train_resnet9 import ResNet9

import aimc
import aimc.nn
from aimc import datasets
from aimc.cores.read_outs import NOISES
from aimc.networks import ResNet9 as Shipped
from aimc.networks.resnet9 import _images
from aimc.recovery.evaluation import evaluate

TIMES = ("1 s", "1 min", "1 h", "1 d", "1 y")
CALIBRATION_IMAGES = 100


def torch_twin() -> ResNet9:
    """Return the shipped network as a torch model, with its factors as batch normalisation."""
    stored = datasets.load_checkpoint("resnet9-coloured")
    network = ResNet9().eval()
    with torch.no_grad():
        layers = zip(network.convolutions, network.norms, strict=True)
        for k, (convolution, norm) in enumerate(layers):
            weight = torch.from_numpy(np.asarray(stored.weights[k], np.float32))
            convolution.weight.copy_(weight.reshape(convolution.weight.shape))
            norm.weight.copy_(torch.from_numpy(np.asarray(stored.gains[k], np.float32)))
            norm.bias.copy_(torch.from_numpy(np.asarray(stored.biases[k], np.float32)))
            norm.running_mean.zero_()
            norm.running_var.fill_(1.0 - norm.eps)
        network.dense.weight.copy_(torch.from_numpy(np.asarray(stored.weights[-1], np.float32)))
        network.dense.bias.copy_(torch.from_numpy(np.asarray(stored.biases[-1], np.float32)))
    return network


def analog_twin() -> nn.Module:
    """Return it on the cores of the 64-core chip, with ranges from training images."""
    preset = partial(aimc.presets.hermes_core, devices=2)
    model = aimc.nn.convert(torch_twin(), preset)
    aimc.nn.calibrate(model, torch.from_numpy(_images("train", CALIBRATION_IMAGES)[0]))
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chips", type=int, default=10)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--read-noise", default="momentary", choices=NOISES)
    parser.add_argument("--batch", type=int, default=100)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    model = analog_twin()
    images, labels = Shipped.test_images(chosen.images)
    begun, before = time.perf_counter(), _processor_time()
    report = evaluate(
        model,
        (images, labels),
        chips=chosen.chips,
        times=TIMES,
        read_noise=chosen.read_noise,
        executor=chosen.processes if chosen.processes > 1 else None,
        batch_size=chosen.batch,
    )
    wall, processor = time.perf_counter() - begun, _processor_time() - before
    print(report)
    share = chosen.chips * chosen.images / (10 * 2000)
    print(
        f"{wall:.1f} s of wall time, {processor:.1f} s of processor time in {chosen.processes} "
        f"processes; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n"
        f"10 chips x {len(TIMES)} times x 2,000 images: {processor / share:.0f} s of processor "
        f"time, {processor / share / 2:.0f} s on two processors of one's own"
    )


def _processor_time() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


if __name__ == "__main__":
    main()
