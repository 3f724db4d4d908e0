"""Each cause that a page gives for a simulated result has a control, and the control can fail."""

import json
from pathlib import Path

import numpy as np
import pytest
from controls import CONTROLS, HERE, Control, chapters

CHAPTERS = chapters()
PAGES = Path(__file__).parents[2] / "book"


def together(chapter: str) -> pytest.MarkDecorator:
    """Return the mark that keeps a chapter's runs in one process, which makes each run once."""
    return pytest.mark.xdist_group(f"causes of {chapter}")


CASES = [
    pytest.param(made, weights, id=f"{name} [{weights}]", marks=together(made.chapter))
    for name, made in CONTROLS.items()
    for weights in made.weights
]


def told(made: Control, with_: np.ndarray, without: np.ndarray) -> str:
    return (
        f"{made.page}: {made.claim}\n{made.quantity}: with the cause {with_}, "
        f"without it ({made.without}) {without}"
    )


@pytest.mark.parametrize(("made", "weights"), CASES)
def test_the_claim_needs_its_cause(made: Control, weights: str) -> None:
    with_, without = made.run(weights)
    assert made.shows(with_, without), told(made, with_, without)


@pytest.mark.parametrize(("made", "weights"), CASES)
def test_the_control_fails_with_the_cause_left_in(made: Control, weights: str) -> None:
    with_, _ = made.run(weights)
    assert not made.shows(with_, with_.copy()), told(made, with_, with_)


@pytest.mark.parametrize("chapter", [pytest.param(name, marks=together(name)) for name in CHAPTERS])
def test_the_page_of_claims_prints_what_the_controls_give(
    chapter: str, request: pytest.FixtureRequest
) -> None:
    made = [c for c in CONTROLS.values() if c.chapter == chapter]
    rows = [
        {
            "id": c.id,
            "page": c.page,
            "claim": c.claim,
            "without": c.without,
            "quantity": c.quantity,
            "values": {w: [v.tolist() for v in c.run(w)] for w in c.weights},
        }
        for c in made
    ]
    path = HERE / f"{chapter}.json"
    if request.config.getoption("--store", default=False):
        path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    stored = json.loads(path.read_text(encoding="utf-8"))
    hint = (
        "a constant, a draw or a control has changed, and with it what the page of claims prints: "
        "find out which; if that was meant, store them anew with "
        f"python -m pytest tests/causes -k {chapter} --store"
    )
    words = [{k: v for k, v in row.items() if k != "values"} for row in rows]
    assert [{k: v for k, v in row.items() if k != "values"} for row in stored] == words, hint
    for row, old in zip(rows, stored, strict=True):
        for weights, now in row["values"].items():
            before = np.array(old["values"][weights])
            # the last digits differ between processors, and with them, rarely, a decision
            off = 0.05 * max(np.abs(before).max(), 1e-300)
            np.testing.assert_allclose(now, before, atol=off, err_msg=f"{row['id']}: {hint}")


def test_every_control_stands_for_a_page_and_for_more_than_one_kind_of_weights() -> None:
    for made in CONTROLS.values():
        assert (PAGES / f"{made.page}.md").is_file(), f"{made.id}: there is no page {made.page}"
        assert len(made.weights) >= 2, f"{made.id}: {made.weights} is one kind"
        assert len(made.seeds) >= 3, f"{made.id}: {len(made.seeds)} seeds tell no spread"
