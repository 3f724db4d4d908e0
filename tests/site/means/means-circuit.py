"""A circuit, with a colour of ours and an identifier that another use must not repeat."""

import schemdraw.elements as elm
from style import WORD_LINE, circuit, circuit_svg


def svg() -> str:
    with circuit() as drawing:
        elm.Resistor().label("$G_{11}$").color(WORD_LINE)
        elm.Ground()
    text = circuit_svg(drawing)
    return text.replace("</svg>", '<g id="means-circuit-end"><title>end</title></g></svg>')
