"""Containers are not started here: what is asked of an engine, and what is said without one."""

import subprocess

import pytest

from aimc_course.grading import Limits, SandboxError, find_sandbox
from aimc_course.grading.containers import Container


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
        for part in (
            "--network=none", "--read-only", "--cap-drop=ALL", "no-new-privileges",
            f"--memory={Limits().memory}", "--pids-limit=62", "--tmpfs=/tmp:size=", ":ro",
            "--user 60600:60600", "--name a-name", "an-image -s -P -B -m a.module",
        ):  # fmt: skip
            assert part in text
        assert "answers.py" not in text
        assert not list(sandbox._staging.course.glob("**/labs/**/answers.py"))


def test_a_container_is_killed_by_its_name(engine):
    with Container("podman") as sandbox:
        process = sandbox.start("a.module", Limits())
        sandbox.stop(process)
    lines = engine.read_text().splitlines()
    (started,) = [line for line in lines if line.startswith("run")]
    (killed,) = [line for line in lines if line.startswith("kill")]
    assert killed.split()[1] in started
    assert process.returncode is not None


def test_an_engine_that_gives_no_report_is_refused(engine):
    with pytest.raises(SandboxError, match="podman"):
        find_sandbox("podman")


def test_an_engine_without_its_image_is_refused(tmp_path, monkeypatch):
    script = tmp_path / "docker"
    script.write_text('#!/bin/sh\n[ "$1" = info ]\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(SandboxError, match="no image 'aimc-grading'"):
        find_sandbox("docker")
    assert subprocess.run([script, "info"], check=False).returncode == 0


def test_no_engine_at_all(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="not found"):
        Container("docker")
