"""The API page describes `aimc.nn` by hand, for users rather than by module: it must stay true."""

import inspect
import re
from operator import attrgetter
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

SECTION = (Path(__file__).parents[3] / "book" / "api" / "nn.md").read_text(encoding="utf-8")
SIGNATURE = re.compile(r"^( *)\.\. py:(?:function|class|method):: (\w+)(\(.*\))?$", re.MULTILINE)


def described() -> dict[str, str]:
    """Return the arguments of functions, classes and methods, of those that are described."""
    found, owner = {}, ""
    for indent, name, arguments in SIGNATURE.findall(SECTION):
        owner = owner if indent else name
        if arguments:
            found[f"{owner}.{name}" if indent else name] = arguments
    return found


DESCRIBED = described()


def test_every_public_name_is_described() -> None:
    missing = [name for name in analog.__all__ if not re.search(rf"\b{name}\b", SECTION)]
    assert missing == []
    directives = re.findall(r"^\.\. py:(?:function|class|exception):: (\w+)", SECTION, re.MULTILINE)
    assert set(directives) <= set(analog.__all__)


@pytest.mark.parametrize("name", DESCRIBED)
def test_signatures_are_those_of_the_code(name: str) -> None:
    def blank(signature: inspect.Signature) -> list[tuple[str, object, object]]:
        found = [p for p in signature.parameters.values() if p.name != "self"]
        made = {"<factory>": {}}  # what a dataclass makes anew
        return [(p.name, p.kind, made.get(repr(p.default), p.default)) for p in found]

    scope: dict = {}
    exec(f"def described{DESCRIBED[name]}: ...", scope)
    said, meant = (
        inspect.signature(each) for each in (scope["described"], attrgetter(name)(analog))
    )
    assert blank(said) == blank(meant)


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
