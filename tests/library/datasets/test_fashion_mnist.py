"""Data sets and checkpoints: contents, checksums, the search for the full set, bad input."""

from __future__ import annotations

import gzip
import hashlib
import runpy
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aimc import datasets
from aimc.datasets import fashion_mnist, files

SCRIPTS = Path(__file__).parents[3] / "scripts"
FIRST_FILE = next(iter(fashion_mnist.FILE_SHA256))


def no_network(*_: Any, **__: Any) -> None:
    raise AssertionError("a connection was opened")


@pytest.fixture(scope="module")
def subset() -> datasets.Dataset:
    return datasets.load()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Move every place of the search below ``tmp_path``; return four tiny IDX files."""
    rng = np.random.default_rng(0)
    files = {}
    for stem in fashion_mnist.FILE_SHA256:
        count = 40 if stem.startswith("train") else 20
        if "images" in stem:
            header = struct.pack(">IIII", 0x803, count, 28, 28)
            content = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        else:
            header = struct.pack(">II", 0x801, count)
            content = np.arange(count, dtype=np.uint8) % 10
        files[stem] = header + content.tobytes()
    sums = {stem: hashlib.sha256(raw).hexdigest() for stem, raw in files.items()}
    monkeypatch.setattr(fashion_mnist, "FILE_SHA256", sums)
    monkeypatch.setattr(fashion_mnist, "CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", str(tmp_path / "debian"))
    monkeypatch.setattr(fashion_mnist, "MIRRORS", ())
    return files


def write_idx(folder: Path, files: dict[str, bytes], packed: bool = True) -> Path:
    folder.mkdir()
    for stem, raw in files.items():
        if packed:
            (folder / f"{stem}.gz").write_bytes(gzip.compress(raw))
        else:
            (folder / stem).write_bytes(raw)
    return folder


def forward(checkpoint: datasets.Checkpoint, inputs: np.ndarray) -> np.ndarray:
    signal = inputs.astype(np.float64)
    for weight, bias in zip(checkpoint.weights, checkpoint.biases, strict=True):
        signal = signal @ weight.T.astype(np.float64) + bias
        if weight is not checkpoint.weights[-1]:
            signal = np.maximum(signal, 0)
    return signal


# --- the shipped subset


def test_subset_has_the_promised_arrays(subset: datasets.Dataset) -> None:
    assert subset.x_train.shape == (10_000, 28, 28)
    assert subset.x_test.shape == (2_000, 28, 28)
    assert {part.dtype for part in (subset.x_train, subset.y_train)} == {np.dtype(np.uint8)}
    assert (subset.x_train.min(), subset.x_train.max()) == (0, 255)
    assert len(subset.classes) == 10
    assert "10k" in subset.name
    assert subset.source


def test_subset_classes_are_balanced(subset: datasets.Dataset) -> None:
    assert np.bincount(subset.y_train).tolist() == [1_000] * 10
    assert np.bincount(subset.y_test).tolist() == [200] * 10


def test_labels_match_the_images(subset: datasets.Dataset) -> None:
    # Trousers are two narrow legs: their mean image is dark at the left edge, a bag's is not.
    edge = [subset.x_train[subset.y_train == label][:, :, :4].mean() for label in range(10)]
    assert edge[subset.classes.index("Trouser")] < 5 < 20 < edge[subset.classes.index("Bag")]


def test_subset_checksum_is_of_the_returned_arrays(subset: datasets.Dataset) -> None:
    parts = (subset.x_train, subset.y_train, subset.x_test, subset.y_test)
    assert datasets.fingerprint(*parts) == subset.sha256 == fashion_mnist.SUBSET_SHA256


def test_training_and_test_images_do_not_overlap(subset: datasets.Dataset) -> None:
    train = {image.tobytes() for image in subset.x_train}
    assert not train & {image.tobytes() for image in subset.x_test}


def test_subset_needs_neither_disk_nor_network(
    machine: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request.urlopen", no_network)
    assert datasets.load("fashion-mnist", subset="10k", allow_download=True).source.startswith(
        "ship"
    )


def test_licence_notice_is_beside_the_images() -> None:
    notice = (datasets.SHIPPED_FOLDER / "LICENSE-fashion-mnist.txt").read_text(encoding="utf-8")
    assert "MIT License" in notice
    assert "2017 Zalando SE" in notice


def test_every_load_returns_fresh_arrays(subset: datasets.Dataset) -> None:
    other = datasets.load()
    other.x_test[:] = 0
    assert subset.x_test.max() == 255


@pytest.mark.parametrize("name", ["fashion_mnist_10k.npz", "mlp_fashion_mnist.npz"])
@pytest.mark.parametrize("damage", ["flipped byte", "truncated", "empty", "missing"])
def test_damaged_package_file_is_detected(
    name: str, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = bytearray((datasets.SHIPPED_FOLDER / name).read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    cut = {"flipped byte": len(raw), "truncated": len(raw) // 3, "empty": 0, "missing": 0}[damage]
    if damage != "missing":
        (tmp_path / name).write_bytes(raw[:cut])
    monkeypatch.setattr(files, "SHIPPED_FOLDER", tmp_path)
    with pytest.raises(datasets.ChecksumError, match=f"{name}.*reinstall"):
        datasets.load() if "10k" in name else datasets.load_checkpoint()


@pytest.mark.parametrize("name", ["fashion_mnist_10k.npz", "mlp_fashion_mnist.npz"])
@pytest.mark.parametrize("drop", [False, True])
def test_intact_archive_with_other_contents_is_detected(
    name: str, drop: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with np.load(datasets.SHIPPED_FOLDER / name) as archive:
        arrays = dict(archive)
    key = "y_test" if "10k" in name else "bias0"
    arrays[key] = arrays[key][::-1]
    if drop:
        del arrays[key]
    np.savez(tmp_path / name, **arrays)
    monkeypatch.setattr(files, "SHIPPED_FOLDER", tmp_path)
    with pytest.raises(datasets.ChecksumError, match=name):
        datasets.load() if "10k" in name else datasets.load_checkpoint()


def test_fingerprint_sees_type_shape_and_order_but_not_memory_layout() -> None:
    a = np.arange(6, dtype=np.int32).reshape(2, 3)
    b = np.ones(2)
    assert datasets.fingerprint(a) == datasets.fingerprint(np.asfortranarray(a).astype(">i4"))
    others: list[tuple[np.ndarray, ...]] = [
        (a.T,),
        (a.reshape(3, 2),),
        (a.astype(np.int64),),
        (a, b),
        (b, a),
    ]
    assert len({datasets.fingerprint(a), *(datasets.fingerprint(*other) for other in others)}) == 6


# --- the full set


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("place", ["given", "cache", "debian"])
def test_full_set_is_found(
    place: str,
    packed: bool,
    machine: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("urllib.request.urlopen", no_network)
    folder = write_idx(tmp_path / place, machine, packed)
    full = datasets.load(subset="full", folder=folder if place == "given" else None)
    assert full.x_train.shape == (40, 28, 28)
    assert full.x_test.tobytes() == machine["t10k-images-idx3-ubyte"][16:]
    assert full.y_train.tolist() == list(range(10)) * 4
    assert full.y_test.shape == (20,)
    assert full.name == "fashion-mnist"
    assert full.source == str(folder)
    full.x_train[0] = 0  # the caller owns the arrays


def test_given_folder_comes_first(machine: dict[str, bytes], tmp_path: Path) -> None:
    for place in ("debian", "cache", "given"):
        folder = write_idx(tmp_path / place, machine)
        given = folder if place == "given" else None
        assert datasets.load(subset="full", folder=given).source == str(folder)


@pytest.mark.parametrize("damage", ["other bytes", "truncated gzip", "not gzip"])
def test_damaged_idx_file_is_named(damage: str, machine: dict[str, bytes], tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "given", machine)
    path = folder / f"{FIRST_FILE}.gz"
    packed = path.read_bytes()
    other = gzip.compress(machine[FIRST_FILE][:-1] + b"\0\0")
    path.write_bytes(
        {"other bytes": other, "truncated gzip": packed[:99], "not gzip": b"<html>"}[damage]
    )
    with pytest.raises(datasets.ChecksumError, match=f"{FIRST_FILE}.gz.*remove or replace"):
        datasets.load(subset="full", folder=folder)


@pytest.mark.native("in a browser the library downloads nothing")
def test_download_tries_the_next_mirror_and_keeps_verified_files(
    machine: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = write_idx(tmp_path / "broken", dict.fromkeys(machine, b"another file"))
    (broken / f"{FIRST_FILE}.gz").unlink()
    good = write_idx(tmp_path / "good", machine)
    mirrors = tuple(f"{folder.as_uri()}/" for folder in (broken, good))
    monkeypatch.setattr(fashion_mnist, "MIRRORS", mirrors)
    full = datasets.load(subset="full")
    assert full.source == f"downloaded to {tmp_path / 'cache'}"
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == sorted(
        f"{stem}.gz" for stem in machine
    )
    shutil.rmtree(good)
    again = datasets.load(subset="full", allow_download=False)
    assert again.source == str(tmp_path / "cache")
    assert again.sha256 == full.sha256


@pytest.mark.native("in a browser the library downloads nothing")
def test_failed_download_leaves_no_file_and_says_what_to_do(
    machine: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = write_idx(tmp_path / "broken", dict.fromkeys(machine, b"another file"))
    mirrors = (f"{broken.as_uri()}/", f"{(tmp_path / 'nowhere').as_uri()}/")
    monkeypatch.setattr(fashion_mnist, "MIRRORS", mirrors)
    target = tmp_path / "given"
    target.mkdir()
    with pytest.raises(datasets.DataUnavailableError) as caught:
        datasets.load(subset="full", folder=target)
    message = str(caught.value)
    for part in (*mirrors, str(target), "cache", "debian", "dataset-fashion-mnist", "10k"):
        assert part in message
    assert not list(target.iterdir())


@pytest.mark.parametrize(("allow", "platform"), [(False, "linux"), (None, "emscripten")])
def test_no_connection_where_downloads_are_off(
    allow: bool | None,
    platform: str,
    machine: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fashion_mnist, "MIRRORS", ("https://example.invalid/",))
    monkeypatch.setattr("urllib.request.urlopen", no_network)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(datasets.DataUnavailableError, match="switched off"):
        datasets.load(subset="full", allow_download=allow)


# --- bad arguments


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": "mnist"}, ValueError, "name='mnist'.*fashion-mnist"),
        ({"name": 3}, ValueError, "name=3"),
        ({"subset": "20k"}, ValueError, "subset='20k'.*'10k', 'full'"),
        ({"subset": None}, ValueError, "subset=None"),
        ({"allow_download": "no"}, TypeError, "allow_download.*'no'"),
        ({"allow_download": 1}, TypeError, "allow_download.*1"),
        ({"folder": "."}, ValueError, "folder='.'.*10k"),
        ({"subset": "full", "folder": "no such folder"}, ValueError, "folder='no such folder'"),
    ],
)
def test_load_names_the_bad_argument(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        datasets.load(**arguments)


@pytest.mark.parametrize("name", ["mlp", "", "../mlp-fashion-mnist", None])
def test_unknown_checkpoint(name: Any) -> None:
    with pytest.raises(ValueError, match=r"name=.*mlp-fashion-mnist"):
        datasets.load_checkpoint(name)


def test_as_inputs_scales_and_flattens(subset: datasets.Dataset) -> None:
    inputs = datasets.as_inputs(subset.x_test[:5])
    assert inputs.shape == (5, 784)
    assert inputs.dtype == np.float32
    assert 0.0 <= inputs.min() <= inputs.max() <= 1.0
    np.testing.assert_allclose(inputs.reshape(5, 28, 28) * 255, subset.x_test[:5], rtol=1e-6)
    assert datasets.as_inputs(subset.x_test[:0]).shape == (0, 784)


@pytest.mark.parametrize(
    ("images", "error"),
    [
        (np.zeros((2, 28, 28)), TypeError),
        ([[0]], TypeError),
        (np.zeros((28, 28), np.uint8), ValueError),
        (np.zeros((2, 28, 27), np.uint8), ValueError),
    ],
)
def test_as_inputs_names_the_bad_argument(images: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="images must"):
        datasets.as_inputs(images)


# --- the checkpoint


def test_checkpoint_shapes() -> None:
    checkpoint = datasets.load_checkpoint()
    assert [weight.shape for weight in checkpoint.weights] == [(256, 784), (10, 256)]
    assert [bias.shape for bias in checkpoint.biases] == [(256,), (10,)]
    parts = checkpoint.weights + checkpoint.biases
    assert all(part.dtype == np.float32 and np.isfinite(part).all() for part in parts)
    largest = max(np.abs(weight).max() for weight in checkpoint.weights)
    assert largest == np.float32(checkpoint.info["weight_clip"])
    with pytest.raises(TypeError):
        checkpoint.info["seed"] = 1  # type: ignore[index]


def test_checkpoint_says_how_it_was_made(subset: datasets.Dataset) -> None:
    info = datasets.load_checkpoint().info
    assert info["data_sha256"] == subset.sha256
    assert f"--seed {info['seed']}" in info["command"]
    assert (SCRIPTS / Path(info["command"].split()[1]).name).is_file()


def test_recorded_accuracy_is_exact(subset: datasets.Dataset) -> None:
    checkpoint = datasets.load_checkpoint()
    scores = forward(checkpoint, datasets.as_inputs(subset.x_test))
    correct = int((scores.argmax(axis=1) == subset.y_test).sum())
    assert correct == checkpoint.info["test_correct"]
    assert checkpoint.test_accuracy == correct / 2_000
    assert checkpoint.test_accuracy >= 0.87
    # No decision is so close that another BLAS could flip it.
    best_two = np.sort(scores, axis=1)[:, -2:]
    assert np.diff(best_two, axis=1).min() > 1e-5


# --- the scripts that made the package data


def test_subset_script_takes_the_first_of_each_class(
    machine: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_idx(tmp_path / "given", machine)
    script = runpy.run_path(str(SCRIPTS / "make_fashion_mnist_subset.py"), run_name="script")
    monkeypatch.setitem(script["main"].__globals__, "TRAIN_PER_CLASS", 3)
    monkeypatch.setitem(script["main"].__globals__, "TEST_PER_CLASS", 1)
    written = []
    for name in ("one.npz", "two.npz"):
        output = tmp_path / name
        arguments = ["script", "--folder", str(folder), "--output", str(output)]
        monkeypatch.setattr(sys, "argv", arguments)
        script["main"]()
        written.append(output.read_bytes())
    assert written[0] == written[1]
    full = datasets.load(subset="full", folder=folder)
    with np.load(tmp_path / "one.npz") as archive:
        np.testing.assert_array_equal(archive["x_train"], full.x_train[:30])
        np.testing.assert_array_equal(archive["x_test"], full.x_test[:10])
        assert archive["y_train"].tolist() == list(range(10)) * 3


@pytest.mark.torch
def test_training_script_learns_and_clips(subset: datasets.Dataset) -> None:
    script = runpy.run_path(str(SCRIPTS / "train_mlp.py"), run_name="script")
    script["torch"].set_num_threads(1)
    network = script["train"](subset, seed=1, epochs=3)
    scores = script["scores"](network, subset.x_test)
    assert (scores.argmax(axis=1) == subset.y_test).mean() > 0.78
    matrices = [network[index].weight.detach().numpy() for index in (0, 3)]
    assert max(np.abs(matrix).max() for matrix in matrices) <= np.float32(script["WEIGHT_CLIP"])
