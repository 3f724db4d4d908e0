"""The table of published facts: complete, sourced, and true to the sheet it was made from."""

from __future__ import annotations

import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aimc import published
from aimc.published import UnknownFactError, cite, fact, facts, groups, targets

table = importlib.import_module("aimc.published.facts")
ROOT = Path(__file__).parents[2]
BIBLIOGRAPHY = ROOT / "book" / "references.bib"
FACT_ROLE = re.compile(r"\{fact(?:-row)?\}`([^`|]+)")
FACTS_DIRECTIVE = re.compile(r"^[`:]{3,}\{facts\}[ \t]+(.+)$", re.MULTILINE)


def bibliography_keys() -> list[str]:
    return re.findall(r"^@\w+\{([^,\s]+),", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE)


def used_in_book() -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for page in sorted((ROOT / "book").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        found = set(FACT_ROLE.findall(text))
        for line in FACTS_DIRECTIVE.findall(text):
            found |= set(line.split())
        used[page.name] = {identifier.strip() for identifier in found}
    return used


def test_ids_are_well_formed_unique_and_in_order() -> None:
    identifiers = [f.id for f in facts()]
    assert all(re.fullmatch(r"[A-G]\d{3}", identifier) for identifier in identifiers)
    assert identifiers == sorted(set(identifiers))
    assert [*groups()] == ["A", "B", "C", "D", "E", "G"]


@pytest.mark.parametrize("group", "ABCDEG")
def test_every_field_is_filled(group: str) -> None:
    for f in facts(group):
        assert f.quantity, f.id
        assert f.value, f.id
        assert f.source, f.id
        assert f.confidence in published.CONFIDENCES, f.id
        assert bool(f.how) == (f.confidence == "derived"), f.id


def test_nothing_rests_on_memory() -> None:
    files = [*(ROOT / "src" / "aimc" / "published" / "tables").glob("*.toml")]
    assert files
    for file in files:
        assert "recall" not in file.read_text(encoding="utf-8")


def test_numbers_stand_in_the_value() -> None:
    for f in facts():
        shown = f.value.replace(",", "").replace("−", "-")
        printed = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", shown)}
        powers = "⁰¹²³⁴⁵⁶⁷⁸⁹"
        if any(p in f.value for p in powers) or "^" in f.value:
            continue  # powers are checked by eye: their digits are other characters
        assert {abs(n) for n in f.numbers} <= printed, f.id


def test_every_source_is_in_the_bibliography() -> None:
    keys = bibliography_keys()
    assert len(keys) == len(set(keys))
    missing = {key for f in facts() for key in f.source} - set(keys)
    assert not missing


def test_values_that_everything_rests_on() -> None:
    assert fact("A031").number == 63.1
    assert fact("A031").unit == "TOPS"
    assert fact("A009").number == 4194304
    assert fact("A034").number == 2.48
    assert fact("B001").numbers == (0.26348, 1.9650, -1.1731)
    assert fact("B013").numbers == (0.15781817, 2.32443916, -2.16310839, 0.68841818)
    assert fact("A064").relation == ">"
    assert fact("C020").numbers == (6.73, 6.99, 7.33, 8.55)


def test_text_joins_value_and_unit() -> None:
    assert fact("A031").text == "63.1\u00a0TOPS"
    assert fact("A080").text == "92.81%"
    assert fact("A065").text == fact("A065").value


def test_number_refuses_several_and_none() -> None:
    with pytest.raises(ValueError, match=r"A039 .* 2 numbers"):
        _ = fact("A039").number
    with pytest.raises(ValueError, match=r"A065 .* no number"):
        _ = fact("A065").number


def test_unknown_id_is_named_with_near_ids() -> None:
    with pytest.raises(UnknownFactError, match=r"'A9031'.*A031"):
        fact("A9031")
    with pytest.raises(KeyError, match="no published fact 'Z999'"):
        fact("Z999")
    with pytest.raises(TypeError, match="identifier"):
        fact(31)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="prefix"):
        facts("Z")


def test_facts_select_by_prefix_and_cite_gives_keys() -> None:
    assert {f.id for f in facts("A03")} == {f"A{n:03}" for n in range(30, 40)}
    assert cite("A031") == ("legallo2023hermes",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('unit = "TOPS"\nnumbers', "numbers", r"fact A031: it lacks unit"),
        ('id = "A031"', 'id = "A031"\nlocater = ""', r"fact A031: no fact has locater"),
        ('id = "A031"', 'id = "A030"', r"fact A030: its id stands twice"),
        ("numbers = [63.1]", 'numbers = ["63.1"]', r"fact A031: numbers must be numbers"),
        ("numbers = [63.1]", "numbers = [63.1", r"toml:\d+: .*line"),
    ],
)
def test_a_faulty_row_is_named_with_file_and_line(monkeypatch, old, new, words) -> None:
    text = table._text("a_chip")
    assert text.count(old) >= 1
    at = text.index(old, text.index('id = "A031"'))
    monkeypatch.setattr(table, "_text", lambda name: text[:at] + text[at:].replace(old, new, 1))
    with pytest.raises(
        ValueError, match=rf"a_chip.toml:\d+: .*{words}" if "fact" in words else words
    ) as told:
        table._table.__wrapped__()
    near = range(told.value.line - 2, told.value.line + 8)
    assert text.count("\n", 0, at) + 1 in near


def test_facts_are_frozen() -> None:
    with pytest.raises(AttributeError):
        fact("A031").value = "64"  # type: ignore[misc]


def test_targets_are_complete_and_name_facts_and_tests() -> None:
    assert [t.id for t in targets()] == [f"R{n:02}" for n in range(1, 19)]
    for target in targets():
        assert target.status in ("reproduced", "planned")
        assert target.facts
        for identifier in target.facts:
            fact(identifier)
        if target.status == "reproduced":
            assert (ROOT / target.test).is_file(), f"{target.id}: {target.test}"
        else:
            assert not target.test
    assert {t.id for t in targets() if t.status == "reproduced"} >= {"R02", "R03"}


def test_every_fact_that_the_book_prints_exists() -> None:
    known = {f.id for f in facts()}
    unknown = {page: ids - known for page, ids in used_in_book().items() if ids - known}
    assert not unknown


def test_import_reads_no_file() -> None:
    code = (
        "import sys, aimc.published as p; table = sys.modules['aimc.published.facts']._table; "
        "assert table.cache_info().currsize == 0; "
        "p.fact('A031'); assert table.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.book
def test_bibliography_parses_with_author_title_and_year() -> None:
    from pybtex.database import parse_file

    for key, entry in parse_file(str(BIBLIOGRAPHY)).entries.items():
        assert entry.persons.get("author"), key
        assert entry.fields.get("title"), key
        assert re.fullmatch(r"\d{4}", entry.fields.get("year", "")), key


@pytest.mark.book
def test_library_carries_the_references_of_the_book() -> None:
    """`scripts/make_references.py` was run after the last change of the bibliography."""
    script = ROOT / "scripts" / "make_references.py"
    spec = importlib.util.spec_from_file_location("make_references", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.OUTPUT.read_text(encoding="utf-8") == module.content()


def test_reference_is_one_readable_line() -> None:
    line = published.reference("legallo2023hermes")
    assert line.startswith("Le Gallo et al. ")
    assert line.endswith("doi:10.1038/s41928-023-01010-1")
    with pytest.raises(published.UnknownFactError, match="legallo2023hermes"):
        published.reference("legallo2023herms")
