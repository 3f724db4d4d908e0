"""Time and energy of a token of today's machine, by the memories that serve the block at work."""

import style as s

from aimc_course.studies.roadmap import H100, Roadmap, decoder_7b, today

WIDTH, HEIGHT = 446, 414
USERS = (1, 128)
FREE = {"link_time": 1e-30, "link_energy": 1e-30}
CASES: tuple[tuple[str, dict[str, float]], ...] = (
    ("its own", {}),
    ("a tenth more", {"borrowed_share": 0.1}),
    ("all", {"borrowed_share": 1.0}),
    ("all, free links", {"borrowed_share": 1.0, **FREE}),
)
"""Words, and the constants that change."""
Kinds = tuple[tuple[str, str, str], ...]
TIMES: Kinds = (
    ("stages", s.CRYSTAL, s.CRYSTAL_FILL),  # cores and what lies between them
    ("keys, values", s.DRAM, s.DRAM_FILL),
    ("links", s.METAL, s.METAL_FILL),
    ("queue", s.FAINT, s.OXIDE_FILL),
)
ENERGIES: Kinds = (
    ("all that waits", s.HEATER, s.HEATER_FILL),
    ("attention", s.DIGITAL, s.DIGITAL_FILL),
    ("cores, hardly any", s.CRYSTAL, s.CRYSTAL_FILL),
)
TIME_AT, ENERGY_AT = 114.0, 290.0  # px: where the bars begin
PER_TIME, PER_ENERGY = 0.215, 16.0  # px: a microsecond, the energy of an H100
TOP, STEP, THICK, GROUP = 204.0, 19.0, 13.0, 98.0


def bars(users: int, changes: dict[str, float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the parts of the time, µs, and of the energy, over that of an H100."""

    def waits(batch: int = 1, context: float = 2048, **more: float) -> float:
        asked = Roadmap(decoder_7b(context), H100, batch, today())
        return 1e6 * float(asked.middle(**{**changes, **more}).analog.interval[0])

    stages, alone, whole = waits(context=0), waits(), waits(users)
    fetched = waits(**FREE) - waits(context=0, **FREE)
    both = Roadmap(decoder_7b(), H100, users, today()).middle(**changes)
    card, machine = float(both.digital.energy[0]), float(both.analog.energy[0])
    part = {name: float(value[0]) for name, value in both.analog.parts.items()}
    known = [part["standing"] + part["waiting units"], part["keys and values"]]
    parts = *(x / card for x in known), (machine - sum(known)) / card
    return (stages, fetched, alone - stages - fetched, whole - alone), parts


def _machine(x: float, words: str, shared: bool) -> list[str]:
    """Return chips with a memory each, of which one block's chips are at work."""
    body = [s.label(x + 96, 20, words, "middle", bold=True)]
    for k in range(6):
        left, works = x + 32 * k, k in (2, 3)
        serves = works or shared
        memory = (s.DRAM, s.DRAM_FILL) if serves else (s.FAINT, s.OXIDE_FILL)
        chip = (s.CRYSTAL, s.CRYSTAL_FILL) if works else (s.FAINT, s.OXIDE_FILL)
        body.append(s.box(left, 34, 26, 20, fill=memory[1], colour=memory[0]))
        body.append(s.box(left, 78, 26, 26, fill=chip[1], colour=chip[0]))
        if serves:
            body.append(s.arrow((left + 13, 55), (left + 13, 77), colour=s.DRAM, width=2.5))
        if shared and k < 5:
            body.append(s.line((left + 26, 91), (left + 32, 91), colour=s.METAL, width=3))
    return body


def _row(at: float, y: float, values: tuple[float, ...], scale: float, kinds: Kinds) -> list[str]:
    body, x = [], at
    for value, (_, colour, fill) in zip(values, kinds, strict=True):
        if value * scale > 0.5:
            body.append(s.box(x, y, value * scale, THICK, fill=fill, colour=colour, radius=0))
        x += max(0.0, value) * scale
    return body


def _names(x: float, y: float, kinds: Kinds) -> list[str]:
    body = []
    for k, (words, colour, fill) in enumerate(kinds):
        place = x + 104 * (k % 2), y + 18 * (k // 2)
        body.append(s.box(place[0], place[1] - 9, 10, 10, fill=fill, colour=colour, radius=0))
        body.append(s.label(place[0] + 15, place[1], words, colour=colour))
    return body


def svg() -> str:
    """Return the drawing."""
    body = [*_machine(8, "a block's own memories", False), *_machine(254, "others help", True)]
    body += [s.label(224, y, words, "middle") for y, words in ((49, "memory"), (96, "chip"))]
    body.append(s.label(104, 124, "one block at work", "middle", colour=s.CRYSTAL))
    body.append(s.label(350, 124, "query out, outputs back", "middle", colour=s.METAL))
    body.append(s.label(TIME_AT, TOP - 42, "Time of a token (µs)", bold=True))
    body.append(s.label(ENERGY_AT, TOP - 42, "Energy / H100", bold=True))
    bottom = TOP + GROUP + STEP + 14
    for tick in (0, 200, 400, 600):
        x = TIME_AT + PER_TIME * tick
        body.append(s.line((x, TOP - 20), (x, bottom), colour=s.FAINT, width=0.8))
        body.append(s.label(x, bottom + 16, f"{tick}", "middle"))
    for even in (0, 1, 2, 4, 6):
        x = ENERGY_AT + PER_ENERGY * even
        body.append(
            s.line((x, TOP - 20), (x, bottom), colour=s.INK if even == 1 else s.FAINT,
                   width=1.2 if even == 1 else 0.8, dashed=even == 1)
        )  # fmt: skip
        body.append(s.label(x, bottom + 16, f"{even:g}", "middle"))
    for k, users in enumerate(USERS):
        y = TOP + GROUP * k
        body.append(s.label(14, y - 6, f"{users} user{'s' * (users > 1)}", bold=True, halo=True))
        for n, (words, changes) in enumerate(CASES if users == 1 else CASES[:1]):
            row = y + 1 + STEP * n
            times, energies = bars(users, changes)
            body.append(
                s.label(TIME_AT - 6, row + 11, words if users == 1 else "any of them", "end")
            )
            body += _row(TIME_AT, row, times, PER_TIME, TIMES)
            body += _row(ENERGY_AT, row, energies, PER_ENERGY, ENERGIES)
            ends = (TIME_AT + PER_TIME * sum(times), f"{10 * round(sum(times) / 10)}"), (
                ENERGY_AT + PER_ENERGY * sum(energies), f"{sum(energies):.1f}")  # fmt: skip
            body += [s.label(at + 5, row + 11, told, halo=True) for at, told in ends]
    body += _names(44, bottom + 42, TIMES)
    body += _names(256, bottom + 42, ENERGIES)
    return s.svg_document(WIDTH, HEIGHT, *body)
