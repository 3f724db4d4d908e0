"""A letter with an index is set as one in every text of a chart."""

import matplotlib.text

from aimc.plots import Bars, Chart, Line, Points, Rule, draw


def test_indices_are_lowered_wherever_they_stand() -> None:
    marks = (
        Line((1.0, 2.0), (1.0, 2.0), "σ_R"),
        Points((1.0,), (1.0,), "seen", names=("V_th",)),
        Rule(1.5, "I_max"),
    )
    charts = [
        Chart("G_max of two devices", "t_0 (s)", "x_max", marks),
        Chart("bars", "", "", (Bars(("G_T", "plain"), (1.0, 2.0)),)),
    ]
    figure = draw(charts)
    figure.canvas.draw()
    texts = [text.get_text() for text in figure.findobj(matplotlib.text.Text)]
    assert [text for text in texts if "_" in text and "mathregular" not in text] == []
    for letter in ("G_{max}", "t_{0}", "x_{max}", "σ_{R}", "V_{th}", "I_{max}", "G_{T}"):
        assert any(letter in text for text in texts), letter
    assert any(text.endswith(" of two devices") for text in texts)


def test_names_of_code_stay_as_they_are() -> None:
    figure = draw(Chart("read_noise and g_max_of_all", "", "", (Line((0.0,), (0.0,)),)))
    assert figure.axes[0].get_title(loc="left") == "read_noise and g_max_of_all"
