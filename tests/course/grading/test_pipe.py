"""Attacks on the pipe between a worker and the grader: what comes over it is only data."""

import pytest

# Finds the worker's own channel and writes to it: the student's process may say what it likes.
TAKEN = """
import gc, os, struct, json
from aimc_course.grading.worker.stream import Stream
stream = next(o for o in gc.get_objects() if isinstance(o, Stream) and o._ends)
def say(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    os.write(stream._sink, struct.pack(">I", len(data)) + data)
def raw(data):
    while data:
        data = data[os.write(stream._sink, data):]
"""
FORGED = '{"op": "reply", "id": "0", "answers": {"q1": 1, "q2": 1, "q8": 4096, "q99": 1}}'
VERDICT = '{"op": "verdict", "share": 1.0, "message": "Right.", "slip": null}'
RIGHT = """
def mvm_error(y, exact):
    {attack}
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", mvm_error)
"""

IN_CELLS = {
    "a reply ahead": f"say({FORGED!r}.encode())",
    "a verdict": f"say({VERDICT!r}.encode())",
    "no message": "say(b'[[[')",
    "a hundred megabytes": "raw(b'\\x06\\x00\\x00\\x00' + b'x' * 100 * 2**20)",
    "two million brackets": "say(b'[' * 2_000_000)",
    "half a message": "raw(b'\\x00\\x00')\nimport time\ntime.sleep(60)",
    "a trickle": "import time\nwhile True:\n    raw(b'\\x00')\n    time.sleep(0.2)",
    "a list": "say([1, 2, 3])",
    "closes its end": "os.close(stream._sink)",
    "the channel of its parent": "os.kill(os.getppid(), 9)",
}


@pytest.mark.parametrize("name", IN_CELLS)
def test_an_attack_in_a_cell_costs_that_cell(name, graded, lab2):
    marks = graded(lab2.error, TAKEN + IN_CELLS[name], lab2.quantise, lab2.count)
    assert lab2.points(marks) == (2, 3, 1)
    assert any("cell 3" in note for note in marks.notes) or name == "the channel of its parent"


IN_CALLS = {
    "a result ahead": 'say({"op": "reply", "id": "0", "value": {"f": "0x1p+0"}})',
    "a use of nothing": 'say({"op": "use", "id": "0", "object": 0, "method": "judge", "args": []})',
    "a nested value": 'say(b\'{"op":"reply","id":"0","value":\' + b\'{"l":[\' * 10**5)',
    "an own channel": "os.close(next(o for o in gc.get_objects() if isinstance(o, Stream) and o "
    "is not stream)._sink)",
}


@pytest.mark.parametrize("name", IN_CALLS)
def test_an_attack_in_a_call_costs_that_question(name, graded, lab2):
    cell = TAKEN + RIGHT.format(attack=IN_CALLS[name])
    marks = graded(cell, lab2.quantise, lab2.count)
    assert lab2.points(marks) == (0, 3, 1)
    assert "ended its process" in marks.mark("q1").message


FORGERIES = {
    "a shape without data": '{"a": ["<f8", [1000000], ""]}',
    "a dtype of objects": '{"a": ["|O", [1], "AAAAAAAAAAA="]}',
    "a negative shape": '{"a": ["<f8", [-1], "AAAAAAAAAAA="]}',
    "an integer of many digits": '{"i": "0x' + "f" * 10**5 + '"}',
    "a deep list": '{"l":[' * 5000 + "0" + "]}" * 5000,
    "many parts": '{"l":[' + "0," * 300_000 + "0]}",
    "an unhashable key": '{"d": [[{"l": []}, 1]]}',
    "a bare text": '"4096"',
    "a bare float": "4096.0",
    "a handle out of range": '{"fn": [99999, "f"]}',
    "a name that is none": '{"x": "__import__(1)"}',
    "an infinite constant": "Infinity",
}


# The worker's own encoder is replaced: what it sends for every answer is the forgery.
FORGE = """
import gc, aimc_course.grading.worker.stream as stream_module
worker = next(o for o in gc.get_objects() if type(o).__name__ == "Worker")
type(worker)._encoded = lambda self, answer: {{"x": "FORGED"}}
plain, forged = stream_module.dumps, {forged!r}.encode()
stream_module.dumps = lambda m: plain(m).replace(b'{{"x":"FORGED"}}', forged)
"""


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_data_is_no_answer(name, graded, lab2):
    marks = graded(FORGE.format(forged=FORGERIES[name]), lab2.error, lab2.count)
    assert lab2.points(marks) == (0, 0, 0)


def test_a_worker_that_reads_no_more_harms_itself_alone(graded, lab2):
    marks = graded(lab2.error, TAKEN + "os.close(stream.source)", lab2.quantise)
    assert lab2.points(marks) == (0, 0, 0)
    assert lab2.points(graded(lab2.error)) == (2, 0, 0)
