"""The README's example runs as it stands, and its promises about files hold."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_one_minute_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert block is not None
    exec(compile(block.group(1), "README.md", "exec"), {})
    error, *papers = capsys.readouterr().out.strip().splitlines()
    assert 0.07 < float(error) < 0.13
    assert "10.1038/s41928-023-01010-1" in papers[0]


def test_files_that_it_names_exist() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    named = re.findall(r"`((?:src|tests|scripts|book)/[\w./-]+)`", README)
    assert links
    assert named
    for path in [*links, *named]:
        assert (ROOT / path).exists(), path


def test_targets_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|[`\w] )make ([a-z-]+)", README, re.MULTILINE))
    named |= set(re.findall(r"`make ([a-z-]+)`", README))
    assert {"book", "test"} <= named <= targets
