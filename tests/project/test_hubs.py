"""What a hub is given: values that its chart knows, a pinned image, links that lead somewhere."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "book" / "hubs.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REPOSITORY = PROJECT["urls"]["Repository"]
LABS = sorted(path.stem for path in (ROOT / "labs").glob("[0-9]*.ipynb"))
SCHEMA = json.loads((Path(__file__).parent / "hub" / "values.schema.json").read_text("utf-8"))


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture
def values() -> dict[str, Any]:
    """Values of the Helm chart."""
    return yaml.safe_load(read("zero-to-jupyterhub.yaml"))


def faults(values: dict[str, Any]) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(values)]


def block(language: str, word: str) -> str:
    """Return the one example of the page in a language that holds a word."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (found,) = [text for text in blocks if word in text]
    return found


def test_the_chart_knows_all_values(values):
    assert faults(values) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("singleuser", "memory", "limits"), "2G"),
        (("singleuser", "memory", "limit"), ["2G"]),
        (("singleuser", "image", "tag"), 6),
        (("prepuller",), {}),
        (("cull", "timeout"), "an hour"),
    ],
)
def test_a_wrong_name_or_type_would_be_seen(values, path, value):
    place = values
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert faults(values)


def test_students_have_the_memory_that_the_page_names_and_nobody_gets_in_unknown(values):
    student = values["singleuser"]
    assert (student["memory"]["limit"], student["cpu"]["limit"]) == ("2G", 2)
    assert "limits.memory 2G" in block("bash", "tljh-config set limits")
    config = values["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] not in (None, "dummy")
    assert "allow_all" not in config["Authenticator"]
    assert "client_secret" not in str(config)
    assert values["prePuller"]["hook"]["enabled"] is True


def test_versions_belong_together(values):
    (chart,) = set(re.findall(r"(?:--version|chart|version) (\d+\.\d+\.\d+)", PAGE))
    assert chart in read("zero-to-jupyterhub.yaml")
    assert f"chart {chart}" in " ".join(read("hub-requirements.txt").replace("#", "").split())
    (hub,) = re.findall(r"^jupyterhub==(\S+)$", read("hub-requirements.txt"), re.MULTILINE)
    assert f"JupyterHub {hub}" in PAGE
    assert values["singleuser"]["image"]["tag"] == PROJECT["version"]
    for text in (PAGE, read("Containerfile")):
        assert set(re.findall(r"aimc-student:(\S+)", text)) == {PROJECT["version"]}


def test_the_image_is_pinned_runs_as_nobody_special_and_holds_no_answers_of_ours():
    text = read("Containerfile")
    assert all(re.search(r":\d+\.\d+\.\d+-", line) for line in re.findall(r"^FROM.*", text, re.M))
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["1000"]
    assert "-c /tmp/constraints.txt" in text
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert all((ROOT / name).exists() for name in names), names
    assert not any(name.startswith("labs") for name in names)
    assert text.index("rubric.toml -delete") < text.index("pip wheel")
    assert text.rstrip().endswith('CMD ["jupyterhub-singleuser"]')


def test_what_is_installed_is_the_course_from_its_own_repository():
    wanted = [line for line in read("tljh-requirements.txt").splitlines() if line[0] != "#"]
    colab = re.findall(r'"(aimc.*?)"', block("python", "%pip"))
    for lines in (wanted, colab):
        names = [line.partition(" @ ")[0].partition("[")[0] for line in lines]
        assert names == ["aimc", "aimc-course", "aimc-answers"]
        for line in lines:
            address = line.partition(" @ ")[2].removeprefix("git+")
            assert address.partition("@")[0] == REPOSITORY
            folder = address.partition("#subdirectory=")[2] or "."
            assert (ROOT / folder / "pyproject.toml").is_file()
    extras = re.findall(r"aimc\[(.+?)\]", wanted[0])[0].split(",")
    assert set(extras) <= set(PROJECT["optional-dependencies"])


def test_the_link_of_the_page_brings_each_lab():
    made: dict[str, Any] = {}
    exec(compile(block("python", "def hub_link"), "page", "exec"), made)
    for lab in LABS:
        link = urlparse(made["hub_link"]("https://hub.example.org", lab))
        query = parse_qs(link.query)
        assert link.path == "/hub/user-redirect/git-pull"
        assert query["repo"] == [REPOSITORY]
        place = query["urlpath"][0].removeprefix("lab/tree/aimc/")
        assert (ROOT / place).is_file()
    address = block("text", "colab").strip()
    assert (ROOT / address.partition("/blob/main/")[2]).is_file()


def test_the_table_says_what_each_lab_needs():
    rows = re.findall(
        r"^\* - \{doc\}`/labs/student/(\S+)`\n  - (\d+)\n  - (\d+)\n  - (yes|no)\n  - (.+)$",
        PAGE,
        re.MULTILINE,
    )
    assert [row[0] for row in rows] == LABS
    for lab, memory, _, torch, places in rows:
        assert int(memory) < 1000
        source = (ROOT / "labs" / f"{lab}.ipynb").read_text(encoding="utf-8")
        assert ("import torch" in source) is (torch == "yes")
        assert (places == "all five places") is (torch == "no")


def test_files_that_the_page_names_are_there():
    for name in re.findall(r"(?<=[`/ ])deploy/[\w.-]+", PAGE):
        assert (ROOT / name.rstrip(".")).is_file(), name
