"""A saved model comes back with its weights, ranges, recipe and seeds; damage is told."""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import aimc
import aimc.nn
from aimc.nn.tensor_file import Shards, replaced, write_tensors
from aimc.recovery.training import train

pytest.importorskip("safetensors")

KINDS = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32,
    torch.int16, torch.int8, torch.uint8, torch.bool,
)  # fmt: skip

# Written by the package safetensors 0.8.0: save({"a": tensor([[1, 2], [3, 4]], bfloat16),
# "b": tensor([True, False])}, metadata={"who": "them"}).
THEIRS = bytes.fromhex(
    "90000000000000007b225f5f6d657461646174615f5f223a7b2277686f223a227468656d227d2c2261223a7b"
    "226474797065223a2242463136222c227368617065223a5b322c325d2c22646174615f6f666673657473223a"
    "5b302c385d7d2c2262223a7b226474797065223a22424f4f4c222c227368617065223a5b325d2c2264617461"
    "5f6f666673657473223a5b382c31305d7d7d2020803f0040404080400100"
)


@dataclass(frozen=True)
class Recipe:
    noise: float
    name: str


def net() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(20, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4))


def analog(serial: int = 7) -> Any:
    model = aimc.nn.convert(net().eval(), aimc.presets.hermes, serial=serial)
    aimc.nn.calibrate(model, [torch.rand(16, 20)])
    return model


def test_a_model_comes_back_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    first, path = analog(), tmp_path / "deep" / "net.safetensors"
    with torch.no_grad():
        first[0].weight *= 1.1
    aimc.nn.save(path, first, recipe=Recipe(0.1, "mine"), seeds={"training": 5}, epochs=[1, 2])
    second = aimc.nn.convert(net().eval(), aimc.presets.hermes, serial=7)
    saved = aimc.nn.load(path, second)
    assert saved.recipe == {"class": "Recipe", "noise": 0.1, "name": "mine"}
    assert dict(saved.seeds) == {"training": 5, "serial": 7}
    assert saved.notes["epochs"] == [1, 2]
    for model in (first, second):
        aimc.nn.program(model, serial=saved.seeds["serial"])
    x = torch.rand(5, 20)
    # the same weights, ranges and devices: the same numbers
    assert [m.input_range for m in first[0].matrices] == [m.input_range for m in second[0].matrices]
    torch.testing.assert_close(first(x), second(x), rtol=0, atol=0)


def test_digital_and_analog_models_load_from_each_other(tmp_path: Path) -> None:
    model, plain = analog(), net()
    with torch.no_grad():
        plain[0].weight *= 2.0  # type: ignore[operator]
    aimc.nn.save(tmp_path / "a", plain)
    assert aimc.nn.load(tmp_path / "a", model).seeds == {}
    torch.testing.assert_close(model[0].weight, plain[0].weight)
    aimc.nn.save(tmp_path / "b", model)
    assert aimc.nn.load(tmp_path / "b", net()).seeds == {"serial": 7}


def test_a_recipe_of_the_training_can_be_saved(tmp_path: Path) -> None:
    from aimc.recovery.training import recipe

    aimc.nn.save(tmp_path / "a", net(), recipe=recipe("rasch2023"))
    assert aimc.nn.load(tmp_path / "a", net()).recipe["class"] == "Recipe"


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_number_comes_back(tmp_path: Path, kind: torch.dtype) -> None:
    given = {
        "matrix": (torch.arange(6).reshape(2, 3) % 2).to(kind),
        "one": torch.ones((), dtype=kind),
        "none": torch.empty((0, 4), dtype=kind),
        "turned": (torch.arange(6).reshape(2, 3) % 2).to(kind).T,
    }
    write_tensors(tmp_path / "t", given, {"who": "us"})
    found = Shards(tmp_path / "t")
    assert found.notes == {"who": "us"}
    for name, value in given.items():
        assert found[name].dtype == kind
        assert torch.equal(found[name], value)
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_file_of_an_older_package_is_read(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(THEIRS)
    found = Shards(tmp_path / "theirs")
    assert found.notes == {"who": "them"}
    assert torch.equal(found["a"], torch.tensor([[1, 2], [3, 4]], dtype=torch.bfloat16))
    assert found["b"].tolist() == [True, False]


def change(raw: bytes, **entry: Any) -> bytes:
    length = int.from_bytes(raw[:8], "little")
    table = json.loads(raw[8 : 8 + length])
    table["a"] |= entry
    header = json.dumps(table).encode()
    return len(header).to_bytes(8, "little") + header + raw[8 + length :]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\x03\x04 a zip archive, as torch.save makes it",
        THEIRS[:-1],
        THEIRS + b"\0",
        change(THEIRS, shape=[3, 3]),
        change(THEIRS, dtype="F7"),
        change(THEIRS, data_offsets=[4, 100]),
    ],
    ids=["empty", "zip", "cut", "longer", "shape", "kind", "place"],
)
def test_damage_is_told(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "bad").write_bytes(raw)
    with pytest.raises(ValueError, match=r"path='.*bad' is no intact safetensors file: "):
        aimc.nn.load(tmp_path / "bad", net())


def test_what_the_format_does_not_know_is_told(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"a: safetensors does not know the dtype .*complex128"):
        write_tensors(tmp_path / "a", {"a": torch.zeros(2, dtype=torch.complex128)}, {})
    with pytest.raises(TypeError, match="b must be a dense tensor, got list"):
        write_tensors(tmp_path / "a", {"b": [1.0]}, {})  # type: ignore[dict-item]


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    aimc.nn.save(path, analog())
    with pytest.raises(ValueError, match=r"(?s)does not fit model: .*Missing key"):
        aimc.nn.load(path, nn.Linear(20, 8))
    other = aimc.nn.convert(net(), aimc.presets.hermes, skip=["3"])
    with pytest.raises(ValueError, match=r"no matrices \['3/weight'\]"):
        aimc.nn.load(path, other)
    aimc.nn.load(path, other, strict=False)
    with pytest.raises(ValueError, match="there is no such safetensors file"):
        aimc.nn.load(tmp_path / "nowhere", net())
    with pytest.raises(TypeError, match=r"model must be a torch.nn.Module, got str"):
        aimc.nn.save(path, "net")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="thing cannot be written as JSON: object is no number"):
        aimc.nn.save(path, net(), thing=object())
    with pytest.raises(TypeError, match=r"seeds\['a'\] must be an integer, got 1.5"):
        aimc.nn.save(path, net(), seeds={"a": 1.5})  # type: ignore[dict-item]


def test_a_file_of_a_newer_version_is_told(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", net().state_dict(), {"aimc": '{"format": 99}'})
    with pytest.raises(ValueError, match="newer version of aimc"):
        aimc.nn.load(tmp_path / "a", net())
    write_tensors(tmp_path / "a", net().state_dict(), {"aimc": "{"})
    with pytest.raises(ValueError, match="cannot be read"):
        aimc.nn.load(tmp_path / "a", net())


def test_a_file_of_somebody_else_is_read(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", net().state_dict(), {})
    saved = aimc.nn.load(tmp_path / "a", net())
    assert saved.recipe is None
    assert saved.notes == {}


def test_two_that_write_one_file_do_not_meet_and_the_last_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "said"
    with replaced(path) as one, replaced(path) as other:
        one.write_text("one")
        other.write_text("other")
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_written_where_folders_cannot_be_synchronised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def of_files_alone(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", of_files_alone)
    write_tensors(tmp_path / "net.safetensors", {"a": torch.ones(2)}, {})
    assert torch.equal(Shards(tmp_path)["a"], torch.ones(2))


def test_a_trained_model_is_programmed_to_the_same_devices(tmp_path: Path) -> None:
    first, second = (aimc.nn.convert(net().eval(), "hermes", serial=5) for _ in range(2))
    assert second[0].matrices[0].weight_range == "core"
    data = torch.rand(64, 20), torch.randint(4, (64,))
    train(first, data, "rasch2023", epochs=1, progress=False)
    assert first[0].matrices[0].weight_range == "output"
    aimc.nn.save(tmp_path / "net.safetensors", first)
    aimc.nn.load(tmp_path / "net.safetensors", second)
    for model in (first, second):
        aimc.nn.program(model)
    for k in (0, 3):
        assert torch.equal(first[k].weights(), second[k].weights())


def test_a_shared_parameter_is_in_a_file_once(tmp_path: Path) -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table, self.head = nn.Embedding(6, 4), nn.Linear(4, 6, bias=False)
            self.head.weight = self.table.weight

        def forward(self, codes: Any) -> Any:
            return self.head(self.table(codes))

    values = torch.rand(6, 4)
    for name in ("table.weight", "head.weight"):
        model = aimc.nn.convert(Tied(), "ideal")
        write_tensors(tmp_path / "net.safetensors", {name: values}, {})
        aimc.nn.load(tmp_path, model)
        assert torch.equal(model.table.weight, values)
        assert model.head.weight is model.table.weight


def test_integers_are_no_weights(tmp_path: Path) -> None:
    codes = {"weight": torch.ones(3, 4, dtype=torch.int8), "bias": torch.zeros(3)}
    write_tensors(tmp_path / "net.safetensors", codes, {})
    with pytest.raises(ValueError, match=r"torch.int8 for parameter 'weight': codes are no weight"):
        aimc.nn.load(tmp_path / "net.safetensors", nn.Linear(4, 3))
