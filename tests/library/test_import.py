"""Everything is found from `aimc`, and nothing is loaded before it is asked for."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import aimc

pytestmark = pytest.mark.native("it starts processes")

SOURCE = Path(aimc.__file__).parent
PACKAGES = ["aimc", *(f"aimc.{path.parent.name}" for path in sorted(SOURCE.glob("*/__init__.py")))]
LAZY = ["aimc", "aimc.compare", "aimc.layers", "aimc.recovery", "aimc.recovery.programming"]


def fresh(code: str) -> str:
    """Return what code prints in a new interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_import_alone_loads_nothing() -> None:
    code = (
        "import aimc, sys; print([name for name in sys.modules if name == 'numpy' or "
        "name.startswith('aimc.') and name != 'aimc.lazy'])"
    )
    assert fresh(code) == "[]"


@pytest.mark.parametrize(
    "use",
    [
        "aimc.presets.hermes(serial=7).program(numpy.eye(4)).at(60) @ numpy.ones(4)",
        "aimc.chip.Chip(serial=7).map(aimc.layers.demo_mlp())",
        "aimc.recovery.global_drift_compensation",
        "exec('from aimc import *')",
        "dir(aimc)",
    ],
)
def test_no_heavy_package_before_it_is_needed(use: str) -> None:
    heavy = ("torch", "matplotlib", "ipywidgets", "scipy", "tqdm", "IPython")
    code = (
        f"import aimc, numpy, sys; {use}; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    assert fresh(code) == "[]"


@pytest.mark.parametrize(
    "path",
    [
        "chip.Chip",
        "chip.Activity",
        "circuits.partial_sums",
        "compare.roofline.attainable",
        "compare.attainable",
        "datasets.load",
        "devices.in_place_presets",
        "layers.resnet9_cifar10",
        "networks.mlp",
        "plots.Chart",
        "published.fact",
        "recovery.ProgramAndVerify",
        "recovery.drift_factor",
        "statistics.mean_interval",
        "cores.TiledMatrix",
    ],
)
def test_one_import_is_enough(path: str) -> None:
    assert fresh(f"import aimc; aimc.{path}; print('found')") == "found"


@pytest.mark.torch
def test_torch_models_are_found_too() -> None:
    pytest.importorskip("torch")
    assert fresh("import aimc; print(aimc.nn.convert.__name__)") == "convert"


def test_without_torch_the_error_names_it() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import aimc\n"
        "try: aimc.nn\n"
        "except ModuleNotFoundError as error: print(error)"
    )
    assert fresh(code) == "aimc.nn needs torch, which is not installed"


def test_an_unknown_name_is_an_attribute_error() -> None:
    for package in (aimc, aimc.recovery):
        with pytest.raises(
            AttributeError, match=f"'{package.__name__}' has no attribute 'nothing'"
        ):
            package.nothing  # noqa: B018
    assert not hasattr(aimc, "__wrapped__")


@pytest.mark.parametrize("name", PACKAGES)
def test_public_names_exist_and_are_listed(name: str) -> None:
    if name == "aimc.nn":
        pytest.importorskip("torch")
    package = importlib.import_module(name)
    for public in package.__all__:
        getattr(package, public)
    assert set(package.__all__) <= set(dir(package))


def test_tab_completion_shows_what_is_not_loaded_yet() -> None:
    shown = fresh("import aimc; print(*dir(aimc)); print(*dir(aimc.recovery))").split("\n")
    assert {"Core", "chip", "nn", "recovery", "published", "__version__"} <= set(shown[0].split())
    assert {"compensation", "drift_factor", "program_and_verify"} <= set(shown[1].split())
    assert "TYPE_CHECKING" not in shown[0]


@pytest.mark.parametrize("name", LAZY)
def test_type_checkers_see_the_same_names(name: str) -> None:
    package = importlib.import_module(name)
    tree = ast.parse(Path(str(package.__file__)).read_text(encoding="utf-8"))
    guarded = next(
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    # what needs torch is shown, and no part of ``from package import *``
    models = set(dir(package)) - set(package.__all__) - set(vars(package))
    seen: set[str] = set()
    for node in guarded.body:
        assert isinstance(node, ast.ImportFrom)
        home = importlib.import_module(str(node.module))
        for alias in node.names:
            seen.add(alias.name)
            if alias.name not in models:
                assert getattr(package, alias.name) is getattr(home, alias.name)
    assert seen >= models | set(package.__all__)


def test_a_name_of_a_module_and_of_a_function_stays_what_it_was() -> None:
    code = (
        "import aimc; print(callable(aimc.circuits.mvm), callable(aimc.published.facts)); "
        "from aimc.recovery.first_read import first_read; "
        "print(callable(first_read), callable(aimc.recovery.first_read))"
    )
    assert fresh(code) == "True True\nTrue False"


def test_a_preset_answers_to_its_former_name_and_says_the_new_one() -> None:
    with pytest.warns(DeprecationWarning, match="is called aimc.presets.hermes now"):
        assert aimc.presets.hermes_core is aimc.presets.hermes
    with pytest.raises(AttributeError, match="nobody_core"):
        aimc.presets.nobody_core  # noqa: B018
