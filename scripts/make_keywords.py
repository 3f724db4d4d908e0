"""Speak the keywords that are shipped with the package, and turn them into patches.

    apt-get install espeak-ng && python scripts/make_keywords.py

A speech synthesiser says ten words in fourteen voices, each word eight times at another speed and
pitch. Each sound becomes a patch of 26 mel bands by 33 steps of 30 ms, the logarithm of its power,
after some noise has been added. The last three voices are the test part: nothing that learns has
heard them. No recording of a person is used, so nobody's licence or consent is needed. The shipped
file was made with eSpeak NG 1.52 (GPL-3, which does not reach what it says), whose voices flutter
by chance: another run gives other numbers of the same kind.
"""

from __future__ import annotations

import argparse
import io
import runpy
import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aimc import datasets
from aimc.datasets.keywords import BANDS, KEYWORDS, STEPS

write_npz = runpy.run_path(str(Path(__file__).with_name("make_fashion_mnist_subset.py")))[
    "write_npz"
]

VOICES = (
    "en-gb", "en-us", "en-gb-scotland+m3", "en-gb-x-rp+f2", "en-gb-x-gbclan+m5", "en-us+f3",
    "en-029+m1", "en-gb-x-gbcwmd+f4", "en-us+m7", "en-gb+f1", "en-gb-x-rp+m2",
    "en-us+m4", "en-gb-scotland+f5", "en-029+f2",
)  # fmt: skip
TEST_VOICES = 3
TAKES = 8
RATE = 16_000  # 1/s
STEP = 480  # samples: 30 ms
WINDOW = 960
LONGEST = STEP * (STEPS - 1) + WINDOW
LOWEST, HIGHEST = 80.0, 7600.0  # Hz
COARSE = 5
"""Step of the stored numbers, which keeps the file small: a little more than 1 dB."""
FLOOR_DB = 60.0
"""Range of the patches: 0 is this far below the loudest band, 255 the loudest."""


def spoken(word: str, voice: str, speed: int, pitch: int) -> NDArray[np.float64]:
    """Return the sound of a word, 16,000 samples a second."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", word]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(made)) as file:
        raw = np.frombuffer(file.readframes(-1), "<i2").astype(np.float64)
        rate = file.getframerate()
    loud = np.flatnonzero(np.abs(raw) > 0.02 * np.abs(raw).max())
    raw = raw[loud[0] : loud[-1] + 1]
    at = np.arange(0, len(raw) - 1, rate / RATE)
    return np.interp(at, np.arange(len(raw)), raw / np.sqrt(np.mean(raw**2)))


def mel_filters() -> NDArray[np.float64]:
    """Return triangles over the frequencies of a window, shape (bands, frequencies)."""
    low, high = (2595 * np.log10(1 + f / 700) for f in (LOWEST, HIGHEST))
    mel = np.linspace(low, high, BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    f = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rising = (f - edges[:-2, None]) / (edges[1:-1, None] - edges[:-2, None])
    falling = (edges[2:, None] - f) / (edges[2:, None] - edges[1:-1, None])
    return np.maximum(0.0, np.minimum(rising, falling))


def patch(
    sound: NDArray[np.float64], filters: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return a sound, at a random place in its second and with some noise, as a patch."""
    line = 10 ** rng.uniform(-2.0, -1.0) * rng.normal(size=LONGEST)
    sound = sound[:LONGEST]
    start = rng.integers(0, LONGEST - len(sound) + 1)
    line[start : start + len(sound)] += sound
    frames = np.stack([line[k * STEP : k * STEP + WINDOW] for k in range(STEPS)])
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2 @ filters.T
    decibel = 10 * np.log10(power.T + 1e-9)
    scaled = 1 + (decibel - decibel.max()) / FLOOR_DB
    return (COARSE * (255 / COARSE * np.clip(scaled, 0, 1)).round()).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speak and pack the shipped keywords.")
    parser.add_argument("--output", type=Path, default=datasets.SHIPPED_FOLDER / "keywords.npz")
    arguments = parser.parse_args()
    rng, filters = np.random.default_rng(2026), mel_filters()
    patches, labels, voices = [], [], []
    for voice, name in enumerate(VOICES):
        for label, word in enumerate(KEYWORDS):
            for _ in range(TAKES):
                speed, pitch = int(rng.integers(120, 200)), int(rng.integers(25, 75))
                patches.append(patch(spoken(word, name, speed, pitch), filters, rng))
                labels.append(label)
                voices.append(voice)
    arrays = {
        "patches": np.stack(patches),
        "labels": np.array(labels, np.uint8),
        "voices": np.array(voices, np.uint8),
    }
    write_npz(arguments.output, arrays)
    print(f"{arguments.output.name}: {arguments.output.stat().st_size:,} bytes")
    print(f"KEYWORDS_SHA256 must be {datasets.fingerprint(*arrays.values())}")


if __name__ == "__main__":
    main()
