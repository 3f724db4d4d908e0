"""A failed comparison with a published number says which fact, which file and which page."""

import re

import pytest
from fact_places import described, facts_of, identifiers

from aimc.published import fact

pytestmark = pytest.mark.native("it looks at the source, not at the wheel")


def test_ranges_of_facts_name_all_of_them():
    assert identifiers("(facts B013-B015, A061), A110 to A112") == [
        *("B013", "B014", "B015", "A061", "A110", "A111", "A112")
    ]
    assert identifiers("page A4, 2019, E+003, R06") == []


def test_read_noise_of_a_preset_is_found_in_table_model_and_page():
    text = described(fact("B019"))
    for place in ("tables/b_devices.toml:", "src/aimc/devices/pcm.py:", "book/models.md:"):
        assert place in text


def test_pages_that_compute_with_a_number_are_named_with_how_to_find_them_all():
    text = described(fact("B019"))
    assert "book/1-concepts/02-ohm-and-kirchhoff.md" in text
    assert re.search(r"git grep -lP '.*pcm_hermes.*presets\\\.hermes", text)
    assert "reram_wan2022" in described(fact("B043"))
    assert "no function names it" in described(fact("C006"))


@pytest.mark.parametrize("identifier", ["A061", pytest.param("A062", id="A062")])
def test_a_test_names_the_facts_of_its_parameters_and_of_its_lines(request, identifier):
    assert [known.id for known in facts_of(request.node)] == [identifier, "B019"]


def test_a_test_without_facts_names_those_of_the_result_that_its_file_reproduces(request):
    class Item:
        path = request.path.with_name("test_r04_weight_error.py")

    assert [known.id for known in facts_of(Item)] == ["A074", "A075", "B013", "B014"]
