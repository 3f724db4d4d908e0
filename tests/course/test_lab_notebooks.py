"""The generator: copies are pure functions of their source and leak nothing to students."""

import nbformat
import pytest

from aimc_course.authoring.notebooks import (
    LabSourceError,
    build_labs,
    find_root,
    lab_sources,
    solution_copy,
    stale_copies,
    student_copy,
    written,
)

ANSWER = """def double(x):
    ### BEGIN SOLUTION
    secret = 2
    return secret * x
    ### END SOLUTION


check("q1", double)"""


def notebook(*cells):
    metadata = {"authors": [{"name": "someone"}]}
    return nbformat.from_dict(
        {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def code(text, **metadata):
    cell = nbformat.v4.new_code_cell(text, id=metadata.pop("id", "a-cell"), metadata=metadata)
    cell.outputs = [nbformat.v4.new_output("stream", text="secret output")]
    cell.execution_count = 3
    return cell


def text_of(copy):
    return [cell.source for cell in copy.cells]


def test_the_answer_becomes_a_stub_of_the_same_indent():
    (cell,) = text_of(student_copy(notebook(code(ANSWER))))
    assert cell == 'def double(x):\n    ...  # Your code here\n\n\ncheck("q1", double)'
    compile(cell, "cell", "exec")


def test_the_solution_keeps_the_answer_without_marks():
    (cell,) = text_of(solution_copy(notebook(code(ANSWER))))
    assert "secret = 2" in cell
    assert "###" not in cell
    compile(cell, "cell", "exec")


def test_stubs_of_the_source_are_used():
    source = notebook(
        code("### BEGIN SOLUTION\ny = 3\n### STUB y = ...  # in A\n### END SOLUTION\nprint(y)")
    )
    assert text_of(student_copy(source)) == ["y = ...  # in A\nprint(y)"]
    assert text_of(solution_copy(source)) == ["y = 3\nprint(y)"]


def test_instructor_cells_reach_the_solution_copy_alone():
    source = notebook(code("x = 1", id="a"), code("x = 2", id="b", tags=["instructor"]))
    assert text_of(student_copy(source)) == ["x = 1"]
    assert text_of(solution_copy(source)) == ["x = 1", "x = 2"]


def test_nothing_but_the_needed_metadata_survives():
    source = notebook(code("x = 1", tags=["keep"], trusted=True, scrolled=False))
    for copy in (student_copy(source), solution_copy(source)):
        assert "secret output" not in written(copy)
        assert copy.cells[0].metadata == {"tags": ["keep"]}
        assert copy.cells[0].execution_count is None
        assert sorted(copy.metadata) == ["kernelspec", "language_info"]
        assert copy.metadata.kernelspec.name == "python3"


def test_links_lead_to_the_same_files_from_the_copies():
    text = "[a](../book/x.md) ![b](expected/b.png) [c](02-next.ipynb) "
    text += "[d](https://example.org/e) [f](#g)"
    cell = nbformat.v4.new_markdown_cell(text, id="links")
    (student,) = text_of(student_copy(notebook(cell)))
    assert student == (
        "[a](../../book/x.md) ![b](../expected/b.png) [c](02-next.ipynb) "
        "[d](https://example.org/e) [f](#g)"
    )
    (solution,) = text_of(solution_copy(notebook(cell)))
    assert "[a](../../../book/x.md) ![b](../../../labs/expected/b.png)" in solution


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("### BEGIN SOLUTION\nx = 1", "without ### END"),
        ("x = 1\n### END SOLUTION", "outside of a solution"),
        ("### STUB x = ...", "outside of a solution"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside a solution"),
    ],
)
def test_broken_marks_are_refused_with_the_place(text, word):
    with pytest.raises(LabSourceError, match="cell 0") as caught:
        student_copy(notebook(code(text)))
    assert word in str(caught.value)


def test_cells_are_numbered_whatever_their_ids_in_the_source():
    nameless = code("x = 3")
    del nameless["id"]
    hidden = code("x = 2", tags=["instructor"])
    source = notebook(code("x = 1"), hidden, code("x = 2"), nameless)
    assert [cell.id for cell in student_copy(source).cells] == ["0", "1", "2"]
    assert [cell.id for cell in solution_copy(source).cells] == ["0", "1", "2", "3"]


@pytest.fixture
def course(tmp_path):
    (tmp_path / "labs").mkdir()
    (tmp_path / "pyproject.toml").touch()
    source = tmp_path / "labs" / "01-topic.ipynb"
    source.write_text(written(student_copy(notebook(code(ANSWER)))).replace("...  #", "x = 1 #"))
    return tmp_path


def test_building_twice_gives_the_same_bytes(course):
    first = {path: path.read_bytes() for path in build_labs(course)}
    for path in first:
        path.unlink()
    assert {path: path.read_bytes() for path in build_labs(course)} == first
    assert {path.parent.name for path in first} == {"student", "solution"}


def test_stale_missing_and_orphaned_copies_are_told(course):
    assert stale_copies(course) == ["labs/student/01-topic.ipynb is missing"]
    build_labs(course)
    assert stale_copies(course) == []
    copy = course / "labs" / "student" / "01-topic.ipynb"
    copy.write_text(copy.read_text().replace("x = 1", "x = 2"))
    assert "does not follow from its source" in stale_copies(course)[0]
    copy.rename(copy.with_name("09-gone.ipynb"))
    assert "labs/student/09-gone.ipynb has no source in labs" in stale_copies(course)


def test_the_root_is_found_from_below(course):
    assert find_root(course / "labs") == course
    assert [path.name for path in lab_sources(course)] == ["01-topic.ipynb"]


def test_a_file_that_is_no_notebook_is_named(course):
    for text in ("not a notebook", "{}"):
        (course / "labs" / "02-broken.ipynb").write_text(text)
        with pytest.raises(LabSourceError, match=r"02-broken\.ipynb"):
            build_labs(course)
