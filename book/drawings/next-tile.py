"""Where the energy of an analog tile goes, and what of its efficiency a system keeps."""

import style as s

from aimc_course.studies.next_chips import tile_energy_shares

WIDTH, HEIGHT = 446, 330
SHARES = tile_energy_shares()


def _percent(name: str) -> str:
    low, high = (100 * share for share in SHARES[name])
    return f"{low:.0f}–{high:.0f}%"


def svg() -> str:
    """Return the drawing: bars in the middle of the published ranges."""
    x, y, side = 72, 56, 150
    body = [
        s.label(x, 24, "one tile, 256 × 256", bold=True),
        s.box(x, y, side, side, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.box(x - 52, y, 44, side, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE),
        s.label(x - 25, y + side / 2, "inputs", "middle", colour=s.WORD_LINE, turn=-90),
        s.box(x, y + side + 8, side, 46, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE),
        s.label(x + side / 2, y + side + 36, "output converters", "middle", colour=s.BIT_LINE),
    ]
    for k in range(1, 6):
        body.append(s.line((x + 25 * k, y), (x + 25 * k, y + side), colour=s.FAINT, width=0.7))
        body.append(s.line((x, y + 25 * k), (x + side, y + 25 * k), colour=s.FAINT, width=0.7))
    body += [
        s.label(
            x + side / 2, y + 70, "memory array", "middle", colour=s.CRYSTAL, bold=True, halo=True
        ),
        s.label(x + side / 2, y + 90, "multiplies, adds", "middle", colour=s.CRYSTAL, halo=True),
    ]
    left, width, top, tall = 268, 46, 56, 204
    encoding, array, rest = (sum(share) / 2 for share in SHARES.values())
    parts = (
        (encoding, s.BIT_LINE_FILL, s.BIT_LINE, "output encoding", _percent("output encoding")),
        (array, s.CRYSTAL_FILL, s.CRYSTAL, "memory array", _percent("memory array")),
        (rest, s.OXIDE_FILL, s.FAINT, "the rest", "what is left"),
    )
    body.append(s.label(left, 24, "its energy", bold=True))
    for share, fill, colour, name, much in parts:
        height = share * tall
        body.append(s.box(left, top, width, height, fill=fill, colour=colour))
        ink = colour if colour != s.FAINT else s.METAL
        body.append(s.label(left + width + 8, top + height / 2 - 2, name, colour=ink))
        body.append(s.label(left + width + 8, top + height / 2 + 15, much, colour=ink))
        top += height
    body += [
        s.arrow((x + side + 6, y + side + 31), (left - 6, y + 110), colour=s.BIT_LINE),
        s.label(x - 52, 300, "One conversion serves a whole column: larger"),
        s.label(x - 52, 318, "tiles spread it over more products."),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
