"""Plant faults in a copy of the project, one after the other, and say which the tests notice.

    python scripts/seed_faults.py [WORD]

With a word, only faults whose names hold it. Each fault is a change that a hurried hand could make:
a sign, a limit, a swapped pair. It is tried on the tests that mirror its file, up to the first
failure; a fault that these let pass, or whose place is gone, makes the script end with 1.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUICK = "not slow and not built"


@dataclass(frozen=True)
class Fault:
    """A change of a file, and who should notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def fault(name: str, file: str, old: str, new: str, *tests: str) -> Fault:
    """Return a fault; files lie below src, but for those of the site's scripts."""
    place = f"book/_static/live/{file}" if file.endswith(".mjs") else f"src/{file}"
    return Fault(name, place, old, new, tuple(f"tests/{test}" for test in tests))


PCM, READ_NOISE = "aimc/devices/pcm.py", "aimc/devices/read_noise.py"
CIRCUITS, CHECKS, GRADEBOOK = "aimc/circuits", "aimc_course/checks", "aimc_course/grading/gradebook"
JUDGES = "aimc_answers/checks"
VALUES = "library/devices/test_pcm_values.py"
COMPENSATIONS = "library/recovery/test_compensations.py"

LIBRARY = (
    fault("drift: a tenth too fast", PCM, "drift_exponent, -math.log1p(age",
          "drift_exponent, -1.1 * math.log1p(age", VALUES),
    fault("read noise: the factor two of its logarithm", PCM, "/ (2 * self.t_read))",
          "/ self.t_read)", VALUES),
    fault("read noise: a read that is not the sum of its parts", PCM,
          "decay = -math.log1p(age / self.t_0) if", "decay = -math.log1p(2 * age / self.t_0) if",
          "library/devices/test_state.py", VALUES),
    fault("read noise: variance forgets too slowly", READ_NOISE,
          "np.sum(spread**2 * -np.expm1(-2 * elapsed / times))",
          "np.sum(spread**2 * -np.expm1(-elapsed / times))", "library/devices/test_read_noise.py"),
    fault("ReRAM: two ends of an interpolation swapped", "aimc/devices/reram.py",
          "(1 - share) * self._fitted(k, relative) + share * self._fitted(k + 1, relative)",
          "share * self._fitted(k, relative) + (1 - share) * self._fitted(k + 1, relative)",
          "library/devices/test_reram.py"),
    fault("faults: stuck SET devices are not made", "aimc/devices/faults.py",
          "~low & (draw < self.stuck_reset + self.stuck_set)", "~low & (draw < self.stuck_reset)",
          "library/devices/test_faults.py"),
    fault("temperature: a barrier upside down", "aimc/devices/temperature.py",
          "* before / after\n", "* after / before\n", "library/devices/test_temperature.py"),
    fault("projected devices: noise not squared", "aimc/devices/projected.py",
          "self.factor**2 * (whole - loop)", "self.factor * (whole - loop)",
          "library/devices/test_projected.py"),
    fault("converter: values beyond its range pass", f"{CIRCUITS}/converters.py",
          "step * round_straight_through(clipped / step)",
          "step * round_straight_through(values / step)", "library/circuits/test_converters.py"),
    fault("converter: one bit too many in a train of pulses", f"{CIRCUITS}/converters.py",
          'return bits - 1 if self.encoding == "bit_serial"',
          'return bits if self.encoding == "bit_serial"', "library/circuits/test_converters.py"),
    fault("unit cell: significance of slices reversed", f"{CIRCUITS}/unit_cell.py",
          "(base - 1) * base**k /", "(base - 1) * base**(self.slices - 1 - k) /",
          "library/circuits/test_unit_cell.py"),
    fault("IR drop: the sign of its last term", f"{CIRCUITS}/ir_drop.py", "second + a * third",
          "second - a * third", "library/circuits/test_ir_drop.py"),
    fault("read currents: pushed and drawn added", f"{CIRCUITS}/read_currents.py",
          "return self.drawn - self.pushed", "return self.drawn + self.pushed",
          "library/circuits/test_read_currents.py"),
    fault("digital unit: folded shift with the wrong sign", f"{CIRCUITS}/ldpu.py",
          "return scale, b - scale * m", "return scale, b + scale * m",
          "library/circuits/test_ldpu.py"),
    fault("digital unit: half precision is not rounded", f"{CIRCUITS}/ldpu.py",
          "return to_half(values) if self.half else values", "return values",
          "library/circuits/test_ldpu.py"),
    fault("core: a weight may be twice as large as its range", "aimc/cores/core.py",
          "excess > 1 + 1e-6", "excess > 2", "library/cores/test_core.py"),
    fault("core: the same noise each time it is programmed", "aimc/cores/core.py",
          "        self._streams.programmed()\n", "", "library/cores/test_core.py"),
    fault("cut: a grid with its sides swapped", "aimc/cores/cut.py",
          "len(even_parts(outputs, columns)), len(even_parts(inputs, rows))",
          "len(even_parts(inputs, rows)), len(even_parts(outputs, columns))",
          "library/cores/test_matrix.py", "library/layers/test_workload.py"),
    fault("convolution: padding on one side only", "aimc/layers/im2col.py",
          "(size + 2 * padding - kernel)", "(size + padding - kernel)",
          "library/layers/test_workload.py"),
    fault("GRU: gates the wrong way round", "aimc/nn/recurrent.py", "new + update * (h - new)",
          "h + update * (new - h)", "library/nn/test_gru.py"),
    fault("calibration: the model stays in training", "aimc/nn/calibration.py",
          "module.training = before", "module.training = True", "library/nn/test_calibration.py"),
    fault("batch norm: a layer folded that is used twice", "aimc/nn/batch_norm.py",
          "len(before.users) != 1", "len(before.users) < 1", "library/nn/test_batch_norm.py"),
    fault("chip: the bottleneck is the idlest layer", "aimc/chip/schedule.py",
          "int(np.argmax(busy))", "int(np.argmin(busy))", "library/chip/test_schedule_and_cost.py"),
    fault("chip: a layer's last vector is not waited for", "aimc/chip/schedule.py",
          "math.ceil(group.mvms / self.copies(group))", "group.mvms // self.copies(group)",
          "library/chip/test_schedule_and_cost.py"),
    fault("cost: efficiency without the factor", "aimc/chip/cost.py",
          "self.operations / self.energy.value", "2 * self.operations / self.energy.value",
          "published/test_r01_table_one.py"),
    fault("compensation: the inverse of its factor", "aimc/recovery/compensation/global_drift.py",
          "float(above / below)", "float(below / above)", COMPENSATIONS),
    fault("compensation: offset with the wrong sign", "aimc/recovery/compensation/affine.py",
          "wanted_at_rest - factor * at_rest", "wanted_at_rest + factor * at_rest", COMPENSATIONS),
    fault("program-and-verify: steps away from the goal", "aimc/recovery/programming/loop.py",
          "current + gain * excess", "current - gain * excess",
          "library/recovery/test_program_and_verify.py"),
    fault("statistics: an interval of too few degrees", "aimc/statistics.py",
          "array.std(ddof=1)", "array.std(ddof=0)", "library/test_statistics.py"),
)  # fmt: skip
COURSE = (
    fault("judge: ten times its tolerance", f"{CHECKS}/diagnosis.py", "off <= rtol *",
          "off <= 10 * rtol *", "course/test_diagnosis.py", "course/test_questions.py"),
    fault("judge: the first property that fails still counts", f"{JUDGES}/judges.py",
          "Finding(earned / most, test.hint", "Finding((earned + 1) / most, test.hint",
          "course/test_questions.py", "course/wrong_answers/test_parts.py"),
    fault("judge: hidden inputs follow from the public number", f"{JUDGES}/keys.py",
          "return serial.seed if isinstance(serial, KeyedSerial) else serial",
          "return int(serial)", "course/grading/test_marks.py"),
    fault("parts: what is right is called wrong", f"{JUDGES}/shares.py",
          "strict=True) if held)\n    bad", "strict=True) if not held)\n    bad",
          "course/wrong_answers/test_parts.py"),
    fault("explorer: bound by memory where it is not",
          "aimc_course/explorers/concepts/memory_wall.py",
          'values["intensity"] < values["peak"]', 'values["intensity"] > values["peak"]',
          "course/explorers/test_memory_wall.py"),
)  # fmt: skip
GRADER = (
    fault("lateness: an hour begun is not counted", f"{GRADEBOOK}/late.py",
          "math.ceil(over / UNITS[self.per])", "math.floor(over / UNITS[self.per])",
          "course/grading/gradebook/test_outcomes.py"),
    fault("totals: the worst labs are kept", f"{GRADEBOOK}/totals.py",
          "total > best", "total < best", "course/grading/gradebook/test_totals.py"),
    fault("messages: secret inputs are shown", "aimc_course/grading/messages.py",
          "    if not hidden:\n        return parts + message\n", "    return parts + message\n",
          "course/grading/test_marks.py", "course/grading/test_notes.py",
          "course/wrong_answers/test_parts.py"),
    fault("wire: a message of any number of parts", "aimc_course/grading/worker/protocol.py",
          "    if too_many(data):", "    if False:", "course/grading/test_protocol.py"),
    fault("notebook: any number of cells is read", "aimc_course/grading/notebook.py",
          "len(sources) > limits.cells", "len(sources) > 10**9",
          "course/grading/test_attacks.py::test_a_hundred_thousand_cells"),
    fault("serial: the first of several numbers is taken", "aimc_course/grading/notebook.py",
          "return found.pop() if len(found) == 1 else None",
          "return found.pop() if found else None", "course/grading/test_notebook_reading.py"),
)  # fmt: skip
SITE = (
    fault("chart: bars side by side on one place", "marks.mjs", "(marks.length - 1) / 2) * wide",
          "(marks.length - 1) / 2) * 0", "site/test_charts.py"),
    fault("axis: an order of magnitude missing", "scales.mjs", "const unit = 10 ** exponent;",
          "const unit = 10 ** (exponent + 1);", "site/test_charts.py"),
    fault("slider: words of the step before", "controls.mjs",
          "Math.round((value - control.low) / control.step)",
          "Math.round((value - control.low) / control.step) - 1", "site/test_controls.py"),
)  # fmt: skip


def tried(one: Fault, tree: Path) -> tuple[str, float]:
    """Plant a fault; return the test that failed, nothing if none did, and the seconds it took."""
    path = tree / one.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace(one.old, one.new, 1), encoding="utf-8")
    started = os.times()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "--no-header", "-m", QUICK,
             "-p", "no:cacheprovider", *one.tests],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree / "src")},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    finally:
        path.write_text(sound, encoding="utf-8")
    ended = os.times()
    spent = ended.children_user - started.children_user
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode not in (0, 1) and not failed:
        raise RuntimeError(f"{one.name}: pytest could not run:\n{done.stdout}{done.stderr}")
    return failed[1] if failed else "", spent


def main(word: str = "") -> int:
    """Try each fault whose name holds a word; return 1 if one was not noticed."""
    chosen = [one for one in (*LIBRARY, *COURSE, *GRADER, *SITE) if word in one.name]
    unseen = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree)], check=True)
        try:
            for one in chosen:
                place = tree / one.file
                if not place.is_file() or one.old not in place.read_text(encoding="utf-8"):
                    unseen += 1
                    print(f"GONE   {one.name}: {one.file} has no {one.old!r}", flush=True)
                    continue
                test, spent = tried(one, tree)
                unseen += not test
                found = "seen  " if test else "UNSEEN"
                print(f"{found} {spent:4.0f} s  {one.name}: {test}", flush=True)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
    print(f"{len(chosen) - unseen} of {len(chosen)} faults were noticed")
    return int(unseen > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
