"""What copies of each other look like, what honest pairs do, and that no text stops the search."""

import json
import re
import tracemalloc

import numpy as np
import pytest
from honest import SOLUTION, STARTER, cells_of, disguised, notebook

from aimc_course.grading.similarity.comparison import LEAST, compare
from aimc_course.grading.similarity.documents import Document
from aimc_course.grading.similarity.literals import typed, typed_answers
from aimc_course.grading.similarity.passages import MOST_LINES, passages
from aimc_course.grading.similarity.tokens import MOST_WORDS, tokens


def words(*cells):
    return [token.word for token in tokens(cells)]


@pytest.mark.parametrize(
    "other",
    [
        "def g(a, b):\n    return np.sum(a * b, axis=0)",  # names
        "def f(x, y): return np.sum(x*y,axis=0)  # a comment",
        'def f(x, y):\n    """Words\n    more."""\n\n    return np.sum(\n  x * y,\n  axis=0,\n )',
        "def f(x, y):\n\treturn np . sum(x * y, \\\n axis=1);",
    ],
)
def test_names_comments_and_formatting_leave_the_words_alone(other):
    assert words(other) == words("def f(x, y):\n    return np.sum(x * y, axis=0)")


def test_what_a_name_is_reached_by_counts():
    assert words("np.sum(x)") != words("np.mean(x)")
    assert words("x = [1, 's']\n") == ["v", "=", "[", "n", ",", "s", "]"]
    assert words("check('q1', f)") != words("check(1, f)")


@pytest.mark.parametrize(
    "text",
    [
        "\x00" * 10_000,
        "(" * 200_000,
        "[[{(" * 50_000 + "]",
        '"""' * 99_999,
        "'''" + '"' * 99_999,
        "'\\" * 99_999,
        "\\" * 99_999,
        "-" * 200_000 + "1",
        "not " * 50_000,
        "lambda: " * 50_000,
        "rb" * 99_999 + "'",
        "1e" * 99_999,
        "." * 99_999,
        "def f(:\n\t return )" * 9_999,
        "\ud800\udfff\u202e" * 9_999,
        "x\n" * 99_999,
        "\r\n\f\v" * 9_999,
        "a" * 10_000_000,
        "a = 1; " * 1_500_000,
    ],
    ids=range(19),
)
def test_no_text_stops_the_search(base_code, text):
    cells = [text, "y = x", text[:5]]
    one, other = (Document.of(owner, cells, base_code.known) for owner in "ab")
    assert len(one.words) <= MOST_WORDS
    found = compare([one, other], base_code)
    assert len(found.similarities) == 1
    assert 0.0 <= found.similarities[0] <= 1.0
    for passage in passages(one, other):
        assert passage.one.text.count("\n") <= MOST_LINES
    typed(cells)


def test_only_so_much_of_a_notebook_is_read(base_code):
    tracemalloc.start()
    found = tokens(["x = 1\n" * 100_000] * 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == MOST_WORDS
    assert peak < 200e6
    assert not base_code.read("a", b"\x80 no notebook").words
    assert not base_code.read("a", json.dumps({"cells": [{"cell_type": "code"}]}).encode()).words


@pytest.mark.parametrize("seed", range(4))
def test_a_disguised_copy_stands_out_from_forty_honest_notebooks(base_code, class_of, seed):
    rng = np.random.default_rng(seed)
    cells = class_of(40, seed)
    cells.append(disguised(cells[3], rng))
    found = compare([base_code.read(str(k), notebook(c)) for k, c in enumerate(cells)], base_code)
    first = found.pairs[0]
    assert (first.one, first.other) == (3, 40)
    assert first.similarity > 0.7
    assert found.similarities.size == 41 * 40 / 2
    # One honest pair is expected beyond the threshold; more than four would be a rare class.
    assert len(found.pairs) <= 5
    assert np.median(found.similarities) < LEAST


def test_honest_classes_raise_few_alarms(base_code, class_of):
    pairs = []
    for seed in range(5, 11):
        documents = [base_code.read(str(k), notebook(c)) for k, c in enumerate(class_of(30, seed))]
        pairs.append(len(compare(documents, base_code).pairs))
    assert sum(pairs) <= 3 * len(pairs)


def test_untouched_copies_and_answers_that_all_write_alike_share_nothing(base_code, class_of):
    untouched = [base_code.read(str(k), STARTER) for k in range(12)]
    assert not compare(untouched, base_code).pairs
    cells = class_of(30)
    common = "def largest(x):\n    return np.max(np.abs(np.asarray(x).ravel()), initial=0.0)\n" * 2
    documents = [base_code.read(str(k), notebook([*c, common])) for k, c in enumerate(cells)]
    plain = [base_code.read(str(k), notebook(c)) for k, c in enumerate(cells)]
    assert compare(documents, base_code).pairs == compare(plain, base_code).pairs
    short = cells_of(STARTER)
    short.append("x = np.linalg.norm(W) / np.sqrt(W.size)\nprint(x)")
    assert not compare([base_code.read(str(k), notebook(short)) for k in range(2)], base_code).pairs


def test_two_who_paste_the_published_solution_resemble_it_and_not_each_other(base_code, class_of):
    cells = [
        *class_of(10),
        cells_of(SOLUTION),
        disguised(cells_of(SOLUTION), np.random.default_rng(1)),
    ]
    found = compare([base_code.read(str(k), notebook(c)) for k, c in enumerate(cells)], base_code)
    shares = [share.similarity for share in found.solution]
    assert min(shares[10:]) > 0.8
    assert max(shares[:10]) < 0.3
    assert (10, 11) not in {(p.one, p.other) for p in found.pairs}


def test_passages_show_lines_of_both_wherever_they_stand(base_code, class_of):
    one, other = class_of(2)
    taken = "def made(p, q):\n    r = np.fft.fft(p)[2:]\n    return r.real @ np.kron(q, q)[::3]\n"
    renamed = re.sub(r"\b([pqr])\b", r"\1_1", taken)
    one, other = [*one, taken], ["# first\n" + renamed, *other]
    documents = [base_code.read("a", notebook(one)), base_code.read("b", notebook(other))]
    found = passages(*documents, (base_code.starter, base_code.solution))
    shown = next(p for p in found if "np.fft" in p.one.text)
    assert shown.one.cell == len(one)
    assert (shown.other.cell, shown.other.line) == (1, 2)
    assert shown.one.text.startswith("def made(p, q):")
    assert found == sorted(found, key=lambda p: -p.words)


def test_nobody_and_one_are_compared_with_nobody(base_code):
    assert compare([], base_code).pairs == ()
    found = compare([base_code.read("a", SOLUTION)], base_code)
    assert found.similarities.size == 0
    assert found.solution[0].similarity == 1
    assert np.isnan(found.expected)


def test_typed_numbers_are_found_where_the_course_computes():
    cells = ['check("q5", [0.01, 2e-3])', "a = 0.25  # guess\ncheck('q6', a)", 'check("q8", 4096)']
    cells += [
        'b = 3\nc = b * 2\ncheck("q9", b)',
        'check("q7", f)',
        'check("q4", np.array([1.5, -2]))',
    ]
    assert typed(cells) == {
        "q5": "[0.01, 2e-3]",
        "q6": "0.25",
        "q8": "4096",
        "q4": "np.array([1.5, -2])",
    }
    solution = ['n = 2700\n\ncheck("q8", n)', 'check("q6", np.sqrt(x))']
    second = [cells[1].replace("0.25", "0.27"), cells[2]]
    found = {t.question: t.values for t in typed_answers([cells, second], solution)}
    assert found["q6"] == ("0.25", "0.27")
    assert "q8" not in found
