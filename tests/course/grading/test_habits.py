"""Ordinary habits of people who write notebooks cost no points."""

import pytest

from aimc_course.grading import Grader, Limits

# What stands before the cells of a notebook with three right answers, and how each cell is changed.
BEFORE = {
    "plots in the page": "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
    "an extension": "%load_ext autoreload\n%autoreload 2",
    "a package": "!pip install -q numpy\n%pip install -q numpy",
    "a package in a block": "try:\n    import numpy\nexcept ImportError:\n    !pip install numpy",
    "files caught": "files = !ls\nassert len(files) == 0",
    "magic caught": "history = %who_ls\nprint(history)",
    "help": "np.linalg.norm?\n?np.linalg\nnp.sum??",
    "a timed assignment": "%time size = 64 * 64\nassert size == 4096",
    "a timed call": "for k in range(2):\n    %time print(k)",
    "many runs of a line": "%timeit np.ones(3)\n%%timeit",
    "a remainder over two lines": "%matplotlib inline\nassert (7\n    % 4) == 3",
    "a text that looks like magic": (
        "%matplotlib inline\ntext = '''\n%time x\n'''\nassert '%time' in text"
    ),
    "an await": "import asyncio\nawait asyncio.sleep(0)\nvalue = await asyncio.sleep(0, 5)",
    "an await in a comprehension": "import asyncio\n[await asyncio.sleep(0, k) for k in range(3)]",
    "the shell": "shell = get_ipython()\nshell.run_line_magic('matplotlib', 'inline')",
    "the shell, if there is one": "if get_ipython() is not None:\n    get_ipython().system('ls')",
    "a display": "display(np.ones(2))\nnp.ones(2)",
    "a semicolon": "np.ones(2);",
    "a comment first": "# %%time\nsize = 1",
    "a style": "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 120\nplt.plot([1]);",
    "an error left standing": "undefined_name",
    "indentation": "\n    # all of it\n    n = 3\n    if n:\n        n += 1\n    assert n == 4",
    "prompts": ">>> n = 3\n>>> for k in range(2):\n...     n += k\n...\n>>> assert n == 4",
    "commands over two lines": (
        "!echo a \\\n    b\nfiles = !ls \\\n    -l\nassert files == []\n%config a \\\n    = 3"
    ),
    "the source of a function": (
        "import inspect\n\ndef one():\n    return 1\n"
        "assert inspect.getsource(one) == 'def one():\\n    return 1\\n'"
    ),
    "pickle": (
        "import pickle, __main__\nclass Kept:\n    size = 1\n"
        "assert pickle.loads(pickle.dumps(Kept())).size == 1\nassert __main__.Kept is Kept"
    ),
    "a pool of processes": (
        "from multiprocessing import Pool\ndef square(n):\n    return n * n\n"
        "with Pool(2) as pool:\n    assert pool.map(square, [3]) == [9]"
    ),
    "copies of the lab": (
        "import copy, pickle\nlab = copy.deepcopy({'lab': lab})['lab']\n"
        "lab = pickle.loads(pickle.dumps(copy.copy(lab)))\nassert lab.serial == 12\n"
        "check = lab.check"
    ),
    "annotations": "def same(n: int):\n    return n\nassert same.__annotations__ == {'n': int}",
    "Colab": (
        "try:\n    import google.colab\nexcept ImportError:\n    raise\n"
        "from google.colab import drive, files\nfrom google.colab.output import clear\n"
        "drive.mount('/content/drive')\nclear()\nimport google.colab.userdata as secrets"
    ),
    "the page's own Python": (
        "import piplite, micropip\nawait piplite.install(['aimc'])\n"
        "await micropip.install('aimc', keep_going=True)"
    ),
    "another module that is not there": (
        "for name in ('google.cloud', 'pipfile'):\n    try:\n        __import__(name)\n"
        "    except ModuleNotFoundError:\n        continue\n    raise ValueError(name)"
    ),
    "an exit at the end of a try": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass",
}


@pytest.mark.parametrize("first", ["%%time\n", "%%capture\n", "\n%%time\n", "%%capture out\n"])
def test_magic_above_a_cell_leaves_what_the_cell_does(first, graded, lab2):
    marks = graded(first + lab2.error, first + lab2.quantise, first + lab2.count)
    assert lab2.points(marks) == (2, 3, 1)


@pytest.mark.parametrize("group", range(4))
def test_habits_before_the_answers(group, graded, lab2):
    cells = list(BEFORE.items())[group::4]
    marks = graded(*(source for _, source in cells), lab2.error, lab2.quantise, lab2.count)
    assert lab2.points(marks) == (2, 3, 1), [name for name, _ in cells]


@pytest.mark.parametrize("name", [name for name in BEFORE if name != "an error left standing"])
def test_a_habit_in_the_cell_of_an_answer(name, graded, lab2):
    marks = graded(f"{BEFORE[name]}\n{lab2.count}")
    assert lab2.points(marks) == (0, 0, 1), marks.notes


def test_what_is_imported_from_the_future_holds_in_later_cells(graded, lab2):
    later = "def size(n: undefined):\n    return 4096\ncheck('q8', size(1))"
    assert lab2.points(graded("from __future__ import annotations", "1", later)) == (0, 0, 1)


def test_the_last_value_has_a_name(graded, lab2):
    assert lab2.points(graded("64 * 64", "size = 1\nNone", "check('q8', _)")) == (0, 0, 1)
    assert lab2.points(graded("_ = 4096", "3", "check('q8', _)")) == (0, 0, 1)


def test_what_is_captured_is_silent(graded, lab2):
    first = "%%capture --no-stderr out\nprint(3)"
    marks = graded(first, "out.show()\nout()\nassert out.stdout == ''\n" + lab2.count)
    assert lab2.points(marks) == (0, 0, 1)


# What a cell says before PyTorch works with several threads, and what a function says later.
THREADS = {
    "named": ("import torch", "torch.set_num_threads"),
    "by itself": (
        "import torch\nfrom torch import set_num_threads, set_num_interop_threads as torch_between",
        "set_num_threads",
    ),
    "in a function": ("import torch", "from torch import set_num_threads\n    set_num_threads"),
    "by variables": (
        "import os\nos.environ['OMP_NUM_THREADS'] = '3'\nimport torch",
        "os.environ['OMP_NUM_THREADS'] = '4'\n    torch.set_num_threads",
    ),
}


@pytest.mark.parametrize("case", THREADS)
def test_pytorch_with_several_threads_answers(case, sandbox, lab2):
    before, inside = THREADS[case]
    function = f"""
{before}
torch.set_num_threads(3)
a = torch.rand(300, 300)
a @ a
def mvm_error(y, exact):
    torch.set_num_interop_threads(2)
    {inside}(2)
    a @ a
    {"torch_between(2)" if "between" in before else ""}
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", mvm_error)
"""
    with Grader("lab-2", lab2.key, sandbox, Limits()) as grader:
        marks = grader.grade(
            lab2.written(lab2.start, function), student="ada", serial=12, questions=("q1",)
        )
    assert marks.points == marks.max_points, marks.mark("q1").message


# What a cell assigns to SERIAL, what it is then in a notebook run with 12, and what the note names.
SERIALS = {
    "SERIAL = 12": (12, ""),
    "SERIAL = 7": (12, "SERIAL = 7"),
    "(SERIAL) = 7": (12, "SERIAL = 7"),
    "SERIAL: int = 7": (12, "SERIAL = 7"),
    "SERIAL: int": (12, ""),
    "SERIAL, n = 7, 4096\nassert n == 4096": (12, "SERIAL = 7"),
    "[n, (SERIAL, k)] = [1, (12, 2)]\nassert (n, k) == (1, 2)": (12, ""),
    "*n, SERIAL = 1, 7\nassert n == [1]": (12, "SERIAL = 7"),
    "SERIAL, n = divmod(4103, 512)\nassert n == 7": (12, "SERIAL, n = divmod(4103, 512)"),
    "n = [SERIAL, k] = *[7], 3\nassert (n, k) == ((7, 3), 3)": (12, "n = [SERIAL, k] = (*[7], 3)"),
    "*SERIAL, n = 7, 4096\nassert n == 4096": (12, "*SERIAL, n = (7, 4096)"),
    "n = {}\nn[SERIAL] = 3\nassert n == {12: 3}": (12, ""),
    "n = (SERIAL := 7) + 1\nassert n == 13": (12, "SERIAL = 7"),
    "if SERIAL := int('7'):\n    pass": (12, "SERIAL = int('7')"),
    "SERIAL += 1": (12, "SERIAL += 1"),
    "SERIAL = int('12')": (12, "SERIAL = int('12')"),
    "try:\n    SERIAL = 7\nexcept ValueError:\n    raise": (12, "SERIAL = 7"),
    "def chip(k):\n    SERIAL = 12 + k\n    return SERIAL\nassert chip(3) == 15": (12, ""),
    "chip = lambda k: (SERIAL := k)\nassert chip(3) == 3": (12, ""),
    "class Chip:\n    SERIAL = 7\nassert Chip.SERIAL == 7": (12, ""),
}


@pytest.mark.parametrize("source", SERIALS)
def test_the_serial_number_of_a_notebook_is_set(source, graded, lab2):
    serial, said = SERIALS[source]
    marks = graded(
        f"{source}\nassert SERIAL == {serial}\n{lab2.count}", start=lab2.start.replace("7", "12")
    )
    assert lab2.points(marks) == (0, 0, 1)
    assert list(marks.notes) == ([f"cell 2 says {said}; it was run with 12"] if said else [])


OTHER_SERIALS = {
    "for k in range(3):\n    SERIAL = 12 + k": "14",
    "for SERIAL in (1, 2):\n    pass": "2",
    "def chip():\n    global SERIAL\n    SERIAL = 9\nchip()": "9",
    "globals()['SERIAL'] = 9": "9",
    "from os import name as SERIAL": "posix",
}


@pytest.mark.parametrize("source", OTHER_SERIALS)
def test_a_serial_number_that_a_cell_leaves_behind_is_set_back(source, graded, lab2):
    start = lab2.start.replace("7", "12")
    marks = graded(source, f"assert SERIAL == 12\n{lab2.count}", start=start)
    assert lab2.points(marks) == (0, 0, 1)
    left = f"cell 2 leaves SERIAL = {OTHER_SERIALS[source]}; later cells were run with 12"
    assert list(marks.notes) == [left]


def test_a_lab_that_is_started_with_another_serial_number_is_noted(graded, lab2):
    marks = graded(lab2.count, start=lab2.start.replace("serial=SERIAL", "serial=99"))
    assert lab2.points(marks) == (0, 0, 1)
    assert "cell 1 starts the lab with 99; it was run with 12" in marks.notes


def test_an_answer_counts_as_it_was_when_it_was_handed_in(graded, lab2):
    later = "\nmvm_error = None\n\ndef norm_of(y):\n    return 0\nnp.linalg.norm = norm_of"
    array = "value = np.array(4096.0)\ncheck('q8', value)\nvalue *= 1e6  # for a plot"
    assert lab2.points(graded(lab2.error + later, array)) == (2, 0, 1)


def test_the_last_of_several_answers_counts(graded, lab2):
    tries = "for guess in (1, 2, 4096):\n    check('q8', guess)"
    wrong_first = lab2.error.replace("/ np", "* np") + lab2.error
    assert lab2.points(graded(wrong_first, tries)) == (2, 0, 1)
    wrong_last = lab2.error + lab2.error.replace("/ np", "* np")
    assert lab2.points(graded(wrong_last, tries + "\ncheck('q8', 0)")) == (0, 0, 0)


def test_answers_handed_in_a_hundred_times_leave_no_crowd_of_processes(graded, lab2):
    often = f"for k in range(100):\n    {lab2.error.strip().replace(chr(10), chr(10) + '    ')}"
    crowd = "import os\nassert sum(p.isdigit() for p in os.listdir('/proc')) < 12"
    marks = graded(often, crowd, lab2.count)
    assert lab2.points(marks) == (2, 0, 1)
    assert not any("AssertionError" in note for note in marks.notes)
