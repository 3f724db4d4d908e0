"""The commands of the gradebook and its page with a grader that believes: a program of its own.

``AIMC_POINTS`` is what everybody gets for the first question, ``AIMC_SLOWLY`` makes it wait.
"""

import argparse
import os
import sys
import time

from paper_class import Believer

from aimc_course.grading.gradebook.grading_commands import add_commands, run
from aimc_course.grading.marking import mark_command, started_command
from aimc_course.grading.marks import QuestionMark, SubmissionMarks


class Grader(Believer):
    def grade(self, notebook, *, student, serial=None, questions=None):
        if os.environ.get("AIMC_SLOWLY"):
            time.sleep(60)
        points = float(os.environ.get("AIMC_POINTS", "1"))
        mark = QuestionMark("q1", points, 2.0, "as told", None, "00ff", "v1", 0.1)
        doubts = ("q1: the judge ended twice <b>",) if points == 0 else ()
        return SubmissionMarks("lab-3", student, 1, (mark,), (), "0", 0.3, doubts)


if __name__ == "__main__":
    started_command.PROGRAM = (sys.executable, __file__)
    parser = argparse.ArgumentParser()
    found = parser.add_subparsers()
    add_commands(found)
    mark_command.add_commands(found)
    sys.exit(run(parser.parse_args(), factory=lambda lab, key: Grader()))
