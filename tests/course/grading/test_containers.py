"""What is asked of an engine, and what is said without one; real ones are in `test_engines`."""

import subprocess
import sys
from importlib.metadata import version

import pytest

from aimc_course.__main__ import main
from aimc_course.grading import Limits, SandboxError, find_sandbox
from aimc_course.grading.containers import Container
from aimc_course.grading.images import fingerprint, make_image, recipe


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine that writes down what it is asked for."""
    log = tmp_path / "log"
    script = tmp_path / "podman"
    script.write_text(f'#!/bin/sh\necho "$@" >> {log}\n[ "$1" != run ] || exec cat\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return log


def test_a_container_has_no_network_no_rights_and_bounds(engine):
    with Container("podman", "an-image") as sandbox:
        command = sandbox.command("a.module", Limits(), "a-name")
        text = " ".join(command)
        most = Limits().memory
        for part in (
            "--network=none", "--read-only", "--cap-drop=ALL", "no-new-privileges",
            f"--memory={most}", f"--memory-swap={most}", "--pids-limit=62", "--pull=never",
            f"--tmpfs=/tmp:size={Limits().disk},mode=1777,nosuid,nodev,noexec", "core=0:0",
            "--read-only-tmpfs=false", "--user 60600:60600", "--name a-name",
            "PATH=/usr/local/bin:/usr/bin:/bin", "an-image -s -P -B -m",
        ):  # fmt: skip
            assert part in text
        assert command[-1] == "a.module"
        mounts = [part for part in command if part.startswith("--volume=")]
        assert [part.rpartition(":")[2] for part in mounts] == ["ro"] * 2
        assert "aimc_answers" not in "".join(mounts)
        assert not list(sandbox._staging.course.rglob("answers.py"))


def test_a_container_is_killed_by_its_name(engine):
    with Container("podman") as sandbox:
        process = sandbox.start("a.module", Limits())
        process.stdin.write(b"begun\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"begun\n"
        sandbox.stop(process)
    lines = engine.read_text().splitlines()
    (started,) = [line for line in lines if line.startswith("run")]
    (removed,) = [line for line in lines if line.startswith("rm --force")]
    assert f"--name {removed.split()[2]} " in started
    assert process.returncode is not None


def test_an_engine_that_gives_no_report_is_refused(engine):
    with pytest.raises(SandboxError, match="podman"):
        find_sandbox("podman")


def test_an_engine_without_its_image_is_refused(tmp_path, monkeypatch):
    script = tmp_path / "docker"
    script.write_text('#!/bin/sh\n[ "$1" = info ]\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match=r"no image 'aimc-grading': .* sandbox-image --engine"):
        find_sandbox("docker")
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SandboxError, match="does not take an empty image"):
        find_sandbox("docker")
    assert subprocess.run([script, "info"], check=False).returncode == 0


def test_no_engine_at_all(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="not found"):
        Container("docker")


def test_on_linux_this_machines_own_packages_are_mounted(engine, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    with Container("podman") as sandbox:
        command = sandbox.command("a.module", Limits(), "a-name")
        assert "--volume=/usr:/usr:ro" in command
        assert command[command.index("--entrypoint") + 1] == str(sandbox._staging.interpreter)
        for tree in sandbox._staging.trees:
            assert f"--volume={tree}:{tree}:ro" in command
    assert not [part for part in command if part.startswith("--volume=") and part[-3:] != ":ro"]


def test_a_path_that_an_engine_misreads_is_refused(engine, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    with Container("podman") as sandbox:
        sandbox._staging.library = sandbox._staging.library / "a:rw"
        with pytest.raises(SandboxError, match="holds a colon"):
            sandbox.command("a.module", Limits(), "a-name")


def test_the_recipe_pins_what_is_installed_here_and_holds_no_course():
    text = recipe()
    assert f"numpy=={version('numpy')}" in text
    assert f"torch=={version('torch').partition('+')[0]}" in text
    assert "pytest" not in text
    assert "COPY" not in text
    assert f"python:{sys.version_info.major}.{sys.version_info.minor}." in text
    assert text.endswith(f"LABEL aimc-packages={fingerprint()}\n")
    assert recipe("another/base").startswith("FROM another/base\n")


def test_the_image_is_made_by_one_command(tmp_path, monkeypatch, capfd):
    script = tmp_path / "docker"
    script.write_text('#!/bin/sh\n[ "$1" = build ] && cat "$4/Dockerfile" && exit "${FAILS:-0}"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert main(["sandbox-image", "--engine", "docker"]) == 0
    assert recipe() in capfd.readouterr().out
    assert main(["sandbox-image", "--engine", "docker", "--print"]) == 0
    assert capfd.readouterr().out == recipe()
    monkeypatch.setenv("FAILS", "3")
    assert main(["sandbox-image", "--engine", "docker"]) == 2
    assert "did not make the image" in capfd.readouterr().err
    with pytest.raises(SandboxError, match="cannot be started"):
        make_image(str(tmp_path / "nothing"))


def test_an_image_for_other_packages_is_refused(tmp_path, monkeypatch):
    script = tmp_path / "podman"
    script.write_text('#!/bin/sh\necho \'{"aimc-packages":"of-long-ago"}\'\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match="holds other packages"):
        Container("podman")
    Container("podman", "an-image-of-your-own").close()
