"""A container laid out as Gradescope's, with or without bubblewrap in it."""

import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from aimc_course.grading.gradescope.bundle import autograder_zip

KEY = bytes(range(32))
METADATA = {"id": 1, "users": [{"id": 7, "email": "ada@example.org", "name": "Ada <b>"}]}
SECONDS = 300


@pytest.fixture(scope="session")
def archive():
    """The autograder of lab 2."""
    return autograder_zip("lab-2", KEY, seconds=40)


@pytest.fixture(scope="session")
def autograder(tmp_path_factory, archive):
    """Return a function that grades a notebook as Gradescope does, and returns what came of it."""
    if not shutil.which("bwrap") or os.geteuid() != 0:
        pytest.skip("a container such as Gradescope's is made by root with bubblewrap")
    # The interpreter may lie where nobody but root can go; in a container it does not.
    base = Path(sys.base_prefix).resolve()
    packages = Path(sysconfig.get_path("purelib"))

    def graded(
        notebook, *, metadata=METADATA, inner=False, extra=(), name="lab.ipynb", change=None
    ):
        root = tmp_path_factory.mktemp("autograder")
        for folder in ("source", "submission", "results"):
            (root / folder).mkdir()
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            files.extractall(root / "source")
        (root / "run_autograder").write_bytes((root / "source/run_autograder").read_bytes())
        if metadata is not None:
            (root / "submission_metadata.json").write_text(json.dumps(metadata))
        if notebook is not None:
            (root / "submission" / name).write_bytes(notebook)
        if change:
            change(root)
        opt = tmp_path_factory.mktemp("opt")
        (opt / "bin").mkdir()
        (opt / "bin/python").symlink_to("/opt/python/bin/" + Path(sys.executable).resolve().name)
        (opt / "pyvenv.cfg").write_text("home = /opt/python/bin\n")
        place = opt / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
        (place / "site-packages").mkdir(parents=True)
        opt.chmod(0o755)
        command = ["bwrap", "--unshare-net", "--unshare-ipc", "--die-with-parent"]
        command += ["--cap-add", "ALL", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin:/usr/sbin"]
        command += ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
        for link in ("bin", "sbin", "lib", "lib64"):
            if (Path("/") / link).is_symlink():
                command += ["--symlink", f"usr/{link}", f"/{link}"]
        # Who does not see all of /proc, as in most containers, cannot mount another one.
        alone = ("--unshare-pid", "--proc", "/proc")
        command += [*(("--dev-bind", "/proc", "/proc") if inner else alone), "--dev", "/dev"]
        command += ["--tmpfs", "/tmp", "--chmod", "1777", "/tmp"]
        command += ["--dir", "/opt", "--chmod", "0755", "/opt"]
        command += ["--ro-bind", str(base), "/opt/python", "--ro-bind", str(opt), "/opt/aimc"]
        inside = f"/opt/aimc/lib/{place.name}/site-packages"
        command += ["--ro-bind", str(packages), inside, "--bind", str(root), "/autograder"]
        if not inner:  # as in most containers: no namespaces, and so no bubblewrap
            command += ["--ro-bind", "/dev/null", shutil.which("bwrap")]
        command += [*extra, "--chdir", "/autograder", "--", "bash", "/autograder/run_autograder"]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        result = json.loads((root / "results/results.json").read_text("utf-8"))
        shown = done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
        return result, shown, root

    return graded


@pytest.fixture
def root():
    return Path(__file__).parents[4]
