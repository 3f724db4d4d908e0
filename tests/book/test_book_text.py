"""The text of the book, checked without building it: sections, questions, facts, labels, words."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from aimc.published import fact

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
CHAPTERS = sorted(BOOK.glob("[0-9]-*/*.md"))
PAGES = sorted(page for page in BOOK.rglob("*.md") if "_build" not in page.parts)
LABS = sorted((ROOT / "labs").glob("[0-9]*.ipynb"))

SECTIONS = (
    r"what you will be able to do",
    r"prerequisites and (time|minutes)",
    r"predict",
    r"(the )?published results?, reproduced",
    r"what it costs",
    r"common misconceptions",
    r"exercises",
    r"quiz",
    r"summary.*",
    r"further reading",
)
# The outline gives these chapters an explorer.
WITH_EXPLORER = {
    "1-concepts": ("01-", "02-", "04-", "07-"),
    "2-devices": ("01-", "02-", "03-", "05-"),
    "3-chip": ("01-", "02-", "03-", "04-", "06-", "07-"),
    "4-accuracy": ("01-", "02-", "03-", "04-", "05-"),
}
DRAWS = re.compile(r"\b(draw|dot_plot)\(|\.figure\(")
MEASURED = re.compile(r"(?<![\w.])\d[\d.,]*[\s\u00a0]?(TOPS(/W|/mm²)?|[nµμpf]J)(?!\w)")
# Where arithmetic with numbers is the point, or where nothing is prose.
NOT_PROSE = ("code-cell", "exercise", "solution", "quiz", "predict", "math", "facts", "figure", "")

FENCE = re.compile(r"^(?P<ticks>`{3,})(\{(?P<name>[\w-]+)\})?[ ]?(?P<argument>.*)$")
OPTION = re.compile(r"^:(?P<key>[\w-]+):\s*(?P<value>.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: directive name (empty for plain code), options and body."""

    name: str
    argument: str
    options: dict[str, object]
    body: str
    line: int


def split(text: str) -> tuple[str, list[Block]]:
    """Return the prose outside all fences, and the blocks, nested ones included."""
    prose: list[str] = []
    blocks: list[Block] = []
    lines, k = text.splitlines(), 0
    while k < len(lines):
        match = FENCE.match(lines[k])
        if match is None:
            prose.append(lines[k])
            k += 1
            continue
        end = k + 1
        while end < len(lines) and lines[end].rstrip() != match["ticks"]:
            end += 1
        assert end < len(lines), f"line {k + 1}: the fence is never closed"
        body = lines[k + 1 : end]
        name = match["name"] or ""
        blocks.append(_block(name, match["argument"], body, k + 1))
        if name not in ("code-cell", "math", ""):
            blocks += split("\n".join(body))[1]
        k = end + 1
    return "\n".join(prose), blocks


def _block(name: str, argument: str, body: list[str], line: int) -> Block:
    options: dict[str, object] = {}
    k = 0
    if body and body[0].strip() == "---":
        k = body.index("---", 1)
        options = yaml.safe_load("\n".join(body[1:k])) or {}
        k += 1
    while k < len(body) and (match := OPTION.match(body[k])):
        options[match["key"]] = match["value"]
        k += 1
    return Block(name, argument, options, "\n".join(body[k:]), line)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks_of(page: Path, name: str) -> list[Block]:
    return [block for block in split(read(page))[1] if block.name == name]


def lab_text(lab: Path) -> str:
    cells = json.loads(read(lab))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def all_texts() -> dict[str, str]:
    texts = {str(page.relative_to(ROOT)): read(page) for page in PAGES}
    return texts | {str(lab.relative_to(ROOT)): lab_text(lab) for lab in LABS}


def roles(name: str, text: str) -> list[str]:
    """Return the targets of all uses of a role, `words <target>` reduced to the target."""
    found = re.findall(rf"\{{{name}\}}`([^`]+)`", text)
    return [re.sub(r"^.*<([^<>]+)>$", r"\1", words, flags=re.DOTALL).strip() for words in found]


def labels_of(text: str) -> list[str]:
    outside, blocks = split(text)
    found = re.findall(r"^\(([\w-]+)\)=\s*$", outside, flags=re.MULTILINE)
    keys = ("label", "name")
    found += [str(b.options[key]) for b in blocks for key in keys if key in b.options]
    # figures and tables that cells draw carry their names in the metadata
    for block in blocks:
        for owner, kind in (("mystnb", "figure"), ("aimc", "table")):
            shown = (block.options.get(owner) or {}).get(kind, {})
            found += [str(shown["name"])] if "name" in shown else []
    return found


def glossary_terms() -> set[str]:
    (block,) = blocks_of(BOOK / "glossary.md", "glossary")
    return {line.strip() for line in block.body.splitlines() if line and not line.startswith(" ")}


by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BOOK)))
by_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda page: page.stem)


def test_every_page_of_the_contents_exists():
    contents = yaml.safe_load(read(ROOT / "_toc.yml"))
    named = [contents["root"], *(c["file"] for p in contents["parts"] for c in p["chapters"])]
    for name in named:
        assert any((ROOT / f"{name}{ending}").is_file() for ending in (".md", ".ipynb")), name
    listed = {ROOT / f"{name}.md" for name in named}
    assert set(PAGES) <= listed, "a page lies in book/ that the contents do not list"


@by_chapter
def test_chapter_has_all_sections_in_order(chapter):
    headings = re.findall(r"^## (.+)$", split(read(chapter))[0], flags=re.MULTILINE)
    places = []
    for section in SECTIONS:
        fits = [k for k, heading in enumerate(headings) if re.fullmatch(section, heading.lower())]
        assert len(fits) == 1, f"{section!r} stands {len(fits)} times among {headings}"
        places += fits
    first, last = places[:3], places[5:]
    assert first == sorted(first) == [0, 1, 2]
    assert last == sorted(last), f"the closing sections are out of order: {headings}"


@by_chapter
def test_chapter_has_three_objectives_and_one_title(chapter):
    prose = split(read(chapter))[0]
    assert len(re.findall(r"^# ", prose, flags=re.MULTILINE)) == 1
    objectives = re.search(r"^## What you will be able to do$(.*?)^## ", prose, re.M | re.S)
    assert objectives is not None
    assert len(re.findall(r"^(?:[-*]|\d+\.) ", objectives[1], flags=re.MULTILINE)) == 3


@by_chapter
def test_chapter_asks_before_it_tells(chapter):
    assert len(blocks_of(chapter, "predict")) == 1


@by_chapter
def test_each_exercise_has_a_solution_behind_a_click(chapter):
    exercises = [str(b.options["label"]) for b in blocks_of(chapter, "exercise")]
    solutions = blocks_of(chapter, "solution")
    assert 3 <= len(exercises) <= 6
    assert [b.argument.strip() for b in solutions] == exercises
    assert all("dropdown" in str(b.options.get("class", "")) for b in solutions)


@by_chapter
def test_chapter_has_a_design_question(chapter):
    assert any("design" in f"{b.argument} {b.body}".lower() for b in blocks_of(chapter, "exercise"))


@by_chapter
def test_quiz_has_four_to_six_questions_with_feedback(chapter):
    quiz = blocks_of(chapter, "quiz")
    assert 4 <= len(quiz) <= 6
    for question in [*quiz, *blocks_of(chapter, "predict")]:
        choices = re.split(r"^- ", question.body, flags=re.MULTILINE)[1:]
        assert len(choices) >= 2, question.argument
        assert any(choice.startswith("[x]") for choice in choices), question.argument
        assert all(" :: " in " ".join(choice.split()) for choice in choices), question.argument
        assert "name" in question.options, question.argument


@by_page
def test_pages_with_code_can_be_opened_as_notebooks(page):
    if not blocks_of(page, "code-cell"):
        return
    header = re.match(r"---\n(.*?)\n---\n", read(page), re.DOTALL)
    assert header is not None, "no jupytext header"
    settings = yaml.safe_load(header[1])
    form = settings["jupytext"]["text_representation"]
    assert (form["extension"], form["format_name"], form["format_version"]) == (".md", "myst", 0.13)
    assert settings["kernelspec"]["name"] == "python3"


@by_page
def test_every_drawing_has_words_for_those_who_do_not_see_it(page):
    for cell in blocks_of(page, "code-cell"):
        if not DRAWS.search(cell.body) or "skip-execution" in str(cell.options.get("tags", "")):
            continue
        place = f"cell at line {cell.line}"
        mystnb = cell.options.get("mystnb")
        assert isinstance(mystnb, dict), f"{place} draws and has no alt text"
        alt = mystnb.get("image", {}).get("alt", "")
        assert len(alt) > 40, f"{place} draws and has no alt text worth the name"
    for figure in blocks_of(page, "figure"):
        assert len(str(figure.options.get("alt", ""))) > 20, f"figure at line {figure.line}"
        file = (page.parent / figure.argument.strip()).resolve()
        if file.parent.name == "drawn":  # made from its source at each build
            sources = [file.parents[1] / "drawings" / f"{file.stem}{s}" for s in (".py", ".svg")]
            assert any(source.is_file() for source in sources), figure.argument
        else:
            assert file.is_file(), figure.argument


@by_page
def test_widgets_run_in_live_notebooks_only(page):
    for cell in blocks_of(page, "code-cell"):
        if ".interact(" in cell.body:
            assert "skip-execution" in str(cell.options.get("tags", "")), f"line {cell.line}"


@by_chapter
def test_chapters_that_promise_an_explorer_have_one(chapter):
    wanted = chapter.name.startswith(WITH_EXPLORER[chapter.parent.name])
    shown = any(".interact(" in cell.body for cell in blocks_of(chapter, "code-cell"))
    assert shown or not wanted


@by_page
def test_every_fact_exists(page):
    text = read(page)
    named = roles("fact", text) + roles("fact-row", text)
    named += [i for block in blocks_of(page, "facts") for i in block.argument.split()]
    for identifier in named:
        assert fact(identifier.partition("|")[0]).source


@by_page
def test_no_fact_stands_in_quotation_marks(page):
    # The table says in its own words what a source says: only the source's words are quoted.
    quoted = re.findall(r"[“\"‘]\s*\{fact(?:-row)?\}`[^`]+`\s*[”\"’]", read(page))
    assert not quoted, quoted


@by_page
def test_every_citation_exists(page):
    known = set(re.findall(r"^@\w+\{([^,\s]+)", read(BOOK / "references.bib"), flags=re.MULTILINE))
    cited = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", read(page))
    keys = {key.strip() for group in cited for key in group.split(",")}
    assert keys <= known, f"not in references.bib: {sorted(keys - known)}"


@by_page
def test_no_measured_number_is_typed_by_hand(page):
    text = re.sub(r"^---\n.*?\n---\n", "", read(page), flags=re.DOTALL)
    prose = split(text)[0]
    prose += "".join(f"\n{b.body}" for b in split(text)[1] if b.name not in NOT_PROSE)
    prose = re.sub(r"\{[\w:-]+\}`[^`]*`|``[^`]+``|`[^`]+`", " ", prose)
    typed = [
        line.strip()
        for line in prose.splitlines()
        if MEASURED.search(line) and "<!-- computed -->" not in line
    ]
    assert not typed, f"use the fact role or glue: {typed}"


def test_every_term_stands_in_the_glossary():
    known = {term.lower() for term in glossary_terms()}
    for where, text in all_texts().items():
        for term in roles("term", text):
            assert " ".join(term.lower().split()) in known, f"{where}: {term!r}"


def test_glossary_is_sorted_complete_and_short():
    (block,) = blocks_of(BOOK / "glossary.md", "glossary")
    entries = re.split(r"\n\s*\n", block.body.strip())
    names = [entry.splitlines()[0].strip() for entry in entries]
    assert names == sorted(names, key=str.lower)
    assert len(set(map(str.lower, names))) == len(names) >= 70
    for entry in entries:
        definition = " ".join(entry.splitlines()[1:])
        assert entry.splitlines()[1].startswith("  "), entry
        assert 3 <= len(definition.split()) <= 60, entry


def test_labels_are_unique():
    counts = Counter(label for text in all_texts().values() for label in labels_of(text))
    assert [label for label, count in counts.items() if count > 1] == []


def test_every_reference_has_a_target():
    texts = all_texts()
    known = {label for text in texts.values() for label in labels_of(text)}
    for where, text in texts.items():
        for role in ("ref", "numref", "eq"):
            for target in roles(role, text):
                assert target in known, f"{where}: {{{role}}}`{target}`"


def test_teachers_plan_reads_every_chapter_and_every_lab():
    text = read(BOOK / "instructor.md")
    plan = text[: text.index("## What goes wrong")]
    named, labs = roles("ref", plan), roles("doc", plan)
    for chapter in CHAPTERS:
        label = re.search(r"^\((ch-[\w-]+)\)=$", read(chapter), flags=re.MULTILINE)
        assert label is not None
        assert label[1] in named, f"no meeting reads {chapter.stem}"
    assert {f"/labs/student/{lab.stem}" for lab in LABS} <= set(labs)


def test_front_page_names_the_first_and_the_last_lab_and_the_weeks_of_the_plan():
    text = read(BOOK / "intro.md")
    first, last = LABS[0].stem, LABS[-1].stem
    assert roles("doc", text)[:2] == [f"/labs/student/{first}", f"/labs/student/{last}"]
    weeks = re.search(r"^## (\w+) weeks", read(BOOK / "instructor.md"), flags=re.MULTILINE)
    assert weeks is not None
    assert f"plans {weeks[1].lower()} weeks" in text


def test_front_page_says_which_parts_are_here():
    text = read(BOOK / "intro.md")
    here = sorted({int(chapter.parent.name[0]) for chapter in CHAPTERS})
    assert here == list(range(1, here[-1] + 1))
    span = "1 and 2" if here[-1] == 2 else f"1 to {here[-1]}"
    assert f"Parts {span} are here now" in text
    assert "independent work" in text
    assert not re.search(rf"\]\((\.\./)?book/[{here[-1] + 1}-9]-", text)
