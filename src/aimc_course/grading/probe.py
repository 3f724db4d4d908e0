"""Tries a sandbox before it is used: what it has to keep closed, and what is open."""

from __future__ import annotations

import json
import os
import select
import socket
import tempfile
import time
from dataclasses import replace
from typing import Any

from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, SandboxError

__all__ = ["ITEMS", "open_items"]

ITEMS = (
    *("identity", "settings", "keyring", "memory_files", "namespaces", "network", "files"),
    *("folders", "descriptors", "processes", "first_process", "bounds", "environment", "answers"),
)
"""What is tried, in order."""
MODULE = "aimc_course.grading.worker.probing"
VARIABLE = "AIMC_GRADING_PROBE"
SECONDS = 60.0
MOST = 2**16
MIB = 2**20


def open_items(sandbox: Sandbox) -> list[str]:
    """Return what is open in a sandbox, one line each; an empty list if nothing is.

    Raises
    ------
    SandboxError
        If the sandbox does not start, or does not say what it found.
    """
    limits = replace(Limits(), disk=4 * MIB, file=2 * MIB)
    # Where a sandbox has no files of its own, it names folders that it closes.
    closed = getattr(sandbox, "closed", ())
    place = closed[0] if closed else None
    # twice: what the first run leaves behind, the second one finds
    found: dict[str, str] = {}
    with (
        socket.socket() as server,
        tempfile.NamedTemporaryFile(prefix="aimc-secret-", dir=place) as secret,
    ):
        server.bind(("127.0.0.1", 0))
        server.listen()
        os.chmod(secret.name, 0o644)
        known = {
            "port": server.getsockname()[1],
            "secret": secret.name,
            "disk": limits.disk,
            "file": limits.file,
            "memory": limits.memory,
            "processes": limits.processes,
            "bounded_outside": getattr(sandbox, "bounds_memory", False),
            "closed": [str(folder) for folder in closed],
            "sees_processes": bool(closed),
            "variable": VARIABLE,
        }
        inherited = os.open(secret.name, os.O_RDONLY)
        os.set_inheritable(inherited, True)
        os.environ[VARIABLE] = "1"
        try:
            for _ in range(2):
                for item, said in _tried(sandbox, limits, known).items():
                    found[item] = found.get(item) or said
        finally:
            del os.environ[VARIABLE]
            os.close(inherited)
    missing = [item for item in ITEMS if item not in found]
    if missing:
        raise SandboxError(f"the trial says nothing of {', '.join(missing)}")
    return [f"{item.replace('_', ' ')}: {found[item]}" for item in ITEMS if found[item]]


def _tried(sandbox: Sandbox, limits: Limits, known: dict[str, Any]) -> dict[str, str]:
    process = sandbox.start(MODULE, limits)
    try:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        data, end = b"", time.monotonic() + SECONDS
        try:
            process.stdin.write(json.dumps(known).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            pass  # it has ended; why stands in its errors
        while not data.endswith(b"\n") and len(data) < MOST:
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))
            part = os.read(process.stdout.fileno(), MOST) if ready else b""
            if not part:
                break
            data += part
        if not data.endswith(b"\n"):
            os.set_blocking(process.stderr.fileno(), False)
            said = (process.stderr.read(2000) or b"").decode("utf-8", "replace").strip()
            raise SandboxError(_advice(said))
        found = json.loads(data)
        return {str(item): str(said) for item, said in found.items()}
    except (ValueError, AttributeError) as error:
        raise SandboxError(f"the trial did not report: {error}") from error
    finally:
        sandbox.stop(process)


def _advice(said: str) -> str:
    """Say why a sandbox did not start, and what to do where that is known."""
    told = f"it does not start: {said or 'no reason was given'}"
    if "uid map" in said or "RTM_NEWADDR" in said or "namespace" in said.lower():
        told += (
            ". This system forbids user namespaces to programs without a profile (Ubuntu 23.10 and "
            "later): install the AppArmor profile of bubblewrap, or use podman or docker"
        )
    if "unknown option" in said.lower():
        told += ". Version 0.8 of bubblewrap or a newer one is needed"
    return told
