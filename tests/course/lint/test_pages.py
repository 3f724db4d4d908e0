"""Every rule for pages finds what it is there for, where it stands, and no fault in a good one."""

import pytest

from aimc.published.facts import FaultyTableError
from aimc_course.authoring.lint import check, references
from aimc_course.authoring.lint.check import CHAPTER_RULES, PAGE_RULES, lint

ALT = ":alt: A line that is longer than another line.\n"
# A change that breaks one rule, the rule, a word of what is said, and text of the line it names.
BROKEN = [
    ("## Published results, reproduced", "## Results", "sections", "0 times", ""),
    ("## What you will be able to do", "## Aims", "sections", "be able to do' stands", ""),
    ("# A thing\n", "# A thing\n\n# Another\n", "sections", "one title", "# Another"),
    ("## What it costs", "## Quiz", "sections", "2 times", "## Quiz"),
    ("- **predict** another thing from it;\n", "", "objectives", "2 objectives", "## What you"),
    ("**measure** a thing", "**understand** a thing", "objectives", "'understand'", "- **under"),
    ("**measure** a thing", "to measure a thing", "objectives", "verb in bold", "- to measure"),
    ("about 30 minutes, and the exercises 20 more", "long", "time", "no minutes", "## Prereq"),
    ("You need a ruler and the chapter before. ", "", "time", "has to know", "## Prereq"),
    ('- **"It is new."** It is old.\n', "", "closing", "2 misconceptions", "## Common"),
    ('**"It is new."**', "It is new.", "closing", "not in bold", "- It is new."),
    ("- It is old.\n", "", "closing", "summary of 2", "## Summary"),
    (": why it was measured once more.", "", "closing", "why to read", "- {cite:t}"),
    ("- {ref}`ch-thing`: the", "- Another: the", "closing", "not cited", "- Another"),
    ("```{predict} How", "```{quiz} How", "predict", "0 questions", ""),
    ("```{solution} ex-2\n", "```{solution} ex-3\n", "exercises", "'ex-2' has no", ":label: ex-2"),
    ("**Design** another.", "Repeat it.", "exercises", "a design", "## Exercises"),
    ("ex-2\n:class: dropdown", "ex-2\n:class: open", "exercises", "lies open", "{solution} ex-2"),
    ("```{quiz} Two?", "```{predict} Two?", "quiz", "of 3", "## Quiz"),
    ("- [ ] Short :: Look again.", "- [ ] Short", "feedback", "'Short'", "{predict} How"),
    ("- [x] Long :: Right.", "- [ ] Long :: Right.", "feedback", "no choice", "{predict} How"),
    (":name: quiz-3\n", "", "feedback", "no name", "{quiz} Three?"),
    (":name: quiz-3\n", "", "question-row", "'quiz-3', and", ""),
    (":name: quiz-3\n", ":name: quiz-9\n", "question-row", "no row 'quiz-9'", "{quiz} Three?"),
    (":name: quiz-3\n", ":name: quiz-2\n", "doubled-name", "'quiz-2' is", "{quiz} Two?"),
    (":label: ex-3\n", ":label: ex-2\n", "doubled-name", "01-thing.md:", "{exercise}"),
    (ALT, "", "alt-text", "0 characters", "{figure}"),
    ("    alt: A line that rises from the", "    alt: To", "alt-text", "33", "{code-cell}"),
    ("drawn/thing.svg", "drawn/other.svg", "picture", "no drawing makes", "{figure}"),
    ("drawn/thing.svg", "thing.png", "picture", "there is no", "{figure}"),
    ("    name: fig-chart\n", "", "caption", "without a name", "{code-cell}"),
    (
        "The line above is longer than the one below.",
        "Two lines.",
        "caption",
        "2 words",
        "{figure}",
    ),
    ("(../drawn/", "", "figures", "", ""),
    ("the\nlast one is {numref}`fig-third`", "done", "mention", "fig-third", "{figure}"),
    ("tags: [hide-input]\n", "", "open-code", "", ""),
    ("{eq}`eq-thing`, and", "{eq}`eq-thong`, and", "target", "'eq-thong'", "A {term}`thing`"),
    ("{cite:t}`someone2020thing` mea", "{cite:t}`nobody` mea", "target", "'nobody'", "last one"),
    ("{term}`thing`", "{term}`thong`", "target", "'thong'", "A {term}"),
    ("{fact}`A031`", "{fact}`A999`", "fact", "'A999'", "last one"),
    ("{fact}`A031`", "“{fact}`A031`”", "fact", "quotation marks", "last one"),
    ("{fact}`A031`", "{fact}`A031|short`", "fact", "'short'", "last one"),
    ("{fact}`A031`", "{fact}A031", "fact", "backticks", "last one"),
    ("  name: python3\n", "  name: julia\n", "notebook", "header", ""),
    ("draw(chart)", "THING.interact()\ndraw(chart)", "notebook", "widget", "{code-cell}"),
    ("Nothing.", "It takes 3.2 pJ.", "typed-number", "'3.2 pJ'", "It takes"),
    ("measured {fact}`A031`", "measured 12 nm", "cited-number", "'12 nm'", "last one"),
]
# Numbers that are found however they are written, and wherever in the sentence they stand.
TYPED = ["3 dB", "4.7 kΩ", "14×", "14 times", "$12$ nm", r"$12\,\mathrm{nm}$", r"$14\times$", "8 %"]


def rules_of(course):
    return {finding.rule for finding in lint(course.root)}


def test_a_good_chapter_breaks_no_rule(course):
    assert lint(course.root) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "words", "place"),
    [case for case in BROKEN if case[2] not in ("figures", "open-code")],
    ids=[f"{case[2]}: {case[3]}" for case in BROKEN if case[2] not in ("figures", "open-code")],
)
def test_what_breaks_a_rule_is_found_where_it_stands(course, old, new, rule, words, place):
    course.change(old, new)
    found = [finding for finding in lint(course.root) if finding.rule == rule]
    assert found, rules_of(course)
    told = [finding for finding in found if words in finding.text]
    assert told, [finding.text for finding in found]
    line = course.page.read_text().splitlines()[told[0].line - 1]
    near = course.page.read_text().splitlines()[max(0, told[0].line - 2) : told[0].line + 1]
    assert place in line or any(place in other for other in near), line
    assert told[0].file == "book/1-concepts/01-thing.md"
    assert str(told[0]).startswith(f"book/1-concepts/01-thing.md:{told[0].line}: {rule}: ")
    assert told[0].mend in str(told[0])


def test_few_figures_and_much_open_code_are_found(course):
    text = course.page.read_text()
    course.write(text.replace(".svg", ".png"))
    assert "0 drawings" in " ".join(finding.text for finding in lint(course.root))
    shown = "```{code-cell} ipython3\n" + "x = 1\n" * 61 + "```\n"
    course.write(text.replace("## What it costs", f"{shown}\n## What it costs"))
    assert [finding.rule for finding in lint(course.root)] == ["open-code"]
    course.write(text.replace("```{figure}", "```{image}"))
    assert "1 numbered figures" in " ".join(finding.text for finding in lint(course.root))


@pytest.mark.parametrize("typed", TYPED)
def test_every_typed_number_of_a_sentence_is_found(course, typed):
    course.change("measured {fact}`A031`", f"measured 12 nm, and later {typed}")
    found = [finding.text for finding in lint(course.root) if finding.rule == "cited-number"]
    assert len(found) == 2
    number = typed.strip("$")[:2].strip(" \\")
    assert "'12 nm'" in found[0] or "'12 nm'" in found[1]
    assert any(f"'{number}" in text for text in found)


def test_the_table_of_questions_is_held_to_the_chapter(course):
    good = course.questions.read_text()
    for row, words in (('[4, "easy"]', "objective 4"), ('[1, "heavy"]', "'heavy'")):
        course.questions.write_text(good.replace('quiz-2 = [1, "easy"]', f"quiz-2 = {row}"))
        (found,) = lint(course.root)
        assert words in found.text
        assert "{quiz} Two?" in course.page.read_text().splitlines()[found.line - 1]
    course.questions.write_text(good + "quiz-5 = \n")
    (found,) = lint(course.root)
    assert "cannot be read" in found.text
    assert "line 7" in found.text


def test_a_faulty_row_of_facts_is_told_once_and_called_no_unknown_number(course, monkeypatch):
    def unreadable(*_):
        raise FaultyTableError("a_chip.toml", 12, "fact A001: it lacks source")

    monkeypatch.setattr(references, "fact", unreadable)
    monkeypatch.setattr(check, "facts", unreadable)
    (found,) = lint(course.root)
    assert str(found).startswith("src/aimc/published/tables/a_chip.toml:12: fact: fact A001: it ")


def test_every_rule_is_tried_here():
    names = {rule.name for rule in (*PAGE_RULES, *CHAPTER_RULES)}
    assert names == {case[2] for case in BROKEN}
    assert len(names) == len(PAGE_RULES) + len(CHAPTER_RULES)


@pytest.mark.parametrize(
    "sentence",
    [
        "{cite:t}`someone2020thing` measured {fact}`A031|bare` at {glue:text}`x` nm.",
        "The grid has 64 cores {cite:p}`someone2020thing`.",
        "In the 1990s it was longer {cite:p}`someone2020thing`.",
        "We take 12 nm here. The work of {cite:t}`someone2020thing` says nothing about it.",
        "A grid of 3 × 3, or $3 \\times 4$, {cite:p}`someone2020thing`. <!-- 12 nm -->",
    ],
)
def test_numbers_that_are_nobodys_measurement_are_let_pass(course, sentence):
    course.change("Nothing.", sentence)
    assert lint(course.root) == []


def test_a_line_is_excused_with_a_reason_and_only_where_it_needs_to_be(course):
    typed = "In 12 nm it is longer {cite:p}`someone2020thing`."
    course.change("Nothing.", f"{typed} <!-- lint: cited-number: the context of fact A031 -->")
    assert lint(course.root) == []
    course.change("Nothing.", f"{typed} <!-- lint: cited-number -->")
    (found,) = lint(course.root)
    assert (found.rule, "without a reason" in found.text) == ("excuse", True)
    course.change("Nothing.", "Little. <!-- lint: cited-number: the context of fact A031 -->")
    (found,) = lint(course.root)
    assert (found.rule, "nothing here" in found.text) == ("excuse", True)
    course.change("Nothing.", f"{typed} <!-- lint: typed-number: the context of fact A031 -->")
    assert rules_of(course) == {"cited-number", "excuse"}


def test_a_check_of_the_model_need_not_be_called_reproduced(course):
    course.change("## Published results, reproduced", "## Model check")
    assert lint(course.root) == []


def test_pages_that_are_no_chapters_need_no_sections(course):
    course.page.unlink()
    page = course.root / "book" / "notes.md"
    page.write_text("# Notes\n\nIt takes 3.2 pJ.\n")
    assert [finding.rule for finding in lint(course.root)] == ["typed-number"]


def test_paths_are_chosen_and_others_refused(course):
    (course.root / "book" / "notes.md").write_text("It takes 3.2 pJ.\n")
    assert lint(course.root, [course.page.parent]) == []
    assert len(lint(course.root, [course.root / "book"])) == 1
    with pytest.raises(ValueError, match=r"drawings.*neither a page"):
        lint(course.root, [course.root / "book" / "drawings"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("```{quiz} Four?", "````{quiz} Four?", "never closed"),
        ("```{quiz} Four?", "```{quiz} Is `four` right?", "does not open"),
        ("    name: fig-chart\n", "  name: [\n", "no YAML"),
    ],
)
def test_a_page_that_cannot_be_read_is_told_and_spoils_no_other(course, old, new, words):
    other = course.root / "book" / "notes.md"
    other.write_text("By {eq}`eq-other`.\n\n```{math}\n:label: eq-other\nx = 1\n```\n")
    course.change(old, new)
    (found,) = lint(course.root)
    assert found.rule == "markup"
    assert words in found.text
