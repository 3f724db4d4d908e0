"""A model larger than memory: block by block, with the numbers of one in memory."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import aimc

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")
nn = torch.nn
pytestmark = pytest.mark.torch

from aimc.nn.offload import Parameters, blocks_name  # noqa: E402
from aimc.nn.tensor_file import Shards, write_tensors  # noqa: E402
from aimc.recovery.evaluation import StoreMismatchError, blockwise, evaluate  # noqa: E402
from aimc.recovery.programming import Direct  # noqa: E402

WIDTH, CLASSES, BLOCKS, STEPS = 20, 11, 3, 6


class Transposed(nn.Module):
    """A dense layer as other libraries have it, known by what it computes."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * inputs**-0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Any) -> Any:
        return x @ self.weight + self.bias


class Block(nn.Module):
    """A mixing of the past, and a feed-forward part that takes several cores."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.feed = nn.Sequential(
            Transposed(WIDTH, 2 * WIDTH), nn.ReLU(), nn.Linear(2 * WIDTH, WIDTH)
        )
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Any, *, mask: Any) -> Any:
        x = x + self.dropout(mask[: x.shape[1], : x.shape[1]] @ self.mix(self.norm(x)))
        return x + self.feed(x), None


class Decoder(nn.Module):
    def __init__(self, tied: bool = False) -> None:
        super().__init__()
        self.table = nn.Embedding(CLASSES, WIDTH)
        self.first = nn.Linear(WIDTH, WIDTH, bias=False)
        self.layers = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, CLASSES)
        if tied:
            self.head.weight = self.table.weight
        mask = torch.ones(STEPS, STEPS).tril() / STEPS
        self.register_buffer("mask", mask, persistent=False)
        self.register_buffer("scale", torch.full((), 1.5))

    def forward(self, codes: Any) -> Any:
        x = self.first(self.table(codes)) * self.scale
        for layer in self.layers:
            x, _ = layer(x, mask=self.mask)
        return self.head(self.norm(x))


def batches() -> list[tuple[Any, Any]]:
    codes = torch.randint(0, CLASSES, (7, STEPS + 1), generator=torch.Generator().manual_seed(1))
    return [(part[:, :-1], part[:, 1:]) for part in codes.split(3)]


def shards(model: Any, folder: Path) -> Path:
    """Write the parameters to three files, as large models come."""
    folder.mkdir(parents=True, exist_ok=True)
    state = model.state_dict()
    if model.head.weight is model.table.weight:
        del state["head.weight"]  # a shared parameter comes once
    for k in range(3):
        part = dict(list(state.items())[k::3])
        write_tensors(folder / f"model-{k + 1}-of-3.safetensors", part, {})
    return folder


def small_core(serial: int, index: int) -> Any:
    """Return a core of which a matrix takes several."""
    core = aimc.presets.hermes(serial=serial, index=index)
    core.rows = core.columns = 24
    return core


def both(tmp_path: Path, tied: bool = False) -> tuple[Any, Any, Path]:
    """Return a converted model, the same without weights, and their files."""
    torch.manual_seed(2)
    plain = Decoder(tied)
    with aimc.nn.without_weights():
        empty = Decoder(tied)
    weights = shards(plain, tmp_path / "weights")
    kind: dict[str, Any] = {"preset": small_core, "weight_range": "output"}
    return aimc.nn.convert(plain, **kind), aimc.nn.convert(empty, **kind), weights


SETTING: dict[str, Any] = {
    "chips": [3, 8],
    "times": ["1 h", "1 d"],
    "draws": 2,
    "measure": "perplexity",
    "progress": False,
}


@pytest.mark.parametrize("noise", ["split", "momentary"])
def test_block_by_block_is_what_a_model_in_memory_is(tmp_path: Path, noise: str) -> None:
    model, empty, weights = both(tmp_path)
    whole = evaluate(model, batches(), read_noise=noise, **SETTING)
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    found = evaluate(empty, batches(), read_noise=noise, offload=offload, **SETTING)
    assert (found.values == whole.values).all()
    assert found.values.std() > 0
    assert found.floating_point == whole.floating_point
    assert found.chance == whole.chance == CLASSES
    assert found.setting == whole.setting
    assert [one.keys() for one in found.programming] == [one.keys() for one in whole.programming]
    for mine, theirs in zip(found.programming, whole.programming, strict=True):
        assert mine == pytest.approx(theirs, nan_ok=True)
    for mine, theirs in zip(found.compensation[0], whole.compensation[0], strict=True):
        assert mine == pytest.approx(theirs, nan_ok=True)
    assert all(p.is_meta for p in empty.parameters())  # the model stays as it was
    # a walk that is done is not walked again
    again = evaluate(empty, batches(), read_noise=noise, offload=offload, **SETTING)
    assert (again.values == whole.values).all()
    assert again.seconds == found.seconds
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["walk.json"]


def test_a_model_in_memory_may_be_walked_through_too(tmp_path: Path) -> None:
    model, _, _ = both(tmp_path)
    setting = {**SETTING, "chips": 1, "times": "1 d", "compensation": "none"}
    setting["programming"] = Direct(counted=False)
    whole = evaluate(model, batches(), **setting)
    offload = aimc.nn.Offload(tmp_path / "run", blocks="layers")
    found = evaluate(model, batches(), offload=offload, **setting)
    assert (found.values == whole.values).all()
    assert found.total("energy_J", of="programming") == 0


def test_a_parameter_that_is_shared_is_read_once(tmp_path: Path) -> None:
    model, empty, weights = both(tmp_path, tied=True)
    setting = {**SETTING, "chips": 1, "times": "1 d", "draws": 1}
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights, device="cpu")
    found = evaluate(empty, batches(), offload=offload, **setting)
    assert (found.values == evaluate(model, batches(), **setting).values).all()


@pytest.mark.parametrize("outputs", [True, False])
def test_ranges_are_found_block_by_block(tmp_path: Path, outputs: bool) -> None:
    model, empty, weights = both(tmp_path)
    inputs = [x for x, _ in batches()]
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    whole = aimc.nn.calibrate(model, inputs, outputs=outputs)
    found = aimc.nn.calibrate(empty, inputs, outputs=outputs, offload=offload)
    assert found == whole
    setting = {**SETTING, "chips": 1, "times": "1 d", "draws": 1}
    chips = evaluate(empty, batches(), offload=offload, **setting)
    assert (chips.values == evaluate(model, batches(), **setting).values).all()


def test_a_model_of_hugging_face_is_walked_through(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(
        vocab_size=CLASSES, n_embd=16, n_layer=2, n_head=2, n_positions=STEPS,
        bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    torch.manual_seed(6)
    plain = transformers.GPT2LMHeadModel(config).eval()
    plain.save_pretrained(tmp_path / "weights", max_shard_size="10KB")
    with aimc.nn.without_weights():
        empty = transformers.GPT2LMHeadModel(config).eval()
    model, lent = aimc.nn.convert(plain, "hermes"), aimc.nn.convert(empty, "hermes")
    named = [{"input_ids": x, "attention_mask": torch.ones_like(x)} for x, _ in batches()]
    offload = aimc.nn.Offload(tmp_path / "run", weights=tmp_path / "weights")
    whole = aimc.nn.calibrate(model, named)
    assert aimc.nn.calibrate(lent, named, offload=offload) == whole
    setting = {**SETTING, "chips": 1, "times": "1 d", "draws": 1}
    found = evaluate(lent, named, offload=offload, **setting)
    assert (found.values == evaluate(model, named, **setting).values).all()


@pytest.mark.parametrize("kind", ["gpt_neox", "mixtral", "deepseek_v3", "vit"])
def test_checkpoints_may_have_other_names_and_a_matrix_for_each_expert(
    tmp_path: Path, kind: str, recwarn: pytest.WarningsRecorder
) -> None:
    """As published: ``embed_out``, ``block_sparse_moe.experts.0.w1``, ``encoder.layer.0``."""
    transformers = pytest.importorskip("transformers")
    families = pytest.importorskip("model_families")
    plain, inputs = families.make("transformers", kind)
    plain.save_pretrained(tmp_path / "weights", max_shard_size="20KB")
    assert not {*plain.state_dict()} <= {*Shards(tmp_path / "weights")}
    with aimc.nn.without_weights():
        empty = type(plain)(transformers.CONFIG_MAPPING[kind](**families.TRANSFORMERS[kind][2]))
    found = Parameters(empty, Shards(tmp_path / "weights"))
    for name, value in plain.state_dict().items():
        assert torch.equal(found[name], value)
    assert not [each for each in recwarn if "no parameter" in str(each.message)]
    if kind != "mixtral":
        return
    model, lent = aimc.nn.convert(plain, "hermes"), aimc.nn.convert(empty.eval(), "hermes")
    offload = aimc.nn.Offload(tmp_path / "run", weights=tmp_path / "weights")
    setting = {**SETTING, "chips": 1, "times": "1 d", "draws": 1, "measure": "perplexity"}
    walked = evaluate(lent, [inputs], offload=offload, **setting)
    assert (walked.values == evaluate(model, [inputs], **setting).values).all()


RUN = """
import json, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_blockwise as t
from aimc.recovery.evaluation import blockwise

keep = blockwise.Diary.keep
def killed(self, branch, number, output):
    keep(self, branch, number, output)
    if self.done == 1 and branch == (3, 86400.0, 1) and number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[3] == "kill":
    blockwise.Diary.keep = killed

folder = Path(sys.argv[2])
_, empty, weights = t.both(folder)
offload = t.aimc.nn.Offload(folder / "run", weights=weights)
found = t.evaluate(empty, t.batches(), offload=offload, **t.SETTING)
print(json.dumps([found.values.tolist(), found.programming]))
"""


@pytest.mark.native("starts a process and kills it")
def test_a_walk_that_was_killed_goes_on_and_ends_alike(tmp_path: Path) -> None:
    def run(how: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", RUN, str(Path(__file__).parent), str(tmp_path), how]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    died = run("kill")
    assert died.returncode == -signal.SIGKILL, died.stderr
    said = json.loads((tmp_path / "run" / "walk.json").read_text())
    assert said["done"] == 1
    assert (tmp_path / "run" / "after-2").is_dir()  # begun, and begun anew
    values, programming = json.loads(run("to the end").stdout)
    whole = evaluate(both(tmp_path)[0], batches(), **SETTING)
    assert values == whole.values.tolist()
    for mine, theirs in zip(programming, whole.programming, strict=True):
        assert mine == pytest.approx(theirs, nan_ok=True)


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor(2)])
def test_a_walk_that_fails_has_lost_one_block_on_one_chip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: Any
) -> None:
    """Here on chip 8 in the second block; then it goes on, in this thread or in two beside it."""
    begun: list[tuple[int, Any]] = []
    part, fails = blockwise._part, [True]

    def watched(task: Any, walk: Any, groups: Any, passed: Any, which: Any) -> Any:
        begun.append((passed.done, which))
        if fails and (passed.done, which) == (1, 8):
            fails.clear()
            raise MemoryError
        return part(task, walk, groups, passed, which)

    monkeypatch.setattr(blockwise, "_part", watched)
    model, empty, weights = both(tmp_path)
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    with pytest.raises(MemoryError):
        evaluate(empty, batches(), offload=offload, executor=pool, **SETTING)
    found = evaluate(empty, batches(), offload=offload, executor=pool, **SETTING)
    whole = evaluate(model, batches(), **SETTING)
    assert (found.values == whole.values).all()
    assert found.floating_point == whole.floating_point
    for mine, theirs in zip(found.programming, whole.programming, strict=True):
        assert mine == pytest.approx(theirs, nan_ok=True)
    once = [(stage, which) for stage in range(BLOCKS + 1) for which in (None, *SETTING["chips"])]
    assert sorted(begun, key=str) == sorted([*once, (1, 8)], key=str)


class Mortal(Block):
    """A block whose first product on a chip, in a worker, ends the worker."""

    sender, notes = 0, ""

    def forward(self, x: Any, *, mask: Any) -> Any:
        if os.getpid() != self.sender and not self.mix.digital:
            with open(self.notes, "a+", encoding="utf-8") as file:
                file.write(f"{self.mix.cores[0].serial}\n")
                file.seek(0)
                first = len(file.readlines()) == 1
            if first:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().forward(x, mask=mask)


@pytest.mark.slow
@pytest.mark.native("starts processes and kills one")
def test_a_killed_worker_costs_one_block_on_one_chip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths).rstrip(os.pathsep))
    model, empty, weights = both(tmp_path)
    for block in empty.layers:
        block.__class__ = Mortal
        block.sender, block.notes = os.getpid(), str(tmp_path / "begun.txt")
    setting = {**SETTING, "times": "1 d", "draws": 1}
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(n_workers=2, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        pool = client.get_executor()
        found = evaluate(empty, batches(), offload=offload, executor=pool, **setting)
    assert (found.values == evaluate(model, batches(), **setting).values).all()
    begun = (tmp_path / "begun.txt").read_text("utf-8").split()
    assert len(begun) == 1 + BLOCKS * len(SETTING["chips"]) * len(batches())


def test_a_file_is_on_the_disk_before_it_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the power fails, what is renamed first and written later is a file of zeros."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def written(descriptor: int) -> None:
        steps.append("written")
        fsync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        steps.append(f"{target.name} renamed")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", written)
    monkeypatch.setattr(Path, "replace", renamed)
    diary = blockwise.Diary(tmp_path, {})
    diary.keep(None, 0, torch.ones(2))
    diary.turn()
    for name in ("floating point, batch 0.pt renamed", "walk.json renamed"):
        assert steps[steps.index(name) - 1] == "written"
    assert [file.name for file in tmp_path.rglob("*.part")] == []


def test_no_more_than_one_block_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, empty, weights = both(tmp_path)
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    most: list[int] = []
    program = aimc.nn.AnalogLayer.program

    def watched(self: Any, *arguments: Any, **named: Any) -> None:
        alive.add(self)
        program(self, *arguments, **named)
        held = {layer.path.split(".")[1] for layer in alive if layer.path.startswith("layers")}
        most.append(len(held))

    monkeypatch.setattr(aimc.nn.AnalogLayer, "program", watched)
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    evaluate(empty, batches(), offload=offload, **{**SETTING, "times": "1 d", "draws": 1})
    assert max(most) == 1
    gc.collect()
    assert not alive


def test_another_sweep_is_not_mixed_in(tmp_path: Path) -> None:
    _, empty, weights = both(tmp_path)
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    setting = {**SETTING, "chips": 1, "times": "1 d"}
    evaluate(empty, batches(), offload=offload, **setting)
    with pytest.raises(StoreMismatchError, match=r"draws: 2 there, 1 now"):
        evaluate(empty, batches(), offload=offload, **{**setting, "draws": 1})
    torch.manual_seed(9)
    shards(Decoder(), tmp_path / "weights")
    with pytest.raises(StoreMismatchError, match="model's parameters"):
        evaluate(empty, batches(), offload=offload, **setting)


def test_what_lacks_weights_is_told_by_name(tmp_path: Path) -> None:
    _, empty, weights = both(tmp_path)
    run = tmp_path / "run"

    def go(**options: Any) -> None:
        evaluate(empty, batches(), offload=aimc.nn.Offload(run, **options), **SETTING)

    with pytest.raises(ValueError, match=r"'table.weight' of shape \(11, 20\) has no value"):
        go()
    with pytest.raises(ValueError, match="there is no such safetensors file"):
        go(weights=tmp_path / "nowhere")
    with pytest.raises(ValueError, match="blocks='head' is no list of two modules"):
        go(weights=weights, blocks="head")
    state = Decoder().state_dict()
    state["layers.1.feed.0.weights"] = state.pop("layers.1.feed.0.weight")
    one = tmp_path / "one.safetensors"
    write_tensors(one, state, {})
    with pytest.raises(
        ValueError, match=r"'layers.1.feed.0.weight' .*one.safetensors.*similar.*feed.0.weights"
    ):
        go(weights=one)
    state["layers.1.feed.0.weight"] = torch.zeros(3, 3)
    write_tensors(one, state, {})
    with pytest.raises(ValueError, match=r"shape \(20, 40\), and .*one.safetensors has \(3, 3\)"):
        go(weights=one)
    write_tensors(weights / "twice.safetensors", {"head.bias": torch.zeros(11)}, {})
    with pytest.raises(ValueError, match=r"holds 'head.bias' twice, in model-\d-of-3"):
        go(weights=weights)
    (weights / "twice.safetensors").write_bytes(b"no")
    with pytest.raises(ValueError, match=r"twice.safetensors is no intact safetensors file"):
        go(weights=weights)
    index = weights / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "model-4-of-3.safetensors"}}))
    with pytest.raises(ValueError, match=r"lacks model-4-of-3.safetensors, which its index names"):
        go(weights=weights)


def test_tensors_that_the_model_has_no_place_for_are_told(tmp_path: Path) -> None:
    whole, empty, weights = both(tmp_path)
    write_tensors(weights / "more.safetensors", {"first.bias": torch.zeros(WIDTH)}, {})
    with pytest.warns(UserWarning, match=r"no parameter for, 'first.bias': they are left out"):
        Parameters(empty, Shards(weights))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Parameters(whole, Shards(weights))  # has values of its own, and takes none


def test_codes_with_a_scale_are_no_weights(tmp_path: Path) -> None:
    _, empty, weights = both(tmp_path)
    scale = {"layers.1.mix.weight_scale_inv": torch.ones(1)}
    write_tensors(weights / "more.safetensors", scale, {})
    with pytest.raises(ValueError, match=r"'layers.1.mix.weight' .* goes with .*scale_inv"):
        Parameters(empty, Shards(weights))


def test_an_index_says_which_files_count(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a.safetensors", {"x": torch.ones(2)}, {})
    write_tensors(tmp_path / "b.safetensors", {"x": torch.zeros(2)}, {})
    table = {"metadata": {}, "weight_map": {"x": "b.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(table))
    found = Shards(tmp_path)
    assert dict(found)["x"].tolist() == [0.0, 0.0]
    assert len(found) == 1


def test_what_needs_the_whole_model_is_refused(tmp_path: Path) -> None:
    model, _, _ = both(tmp_path)
    offload = aimc.nn.Offload(tmp_path / "run")

    def go(**options: Any) -> None:
        evaluate(model, batches(), offload=offload, **{**SETTING, **options})

    with pytest.raises(ValueError, match="store is not allowed with offload"):
        go(store=tmp_path / "a.sqlite")
    with pytest.raises(ValueError, match="compensation=AdaBS is not allowed with offload"):
        go(compensation="adabs")
    with pytest.raises(ValueError, match="measure='len' is not allowed with offload"):
        go(measure=len)
    with pytest.raises(TypeError, match=r"offload must be an aimc.nn.Offload, got str"):
        evaluate(model, batches(), offload="run", **SETTING)


class Twice(Decoder):
    def forward(self, codes: Any) -> Any:
        x = self.first(self.table(codes))
        for layer in (*self.layers, self.layers[1]):
            x, _ = layer(x, mask=self.mask)
        return self.head(self.norm(x))


def test_blocks_that_do_not_follow_each_other_are_refused(tmp_path: Path) -> None:
    model = aimc.nn.convert(Twice(), "ideal")
    with pytest.raises(ValueError, match=r"block 'layers.1' is called after .*once each"):
        evaluate(model, batches(), offload=aimc.nn.Offload(tmp_path / "run"), **SETTING)


def test_buffers_of_files_are_those_of_the_model(tmp_path: Path) -> None:
    torch.manual_seed(2)
    plain = Decoder()
    plain.scale.fill_(0.7)  # a model made without weights has what it was made with
    with aimc.nn.without_weights():
        empty = Decoder()
    found = [
        evaluate(aimc.nn.convert(model, small_core), batches(), offload=offload, **SETTING)
        for model, offload in (
            (plain, None),
            (empty, aimc.nn.Offload(tmp_path / "run", shards(plain, tmp_path / "weights"))),
        )
    ]
    assert found[0].floating_point == pytest.approx(found[1].floating_point, rel=1e-6)
    assert found[0].values == pytest.approx(found[1].values, rel=1e-6)


def test_integers_are_no_weights(tmp_path: Path) -> None:
    _, empty, weights = both(tmp_path)
    for file in weights.iterdir():
        held = Shards(file)
        codes = {n: held[n].to(torch.int8) if n.endswith("mix.weight") else held[n] for n in held}
        write_tensors(file, codes, {})
    with pytest.raises(ValueError, match=r"mix\.weight' has the dtype torch.float32, .*int8"):
        evaluate(empty, batches(), offload=aimc.nn.Offload(tmp_path / "run", weights), **SETTING)


def test_a_folder_that_is_not_whole_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _, _ = both(tmp_path)
    turn = blockwise.Diary.turn

    def stopped(diary: Any) -> None:
        turn(diary)
        if diary.done == 2:
            raise KeyboardInterrupt

    offload = aimc.nn.Offload(tmp_path / "run")
    monkeypatch.setattr(blockwise.Diary, "turn", stopped)
    with pytest.raises(KeyboardInterrupt):
        evaluate(model, batches(), offload=offload, **SETTING)
    monkeypatch.undo()
    file = max((tmp_path / "run" / "after-2").glob("chip*"))
    whole = file.read_bytes()
    for broken in (whole[:300], b"", None):
        file.unlink() if broken is None else file.write_bytes(broken)
        with pytest.raises(ValueError, match=f"folder=.*{file.name} cannot be read"):
            evaluate(model, batches(), offload=offload, **SETTING)
    file.write_bytes(whole)
    (tmp_path / "run" / "walk.json").write_text('{"done"')
    with pytest.raises(ValueError, match=r"folder=.*walk\.json cannot be read"):
        evaluate(model, batches(), offload=offload, **SETTING)


def test_buffers_without_values_are_told(tmp_path: Path) -> None:
    weights = shards(Decoder(), tmp_path / "weights")
    with torch.device("meta"):
        empty = Decoder()
    analog = aimc.nn.convert(empty, "ideal")
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    with pytest.raises(ValueError, match=r"buffer 'mask' has no value.*without_weights"):
        evaluate(analog, batches(), offload=offload, **SETTING)


def test_the_list_is_found_that_leaves_least_to_be_held() -> None:
    assert blocks_name(Decoder()) == "layers"
    plain = nn.Sequential(nn.Linear(9, 9), nn.ReLU(), nn.Linear(9, 9))
    assert blocks_name(plain) == ""
    assert blocks_name(nn.Sequential(nn.Linear(9, 9), nn.Sequential(*plain, *plain))) == "1"
    with pytest.raises(ValueError, match=r"no list of blocks.*ALBERT.*without offload"):
        blocks_name(nn.ModuleList([nn.Linear(9, 9)]))  # called often, perhaps


def test_a_plain_sequence_is_walked_through(tmp_path: Path) -> None:
    torch.manual_seed(4)
    plain = nn.Sequential(nn.Linear(20, 12), nn.ReLU(), nn.Linear(12, 5))
    model = aimc.nn.convert(plain, "hermes")
    test = (torch.rand(9, 20), torch.arange(9) % 5)
    setting = {**SETTING, "measure": "accuracy", "batch_size": 4}
    found = evaluate(model, test, offload=aimc.nn.Offload(tmp_path / "run"), **setting)
    assert (found.values == evaluate(model, test, **setting).values).all()


class Summed(nn.Module):
    """A model that does more with its blocks than call one after the other."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how
        self.first = nn.Linear(WIDTH, WIDTH)
        self.layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x: Any) -> Any:
        x = self.first(x)
        seen = []
        for layer in self.layers:
            x = x + layer(x) if self.how == "around" else layer(x)
            if self.how == "between":
                x += 1.0
            seen.append(x)
        if self.how == "over":
            x = sum(seen)
        return self.head(x)


VECTORS = (torch.rand(9, WIDTH, generator=torch.Generator().manual_seed(3)), torch.arange(9))


@pytest.mark.parametrize("how", ["around", "over"])
def test_sums_around_blocks_or_over_them_are_refused(tmp_path: Path, how: str) -> None:
    model = aimc.nn.convert(Summed(how), "ideal")
    with pytest.raises(ValueError, match=r"uses what block 'layers.0' .* x = x \+ block\(x\)"):
        evaluate(model, VECTORS, offload=aimc.nn.Offload(tmp_path, blocks="layers"), **SETTING)


class Sized(nn.Module):
    """A model that tells its blocks something before it calls them."""

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.dense, self.scale = nn.Linear(WIDTH, WIDTH), 1.0
            self.ways = [self.dense]

        def forward(self, x: Any) -> Any:
            return self.ways[0](x) * self.scale

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Sized.Block() for _ in range(3))
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            layer.scale = 1 / x.std()
            x = layer(x)
        return self.head(x)


def test_what_a_model_tells_its_blocks_reaches_them(tmp_path: Path) -> None:
    torch.manual_seed(6)
    model = aimc.nn.convert(Sized(), "hermes")
    offload = aimc.nn.Offload(tmp_path, blocks="layers")
    found = evaluate(model, VECTORS, offload=offload, **SETTING)
    assert (found.values == evaluate(model, VECTORS, **SETTING).values).all()


class Sharing(nn.Module):
    """A model whose blocks leave something beside what they return."""

    class Keys(nn.Linear):
        def forward(self, x: Any, keys: dict[str, Any]) -> Any:
            keys["first"] = super().forward(x)
            return keys["first"]

    class Late(nn.Linear):
        def forward(self, x: Any, keys: dict[str, Any]) -> Any:
            return super().forward(x) + keys["first"]

    def __init__(self, late: bool) -> None:
        super().__init__()
        kinds = [Sharing.Keys, Sharing.Keys, Sharing.Late if late else Sharing.Keys]
        self.late, self.layers = late, nn.ModuleList(kind(WIDTH, WIDTH) for kind in kinds)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x: Any) -> Any:
        states: list[Any] = []
        handles = [
            layer.register_forward_hook(lambda _, inputs, output: states.append(output))
            for layer in self.layers
        ]
        keys: dict[str, Any] = {}
        for layer in self.layers:
            x = layer(x, keys)
        for handle in handles:
            handle.remove()
        return self.head(x) if self.late else self.head(torch.stack(states).sum(0))


@pytest.mark.parametrize("late", [True, False])
def test_what_blocks_leave_beside_is_missed_in_words(tmp_path: Path, late: bool) -> None:
    """Keys that later blocks share, as in Gemma 3n; states that hooks gather for the end."""
    model = aimc.nn.convert(Sharing(late), "ideal")
    where, error = ("block 'layers.2'", "KeyError") if late else ("what follows", "RuntimeError")
    with pytest.raises(ValueError, match=rf"{where}.* fails \({error}: .*without offload"):
        evaluate(model, VECTORS, offload=aimc.nn.Offload(tmp_path, blocks="layers"), **SETTING)


def test_a_shard_that_is_not_finite_is_named(tmp_path: Path) -> None:
    _, empty, weights = both(tmp_path)
    for file in weights.iterdir():
        held = {name: value.clone() for name, value in Shards(file).items()}
        if "layers.1.mix.weight" in held:
            held["layers.1.mix.weight"][0, 0] = torch.nan
        write_tensors(file, held, {})
    with pytest.raises(ValueError, match=r"layer 'layers.1.mix', parameter 'weight': .*finite"):
        evaluate(empty, batches(), offload=aimc.nn.Offload(tmp_path / "run", weights), **SETTING)


def test_what_stands_between_blocks_is_done_once(tmp_path: Path) -> None:
    torch.manual_seed(6)
    model = aimc.nn.convert(Summed("between"), "hermes")
    offload = aimc.nn.Offload(tmp_path, blocks="layers")
    found = evaluate(model, VECTORS, offload=offload, **SETTING)
    assert (found.values == evaluate(model, VECTORS, **SETTING).values).all()


@pytest.mark.parametrize("path", ["first", "layers.1", "head"])
def test_hooks_of_blocks_and_of_layers_outside_run_once(tmp_path: Path, path: str) -> None:
    torch.manual_seed(6)
    plain = Summed("")
    module = plain.get_submodule(path)
    module.register_forward_pre_hook(lambda module, inputs: (1.5 * inputs[0],))
    module.register_forward_hook(lambda module, inputs, output: 1.5 * output)
    model = aimc.nn.convert(plain, "hermes")
    offload = aimc.nn.Offload(tmp_path, blocks="layers")
    found = evaluate(model, VECTORS, offload=offload, **SETTING)
    whole = evaluate(model, VECTORS, **SETTING)
    assert found.floating_point == whole.floating_point
    assert (found.values == whole.values).all()


def test_blocks_that_share_a_layer_are_refused(tmp_path: Path) -> None:
    plain = Decoder()
    plain.layers[2].feed = plain.layers[0].feed
    model = aimc.nn.convert(plain, "ideal")
    with pytest.raises(ValueError, match=r"'layers.2.feed.0' is also in 'layers.0'"):
        evaluate(model, batches(), offload=aimc.nn.Offload(tmp_path), **SETTING)


def test_layers_outside_of_blocks_may_hold_layers(tmp_path: Path) -> None:
    class Pooled(Decoder):
        def __init__(self) -> None:
            super().__init__()
            self.pool = nn.MultiheadAttention(WIDTH, 2, batch_first=True)
            self.norm = nn.Identity()

        def forward(self, codes: Any) -> Any:
            x = self.table(codes)
            for layer in self.layers:
                x, _ = layer(x, mask=self.mask)
            return self.head(self.pool(x, x, x)[0] + self.first(x))

    torch.manual_seed(6)
    model = aimc.nn.convert(Pooled(), small_core)
    found = evaluate(model, batches(), offload=aimc.nn.Offload(tmp_path), **SETTING)
    assert (found.values == evaluate(model, batches(), **SETTING).values).all()


def test_values_of_a_model_are_not_taken_for_those_of_files(tmp_path: Path) -> None:
    whole, empty, weights = both(tmp_path)
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights)
    with pytest.raises(ValueError, match=r"weights=.* have values, so none would be read"):
        evaluate(whole, batches(), offload=offload, **SETTING)
    empty.norm.weight = nn.Parameter(torch.ones(WIDTH))
    with pytest.warns(UserWarning, match=r"values of its own for 'norm.weight': .* are left out"):
        Parameters(empty, Shards(weights))


@pytest.mark.skipif(os.name != "posix", reason="folders are locked on POSIX alone")
def test_two_evaluations_do_not_walk_in_one_folder(tmp_path: Path) -> None:
    model, _, _ = both(tmp_path)
    offload = aimc.nn.Offload(tmp_path / "run")
    with (
        blockwise.alone_in(tmp_path / "run"),
        pytest.raises(RuntimeError, match="in use by an evaluation that has not ended"),
    ):
        evaluate(model, batches(), offload=offload, **SETTING)
    evaluate(model, batches(), offload=offload, **SETTING)  # free again


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU of CUDA")
def test_blocks_compute_on_a_gpu(tmp_path: Path) -> None:
    model, empty, weights = both(tmp_path)
    whole = evaluate(model, batches(), **SETTING)
    offload = aimc.nn.Offload(tmp_path / "run", weights=weights, device="cuda")
    found = evaluate(empty, batches(), offload=offload, **SETTING)
    assert found.floating_point == pytest.approx(whole.floating_point, rel=1e-4)
    assert found.mean() == pytest.approx(whole.mean(), rel=0.1)
