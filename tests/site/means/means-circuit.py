"""A circuit, with a colour of ours and an identifier that another use must not repeat."""

import schemdraw.elements as elm
import style as s


def svg() -> str:
    with s.circuit() as drawing:
        elm.Resistor().label("$G_{11}$").color(s.WORD_LINE)
        elm.Ground()
    text = s.circuit_svg(drawing)
    return text.replace("</svg>", '<g id="means-circuit-end"><title>end</title></g></svg>')
