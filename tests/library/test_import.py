"""Importing the library is quick and brings in nothing that a browser does not have."""

import subprocess
import sys

HEAVY = ("torch", "matplotlib", "ipywidgets", "scipy", "tqdm", "IPython")


def test_import_brings_in_no_heavy_package() -> None:
    code = f"import aimc, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_using_a_core_on_numpy_does_not_import_torch() -> None:
    code = (
        "import aimc, numpy, sys\n"
        "core = aimc.presets.hermes_core(serial=7).program(numpy.eye(4))\n"
        "core.at(60) @ numpy.ones(4)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
