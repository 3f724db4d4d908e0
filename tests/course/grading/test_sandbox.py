"""The sandbox keeps closed what it has to, and the trial before each run finds what is open."""

import os
import subprocess
from pathlib import Path

import pytest

from aimc_course.grading import Limits, SandboxError, find_sandbox
from aimc_course.grading.bubblewrap import Bubblewrap
from aimc_course.grading.cgroups import ControlGroup
from aimc_course.grading.probe import ITEMS, open_items
from aimc_course.grading.seccomp import CALLS, MACHINES, program
from aimc_course.grading.trusted import Trusted


def test_everything_is_closed(sandbox):
    assert open_items(sandbox) == []


class Weak(Bubblewrap):
    """A sandbox with one of its walls taken down."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def _bwrap(self, *arguments):
        return self.change(super()._bwrap(*arguments))


def without(*flags):
    return lambda command: [part for part in command if part not in flags]


def no_filter(command):
    place = command.index("--seccomp")
    return command[:place] + command[place + 2 :]


def replaced(old, new):
    return lambda command: [part.replace(old, new) for part in command]


def added(*parts):
    def change(command):
        place = command.index("--remount-ro")
        return [*command[:place], *parts, *command[place:]]

    return change


# which trial finds it: how the command of bubblewrap is weakened
WEAK = {
    "keyring": no_filter,
    "memory files": no_filter,
    "namespaces": lambda c: no_filter(without("--disable-userns", "--assert-userns-disabled")(c)),
    "network": added("--share-net"),
    "files": added("--bind", "/tmp", "/tmp"),
    "folders": replaced(str(4 * 2**20), str(64 * 2**20)),
    "processes": replaced("--nproc=62", "--nproc=500"),
    "bounds": replaced(str(Limits().memory), str(2**62)),
    "environment": added("--setenv", "AIMC_GRADING_PROBE", "1"),
    "answers": None,
}


@pytest.mark.parametrize("item", WEAK)
def test_an_opening_is_found(item, sandbox):
    change = WEAK[item] or added("--ro-bind", str(open_course()), "/course/aimc_course")
    with Weak(change) as weak:
        found = open_items(weak)
    assert any(line.startswith(f"{item}: ") for line in found), found


def open_course():
    import aimc_course

    return os.path.dirname(aimc_course.__file__)


def test_trust_alone_keeps_nothing_closed():
    with Trusted() as trusted:
        found = {line.partition(":")[0] for line in open_items(trusted)}
    assert {"memory files", "namespaces"} <= found
    assert len(found) >= 6


def test_trust_has_to_be_said():
    with pytest.raises(SandboxError, match="trusted=True"):
        find_sandbox("trusted")
    with pytest.raises(SandboxError, match="name='bubblewrap'"):
        find_sandbox("bubblewrap", trusted=True)
    with find_sandbox(trusted=True) as sandbox:
        assert sandbox.name == "trusted"


def test_a_sandbox_that_is_open_is_refused(sandbox, monkeypatch):
    plain = Bubblewrap._bwrap
    monkeypatch.setattr(Bubblewrap, "_bwrap", lambda self, *a: no_filter(plain(self, *a)))
    with pytest.raises(SandboxError, match="memory files"):
        find_sandbox("bubblewrap")


def test_a_machine_without_sandboxes_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="apt-get install bubblewrap"):
        find_sandbox()


def test_a_sandbox_that_does_not_start_says_why(sandbox):
    with Weak(added("--ro-bind", "/no/such/place", "/x")) as weak, pytest.raises(SandboxError) as e:
        open_items(weak)
    assert "/no/such/place" in str(e.value)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_ends_in_one_permission(machine):
    steps = program(machine)
    assert len(steps) % 8 == 0
    assert 8 * len(CALLS) < len(steps) < 4096 * 8
    assert steps.endswith((0x7FFF0000).to_bytes(4, "little"))


def test_unknown_machines_have_no_filter():
    with pytest.raises(ValueError, match="machine='vax'"):
        program("vax")


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_has_a_trial(item):
    from aimc_course.grading.worker.probing import TRIALS

    assert item in {trial.__name__ for trial in TRIALS}


def test_nothing_is_mounted_or_left_on_the_host(sandbox, limits):
    before = subprocess.run(["mount"], capture_output=True, text=True, check=True).stdout
    process = sandbox.start("aimc_course.grading.worker.worker", limits)
    during = subprocess.run(["mount"], capture_output=True, text=True, check=True).stdout
    sandbox.stop(process)
    assert before == during
    assert process.returncode is not None


def group_root(folder, version):
    if version == 2:
        (folder / "cgroup.controllers").write_text("memory pids")
    else:
        (folder / "memory").mkdir()
        (folder / "pids").mkdir()
    return folder


@pytest.mark.parametrize("version", [1, 2])
def test_a_control_group_bounds_memory_and_processes(version, tmp_path, limits):
    groups = ControlGroup(limits, group_root(tmp_path, version))
    bounds = {path.name: path.read_text() for folder in groups.folders for path in folder.iterdir()}
    assert int(bounds["pids.max"]) > limits.processes
    assert int(bounds["memory.max" if version == 2 else "memory.limit_in_bytes"]) > limits.memory
    assert len(groups.entries) == 3 - version
    assert all(entry.endswith("/cgroup.procs") for entry in groups.entries)


def test_where_no_group_can_be_made_there_is_none(tmp_path, limits):
    assert ControlGroup(limits, tmp_path / "nowhere").entries == []


def test_groups_of_killed_graders_are_removed(tmp_path, limits):
    (tmp_path / "pids").mkdir()
    left = tmp_path / "pids" / "aimc-grading-999999999-ab"
    used = tmp_path / "pids" / f"aimc-grading-{os.getpid()}-ab"
    left.mkdir()
    used.mkdir()
    ControlGroup.remove_stale(tmp_path)
    assert not left.exists()
    assert used.exists()


def test_no_group_is_left(sandbox, limits):
    before = set(Path("/sys/fs/cgroup").glob("*/aimc-grading-*"))
    process = sandbox.start("aimc_course.grading.worker.worker", limits)
    sandbox.stop(process)
    own = f"aimc-grading-{os.getpid()}-"
    left = set(Path("/sys/fs/cgroup").glob("*/aimc-grading-*")) - before
    assert [folder for folder in left if folder.name.startswith(own)] == []
