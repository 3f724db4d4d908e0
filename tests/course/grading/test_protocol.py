"""What crosses the border is what it was, and nothing but plain data crosses."""

import json
import math

import numpy as np
import pytest

from aimc_course.grading.worker.protocol import (
    Border,
    ProtocolError,
    dumps,
    loads,
    passable,
    tidy_name,
)
from aimc_course.labs.catalogue import folders

VALUES = [
    *(None, True, False, 0, -7, 2**53 + 1, 3.0, -0.0, 1e-300, math.inf, 2j, "é\ud800", Ellipsis),
    *([1, [2.0, (3,)]], {"conv1": 2, 3: [4.0]}, (), [], {}),
    *(np.float64(3.0), np.int64(3), np.bool_(True), np.float32(0.1)),
]
ARRAYS = [
    np.arange(6.0).reshape(2, 3).T, np.zeros((0, 3)), np.array(5), np.array([True, False]),
    np.array([1, 2], dtype=">i4"), np.array([1 + 2j]), np.array([0.1], dtype=np.float16),
    np.array([np.nan, np.inf]), np.arange(4, dtype=np.uint8),
]  # fmt: skip


def over(value):
    return Border().decode(loads(dumps(Border().encode(value))))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_keep_type_and_value(value):
    got = over(value)
    assert type(got) is type(value)
    assert repr(got) == repr(value)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_arrays_keep_kind_shape_and_numbers(array):
    got = over(array)
    assert got.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(got, array)
    assert got.flags.writeable


def test_a_tensor_that_knows_its_gradient_arrives_as_its_numbers():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

        def detach(self):
            return self

        def cpu(self):
            return np.array([1.0, 2.0])

    np.testing.assert_array_equal(over(Tensor()), [1.0, 2.0])


def test_subclasses_arrive_as_what_they_stand_on():
    class Number(float):
        pass

    class Matrix(np.ndarray):
        pass

    assert type(over(Number(2.0))) is float
    assert type(over(np.ones(3).view(Matrix))) is np.ndarray


def test_what_is_not_plain_is_named_and_no_more():
    class Secret:
        def __init__(self):
            self.number = 3

    got = over(Secret())
    assert type(got).__name__ == "Secret"
    assert not hasattr(got, "number")


def test_functions_cross_as_handles():
    here = Border()
    node = here.encode([math.sqrt, lambda x: x])
    there = Border(proxy=lambda handle, name: (handle, name))
    assert there.decode(node) == [(0, "sqrt"), (1, "function")] or there.decode(node)[0] == (
        0, "sqrt",
    )  # fmt: skip
    assert here.kept[0] is math.sqrt
    with pytest.raises(ProtocolError):
        Border().decode(node)


FORGED = [
    '"text"', "1.5", "{}", '{"z": 1}', '{"f": "one"}', '{"f": []}', '{"i": "0xzz"}', '{"l": 3}',
    '{"a": ["<f8", [2], "AAAA"]}', '{"a": ["<f8", [-1], ""]}', '{"a": ["|O", [0], ""]}',
    '{"a": ["<f8", [1048576, 1048576], ""]}', '{"a": ["<f8", "11", ""]}',
    '{"a": ["<f8", [1.5], ""]}',
    '{"a": ["|b1", [1], "Ag=="]}', '{"n": ["<f8", [1], "AAAAAAAAAAA="]}', '{"s": "???"}',
    '{"d": [[{"l": []}, 1]]}', '{"d": [[1]]}', '{"fn": [0, "f"]}', '{"ob": [0, "devices"]}',
    '{"c": ["1"]}', "1" + "0" * 50, '{"l":[' * 200 + "]}" * 200,
]  # fmt: skip


@pytest.mark.parametrize("text", FORGED, ids=lambda t: t[:30])
def test_forged_data_is_refused(text):
    with pytest.raises(ProtocolError):
        Border().decode(loads(text.encode()))


@pytest.mark.parametrize("text", ["[" * 10**6, "NaN", "Infinity", "1e999", "{", "\xff", "1" * 5000])
def test_what_is_no_json_is_no_message(text):
    with pytest.raises(ProtocolError):
        loads(text.encode("latin1"))


def test_too_many_parts_are_refused_on_both_sides():
    with pytest.raises(ProtocolError):
        Border().decode({"l": [0] * 200_001})
    deep = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ProtocolError):
        Border().encode(deep)


def test_a_message_of_more_parts_than_memory_holds_is_refused_unread():
    short = b"[" + b"0," * 1_300_000 + b"0]"
    with pytest.raises(ProtocolError, match="too many parts"):
        loads(short)
    assert len(loads(b"[" + b"0," * 1000 + b"0]")) == 1001


def test_what_cannot_be_handed_on_becomes_a_word():
    assert passable([1, {"f": "0x1p+0"}]) == [1, {"f": "0x1p+0"}]
    assert passable(float("inf")) == {"x": "nest"}
    deep = json.loads("[" * 900 + "]" * 900)
    assert passable(deep) is deep


@pytest.mark.parametrize("name", ["", "a b", "<script>", "x" * 61, "é", None, 3])
def test_names_are_plain(name):
    assert tidy_name(name) == "function"


def test_right_answers_of_all_labs_cross_unchanged():
    assert len(folders()) >= 9
    from aimc_answers.catalogue import find

    for name in ("lab-1", "lab-3", "lab-6", "lab-9"):
        for question in find(name).questions:
            answer = question.right_answer(5)
            if callable(answer):
                continue
            np.testing.assert_equal(over(answer), answer)
            assert question.verdict(over(answer), 5).right, (name, question.id)


def test_a_dictionary_of_many_keys_is_refused_before_it_is_made():
    pairs = [[k * (2**61 - 1), 0] for k in range(90_000)]
    with pytest.raises(ProtocolError, match="1000 entries"):
        Border().decode({"d": pairs})
    few = {k * (2**61 - 1): 0 for k in range(1000)}
    assert Border().decode(Border().encode(few)) == few
