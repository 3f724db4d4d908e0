"""Where the energy of an analog tile goes, and what of its efficiency a system keeps."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    FAINT,
    OXIDE_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

from aimc.outlook.architectures import tile_energy_shares

WIDTH, HEIGHT = 446, 330
SHARES = tile_energy_shares()


def _percent(name: str) -> str:
    low, high = (100 * share for share in SHARES[name])
    return f"{low:.0f}–{high:.0f}%"


def svg() -> str:
    """Return the drawing: bars in the middle of the published ranges."""
    x, y, side = 72, 56, 150
    body = [
        label(x, 24, "one tile, 256 × 256", bold=True),
        box(x, y, side, side, fill=CRYSTAL_FILL, colour=CRYSTAL),
        box(x - 52, y, 44, side, fill=WORD_LINE_FILL, colour=WORD_LINE),
        label(x - 25, y + side / 2, "inputs", anchor="middle", colour=WORD_LINE, turn=-90),
        box(x, y + side + 8, side, 46, fill=BIT_LINE_FILL, colour=BIT_LINE),
        label(x + side / 2, y + side + 36, "output converters", anchor="middle", colour=BIT_LINE),
    ]
    for k in range(1, 6):
        body.append(line((x + 25 * k, y), (x + 25 * k, y + side), colour=FAINT, width=0.7))
        body.append(line((x, y + 25 * k), (x + side, y + 25 * k), colour=FAINT, width=0.7))
    body += [
        label(
            x + side / 2,
            y + 70,
            "memory array",
            anchor="middle",
            colour=CRYSTAL,
            bold=True,
            halo=True,
        ),
        label(x + side / 2, y + 90, "multiplies, adds", anchor="middle", colour=CRYSTAL, halo=True),
    ]
    left, width, top, tall = 268, 46, 56, 204
    encoding, array, rest = (sum(share) / 2 for share in SHARES.values())
    parts = (
        (encoding, BIT_LINE_FILL, BIT_LINE, "output encoding", _percent("output encoding")),
        (array, CRYSTAL_FILL, CRYSTAL, "memory array", _percent("memory array")),
        (rest, OXIDE_FILL, FAINT, "the rest", "what is left"),
    )
    body.append(label(left, 24, "its energy", bold=True))
    for share, fill, colour, name, much in parts:
        height = share * tall
        body.append(box(left, top, width, height, fill=fill, colour=colour))
        ink = colour if colour != FAINT else DIGITAL
        body.append(label(left + width + 8, top + height / 2 - 2, name, colour=ink))
        body.append(label(left + width + 8, top + height / 2 + 15, much, colour=ink))
        top += height
    body += [
        arrow((x + side + 6, y + side + 31), (left - 6, y + 110), colour=BIT_LINE),
        label(x - 52, 300, "One conversion serves a whole column: larger"),
        label(x - 52, 318, "tiles spread it over more products."),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
