"""The explorer of the mapping chapter."""

import json

import pytest

from aimc_course.explorers.chip.pipeline import NETWORKS, PIPELINE


@pytest.mark.parametrize("network", list(NETWORKS))
@pytest.mark.parametrize("copies", [1, 16])
@pytest.mark.parametrize("share", [False, True])
def test_every_corner_answers_in_json(network: str, copies: int, share: bool) -> None:
    for inferences in (1, 8):
        answer = PIPELINE.answer(network=network, copies=copies, share=share, inferences=inferences)
        values = json.loads(json.dumps(answer.as_json(), allow_nan=False))["values"]
        assert values["latency"] >= values["interval"] * 0.999 or share
        assert values["fits"] == (values["cores"] <= 64)
        assert sum(values["energies"].values()) == pytest.approx(values["energy"])
        assert answer.sentence.endswith(".")
        assert "4-phase read" in answer.sentence
        assert len(answer.charts) == 3
        gantt = answer.charts[0].marks[0].values  # type: ignore[union-attr]
        seen = {value for row in gantt for value in row}
        assert set(range(1, inferences + 1)) <= seen


def test_copies_even_out_the_reads() -> None:
    once, four = (PIPELINE.answer(copies=c).values for c in (1, 4))
    assert four["copies"] == {
        "conv1": 4, "conv2": 4, "conv3": 1, "conv4": 1, "conv5": 1,
        "conv6": 1, "conv7": 1, "conv8": 1, "dense": 1,
    }  # fmt: skip
    assert once["cores"] == 40
    assert four["cores"] == 49
    assert once["interval"] > 3.5 * four["interval"]
    assert four["bottleneck"] == "conv5"  # its values take longer to leave than a read


def test_sharing_saves_cores_and_costs_time() -> None:
    apart, shared = (PIPELINE.answer(share=s).values for s in (False, True))
    assert shared["cores"] < apart["cores"]
    assert shared["interval"] > apart["interval"]


def test_copies_do_not_help_what_waits_for_itself() -> None:
    one, many = (PIPELINE.answer(network="LSTM, captions", copies=c).values for c in (1, 16))
    assert one == many
    assert one["cores"] == 64
