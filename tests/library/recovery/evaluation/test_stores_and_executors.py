"""Sweeps that are stopped go on where they were, and find the same anywhere."""

import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import numpy as np
import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
one_chip = pytest.importorskip("aimc.recovery.evaluation.one_chip")
executors = pytest.importorskip("aimc.recovery.evaluation.executors")
pytestmark = pytest.mark.torch

evaluate = evaluation.evaluate
SWEEP = {"chips": 4, "times": ["1 h", "1 d"], "draws": 2, "progress": False}


@pytest.fixture
def place(tmp_path):
    return tmp_path / "new" / "chips.sqlite"


def test_a_store_computes_each_chip_once(case, place, monkeypatch):
    plain = evaluate(case.model, case.test, **SWEEP)
    first = evaluate(case.model, case.test, store=place, **SWEEP)
    monkeypatch.setattr(executors, "run_chip", _refuse)
    again = evaluate(case.model, case.test, store=place, **SWEEP)
    for report in (first, again):
        np.testing.assert_array_equal(report.values, plain.values)
    assert again.compensation == plain.compensation


def test_a_sweep_that_was_killed_goes_on(case, place, monkeypatch):
    """The third chip ends the process, as it were; two are kept, and only two are computed."""
    done = []

    def dies(task, serial):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(serial)
        return one_chip.run_chip(task, serial)

    monkeypatch.setattr(executors, "run_chip", dies)
    with pytest.raises(KeyboardInterrupt):
        evaluate(case.model, case.test, store=place, **SWEEP)
    later = []

    def counted(task, serial):
        later.append(serial)
        return one_chip.run_chip(task, serial)

    monkeypatch.setattr(executors, "run_chip", counted)
    resumed = evaluate(case.model, case.test, store=place, **SWEEP)
    assert (done, later) == ([0, 1], [2, 3])
    monkeypatch.undo()
    whole = evaluate(case.model, case.test, **SWEEP)
    np.testing.assert_array_equal(resumed.values, whole.values)


def test_chips_can_be_added_later(case, place):
    evaluate(case.model, case.test, store=place, **SWEEP)
    more = evaluate(case.model, case.test, store=place, **{**SWEEP, "chips": [6, 1]})
    alone = evaluate(case.model, case.test, **{**SWEEP, "chips": [6, 1]})
    np.testing.assert_array_equal(more.values, alone.values)


def test_chips_of_a_store_of_edition_0_9_are_taken():
    """Their warnings were pairs of category and text."""
    kept = {"serial": 1, "values": [[0.5]], "messages": [["RangeWarning", "3% of the inputs"]]}
    (message,) = one_chip.ChipResult.of(kept).messages
    assert message == {"category": "RangeWarning", "text": "3% of the inputs", "clipped": []}
    result = one_chip.ChipResult(1, [[0.5]], messages=[message])
    assert one_chip.ChipResult.of(result.as_dict()) == result


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"times": ["1 h", "2 d"]}, "times: 3600 s, 86400 s there, 3600 s, 172800 s now"),
        ({"times": ["1 h", 86400.01]}, "86400 s there, 3600 s, 86400.01 s now"),
        ({"compensation": "none"}, "compensation: global there, none now"),
        ({"draws": 1}, "draws: 2 there, 1 now"),
        ({"rng": 5}, "rng: 0 there, 5 now"),
        ({"read_noise": "fresh"}, "read noise: split there, fresh now"),
        ({"measure": "loss"}, "measure: accuracy there"),
    ],
)
def test_another_setting_is_refused(case, place, changes, names):
    evaluate(case.model, case.test, store=place, **{**SWEEP, "chips": 1})
    with pytest.raises(evaluation.StoreMismatchError, match="another sweep") as found:
        evaluate(case.model, case.test, store=place, **{**SWEEP, "chips": 1, **changes})
    assert names in str(found.value)


def test_another_model_or_other_data_are_refused(case, place):
    import copy

    evaluate(case.model, case.test, store=place, **{**SWEEP, "chips": 1})
    changed = copy.deepcopy(case.model)
    with torch.no_grad():
        changed[0].weight[0, 0] += 1e-3
    ranges = copy.deepcopy(case.model)
    ranges[0].matrices[0].input_range *= 1.5
    preset = analog.convert(case.net, partial(aimc.presets.hermes, devices=2))
    for model, name in ((changed, "parameters"), (ranges, "cores"), (preset, "cores")):
        with pytest.raises(evaluation.StoreMismatchError, match=f"model's {name}"):
            evaluate(model, case.test, store=place, **{**SWEEP, "chips": 1})
    other = (case.x + 0.1, case.labels)
    with pytest.raises(evaluation.StoreMismatchError, match="test:"):
        evaluate(case.model, other, store=place, **{**SWEEP, "chips": 1})


def test_a_folder_and_a_file_of_something_else_are_refused(case, tmp_path):
    with pytest.raises(IsADirectoryError, match="name a file in it"):
        evaluate(case.model, case.test, store=tmp_path, **SWEEP)
    (tmp_path / "notes.txt").write_text("something else, and long enough to be no database" * 9)
    with pytest.raises(ValueError, match="no store of a sweep"):
        evaluate(case.model, case.test, store=tmp_path / "notes.txt", **SWEEP)


def test_a_store_that_another_sweep_locks_is_not_called_another_file(place, monkeypatch):
    stores = pytest.importorskip("aimc.recovery.evaluation.stores")
    stores.Store(place, {})
    monkeypatch.setattr(stores.Store, "_connect", lambda s: sqlite3.connect(s.path, timeout=0.01))
    with closing(sqlite3.connect(place, isolation_level=None)) as base:
        base.execute("begin exclusive")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stores.Store(place, {})


@pytest.mark.slow
def test_processes_find_what_one_process_finds(case, place):
    plain = evaluate(case.model, case.test, **SWEEP)
    there = evaluate(case.model, case.test, executor=2, store=place, **SWEEP)
    np.testing.assert_array_equal(there.values, plain.values)
    assert there.notes == plain.notes


def test_any_executor_will_do(case):
    plain = evaluate(case.model, case.test, **SWEEP)
    with ThreadPoolExecutor(2) as pool:
        there = evaluate(case.model, case.test, executor=pool, **SWEEP)
    np.testing.assert_array_equal(there.values, plain.values)


DEADLY = """
import os, signal

def deadly(model, test):
    x, labels, sender, notes = test
    if os.getpid() != sender:
        with open(notes, "a+") as file:
            layer = next(m for m in model.modules() if hasattr(m, "cores"))
            file.write(f"{layer.cores[0].serial}\\n")
            file.seek(0)
            if len(file.readlines()) == 1:  # the first of all
                file.flush()
                os.kill(os.getpid(), signal.SIGKILL)
    return (model(x).argmax(dim=1) == labels).double().mean()
"""


@pytest.mark.slow
@pytest.mark.native("starts processes and kills one")
def test_a_dask_worker_that_is_killed_costs_its_chip_alone(case, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    (tmp_path / "deadly_measure.py").write_text(DEADLY, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", paths.rstrip(os.pathsep))
    import deadly_measure

    notes = tmp_path / "begun.txt"
    test = (*case.test, os.getpid(), str(notes))
    sweep = {**SWEEP, "draws": 1, "times": ["1 h"], "measure": deadly_measure.deadly}
    sweep["batches"] = case.x[:10]
    plain = evaluate(case.model, test, **sweep)
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(n_workers=2, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = evaluate(case.model, test, executor=client.get_executor(), **sweep)
    np.testing.assert_array_equal(there.values, plain.values)
    begun = [int(line) for line in notes.read_text().split()]
    assert sorted(begun) == sorted([*range(SWEEP["chips"]), begun[0]])


def test_what_cannot_be_sent_is_said(case):
    model = analog.convert(case.net, lambda **options: aimc.presets.hermes(**options))
    analog.calibrate(model, case.x)
    with pytest.raises(TypeError, match="in place of lambdas"):
        evaluate(model, case.test, executor=2, **SWEEP)
    assert evaluate(model, case.test, **{**SWEEP, "chips": 1}).values.shape == (1, 2, 2)


def test_what_a_worker_cannot_import_is_said():
    """A class of a notebook: pickled by name, and the name is unknown elsewhere."""
    blob = b"c__main__\nAClassOfANotebook\n."
    with pytest.raises(TypeError, match="that a notebook defines"):
        one_chip.run_pickled(blob, 0, sender=os.getpid())


def _refuse(task, serial):
    raise AssertionError(f"chip {serial} was computed once more")


KILLED = """
import sys, time
from functools import partial
import torch, aimc, aimc.nn
from aimc.recovery.evaluation import evaluate

torch.set_num_threads(1)
torch.manual_seed(0)
net = torch.nn.Linear(30, 4)
x = torch.randn(100, 30)
test = (x, net(x).argmax(dim=1))
model = aimc.nn.convert(net, partial(aimc.presets.hermes, devices=1))

def slow(model, batches):
    time.sleep(float(sys.argv[2]))
    return (model(batches[0]).argmax(dim=1) == batches[1]).double().mean()

report = evaluate(model, test, chips=4, times=["1 h"], measure=slow, store=sys.argv[1] or None,
                  progress=False)
print(report.values.ravel().tolist())
"""


def kept_in(store):
    """Return what the file holds, chip by chip, as written."""
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as base:
            return dict(base.execute("select serial, text from chips"))
    except sqlite3.OperationalError:  # not made yet
        return {}


@pytest.mark.slow
def test_a_process_that_is_killed_outright_loses_only_its_chip(tmp_path):
    """No chance to tidy up: SIGKILL while a chip is computed."""
    script, store = tmp_path / "sweep.py", tmp_path / "store.sqlite"
    script.write_text(KILLED, "utf-8")

    def run(*arguments):
        command = [sys.executable, "-W", "ignore", str(script), *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    process = run(str(store), "0.5")
    end = time.monotonic() + 120
    while len(kept_in(store)) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    process.kill()
    process.wait()
    kept = kept_in(store)
    assert 2 <= len(kept) < 4
    resumed, whole = run(str(store), "0"), run("", "0")
    assert resumed.communicate()[0] == whole.communicate()[0] != ""
    now = kept_in(store)
    assert len(now) == 4
    assert {serial: now[serial] for serial in kept} == kept  # with the seconds that each took
