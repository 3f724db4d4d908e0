"""What a design is worth, in words and numbers, for the team that made it."""

from __future__ import annotations

from aimc.statistics import Interval
from aimc.units import MICRO, MILLI, MM2
from aimc_course.capstone.evaluation import Evaluation
from aimc_course.capstone.pricing import LIMITS
from aimc_course.capstone.scoring import gains, score

__all__ = ["as_rows", "as_text"]


def as_rows(found: Evaluation) -> list[dict[str, str]]:
    """Return one row per quantity of an evaluation: its value, and what it has to keep to."""
    cost, price = found.price.performance, found.price
    low, high = (energy / MICRO for energy in price.energies)
    most = f"at most {LIMITS.interval / MICRO:g} µs"
    rows = {
        "accuracy after a minute": (_percent(found.interval(0)), "95 % over chips"),
        "accuracy after a day": (_percent(found.interval(1)), "95 % over chips"),
        "energy per image": (
            f"{price.energy / MICRO:.4g} µJ",
            f"{low:.3g} to {high:.3g} µJ, {price.scope}",
        ),
        "area of all cores": (
            f"{price.area / MM2:.4g} mm²",
            f"at most {LIMITS.area / MM2:g} mm²",
        ),
        "latency of one image": (f"{cost.seconds / MICRO:.4g} µs", price.scope),
        "interval between images": (f"{cost.period / MICRO:.4g} µs", most),
        "power at full speed": (
            f"{price.power / MILLI:.0f} mW",
            f"at most {LIMITS.power / MILLI:g} mW",
        ),
        "cores in use": (
            f"{cost.cores} of {found.design.cores}",
            f"{cost.utilisation:.0%} of their cells",
        ),
        "gains": (
            ", ".join(f"{gain:.2f}" for gain in gains(found)),
            "accuracy, energy, area; zero at the reference",
        ),
        "score of this design alone": (f"{score([found]):.1f}", "1,000 if each gain is one"),
    }
    return [{"quantity": k, "value": value, "note": note} for k, (value, note) in rows.items()]


def as_text(found: Evaluation) -> str:
    """Return the same as a table of text."""
    rows = as_rows(found)
    wide = [max(len(row[name]) for row in rows) for name in ("quantity", "value")]
    chips = ", ".join(map(str, found.serials))
    lines = [f"{found.design.name}: {found.images} images on the chips {chips}"]
    lines += [
        f"  {row['quantity']:<{wide[0]}}  {row['value']:<{wide[1]}}  {row['note']}" for row in rows
    ]
    missing = "; ".join(found.price.performance.not_included)
    return "\n".join([*lines, f"  not included: {missing}"])


def _percent(value: Interval) -> str:
    return f"{100 * value.mean:.1f} ± {100 * value.half_width:.1f} %"
