"""Normalised accuracy as a ruler from guessing to floating point, for two tasks."""

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 440, 330
LEFT, RIGHT = 24, 416


def ruler(y: float, name: str, chance: float, exact: float, chip: float) -> list[str]:
    """One task: its accuracies (per cent) below the line, the normalised ones above it."""

    def place(star: float) -> float:
        return LEFT + (RIGHT - LEFT) * star / 100

    star = 100 * (chip - chance) / (exact - chance)
    x = place(star)
    body = [
        s.label(LEFT - 14, y - 60, name, bold=True),
        s.line((LEFT, y), (RIGHT, y), width=2),
        s.arrow((x, y - 26), (x, y - 3), colour=s.BIT_LINE, width=2),
        s.label(x + 10, y - 33, f"chip: {chip:.2f}%, A* = {star:.1f}%", "end", colour=s.BIT_LINE),
    ]
    for k in range(11):
        body.append(s.line((place(10 * k), y), (place(10 * k), y + (10 if k % 5 == 0 else 6))))
    body += [
        s.label(LEFT, y + 28, "0%", "middle", colour=s.FAINT),
        s.label(place(50), y + 28, "50%", "middle", colour=s.FAINT),
        s.label(RIGHT, y + 28, "100%", "middle", colour=s.FAINT),
        s.label(LEFT - 14, y + 50, f"guessing: {chance:g}%", colour=s.HEATER),
        s.label(RIGHT + 14, y + 50, f"exact: {exact:.2f}%", "end", colour=s.DIGITAL),
        s.line((place(99), y - 9), (place(99), y), colour=s.WORD_LINE, width=3),
    ]
    return body


def svg() -> str:
    exact, chip = (100 - fact("C018").number, 100 - fact("C019").numbers[1])
    large, later = (100 - fact("C024").number, 100 - fact("C025").numbers[1])
    body = [
        *ruler(92, "Ten classes (ResNet-32, one hour)", 10.0, exact, chip),
        *ruler(242, "A thousand classes (ResNet-18, one hour)", 0.1, large, later),
        s.label(RIGHT + 14, 316, "thick mark: the bar of 99%", "end", colour=s.WORD_LINE),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
