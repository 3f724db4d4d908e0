"""Models of the ecosystem go on cores without a word of glue, or say what is in the way."""

import json
import warnings

import pytest

torch = pytest.importorskip("torch")
families = pytest.importorskip("model_families")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

import aimc  # noqa: E402

STORED = {
    f"{row['library']}/{row['family']}": row
    for row in json.loads(families.STORED.read_text())["families"]
}
CONVERTED = [name for name in families.FAMILIES if name not in families.REFUSED]


def made(name: str):
    library, family = families.FAMILIES[name]
    pytest.importorskip(library, reason=f"{library} is not installed: pip install 'aimc[models]'")
    return families.make(library, family)


@pytest.mark.parametrize("name", CONVERTED)
def test_ideal_cores_compute_what_torch_does(name: str) -> None:
    found = families.measure(*families.FAMILIES[name], made(name))
    assert found.difference < 1e-5
    assert found.share >= 0.9
    stored = STORED[name]
    assert stored["matrices"] == found.matrices
    assert stored["digital"] == list(found.digital)


def test_the_table_of_the_book_has_every_family() -> None:
    assert list(STORED) == CONVERTED
    shown = families.SHOWN.read_text(encoding="utf-8")
    assert shown == families.table(json.loads(families.STORED.read_text()))
    assert len(families.FAMILIES) >= 60


@pytest.mark.parametrize("name", families.REFUSED)
def test_what_does_not_go_on_cores_is_named_with_the_way_out(name: str) -> None:
    model, inputs = made(name)
    model.eval()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", analog.LeftDigitalWarning)
        converted = analog.convert(model, aimc.presets.ideal)
    said = [str(each.message) for each in caught]
    analog.program(converted)
    with torch.no_grad():
        try:
            converted(*inputs.pop("args", ()), **inputs)
        except analog.NotConvertibleError as error:
            said.append(str(error))
    assert any(families.REFUSED[name] in each and "skip" in each for each in said)
