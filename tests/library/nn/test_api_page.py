"""The API page describes `aimc.nn` by hand, for users rather than by module: it must stay true."""

import inspect
import re
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

SECTION = (Path(__file__).parents[3] / "book" / "api" / "nn.md").read_text(encoding="utf-8")
FUNCTIONS = dict(re.findall(r"^\.\. py:function:: (\w+)\((.*)\)$", SECTION, re.MULTILINE))


def test_every_public_name_is_described() -> None:
    missing = [name for name in analog.__all__ if not re.search(rf"\b{name}\b", SECTION)]
    assert missing == []
    directives = re.findall(r"^\.\. py:(?:function|class|exception):: (\w+)", SECTION, re.MULTILINE)
    assert set(directives) <= set(analog.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_are_those_of_the_code(name: str) -> None:
    def blank(signature: inspect.Signature) -> list[tuple[str, object, object]]:
        return [(p.name, p.kind, p.default) for p in signature.parameters.values()]

    scope: dict = {}
    exec(f"def described({FUNCTIONS[name]}): ...", scope)
    assert blank(inspect.signature(scope["described"])) == blank(
        inspect.signature(getattr(analog, name))
    )


def test_the_example_runs() -> None:
    code = re.search(r"```python\n(.*?)```", SECTION, re.DOTALL)
    assert code is not None
    trained = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(8, 3)
    )
    x = torch.rand(5, 1, 4, 4)
    scope = {"trained": trained, "batches": [x], "x": x}
    exec(compile(code.group(1), "nn.md", "exec"), scope)
    assert scope["y"].shape == (5, 3)
    serials = {core.serial for core in analog.report(scope["analog"]).cores}
    assert serials == {8}
