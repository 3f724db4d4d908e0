"""Normalised accuracy as a ruler from guessing to floating point, for two tasks."""

from style import BIT_LINE, DIGITAL, FAINT, HEATER, WORD_LINE, arrow, label, line, svg_document

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
        label(LEFT - 14, y - 60, name, bold=True),
        line((LEFT, y), (RIGHT, y), width=2),
        arrow((x, y - 26), (x, y - 3), colour=BIT_LINE, width=2),
        label(
            x + 10, y - 33, f"chip: {chip:.2f}%, A* = {star:.1f}%", anchor="end", colour=BIT_LINE
        ),
    ]
    for k in range(11):
        body.append(line((place(10 * k), y), (place(10 * k), y + (10 if k % 5 == 0 else 6))))
    body += [
        label(LEFT, y + 28, "0%", anchor="middle", colour=FAINT),
        label(place(50), y + 28, "50%", anchor="middle", colour=FAINT),
        label(RIGHT, y + 28, "100%", anchor="middle", colour=FAINT),
        label(LEFT - 14, y + 50, f"guessing: {chance:g}%", colour=HEATER),
        label(RIGHT + 14, y + 50, f"exact: {exact:.2f}%", anchor="end", colour=DIGITAL),
        line((place(99), y - 9), (place(99), y), colour=WORD_LINE, width=3),
    ]
    return body


def svg() -> str:
    exact, chip = (100 - fact("C018").number, 100 - fact("C019").numbers[1])
    large, later = (100 - fact("C024").number, 100 - fact("C025").numbers[1])
    body = [
        *ruler(92, "Ten classes (ResNet-32, one hour)", 10.0, exact, chip),
        *ruler(242, "A thousand classes (ResNet-18, one hour)", 0.1, large, later),
        label(RIGHT + 14, 316, "thick mark: the bar of 99%", anchor="end", colour=WORD_LINE),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
