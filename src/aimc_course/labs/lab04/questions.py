"""Questions of lab 4, as students may know them; `aimc_answers.lab04` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab04 import given

LAB = lab(
    "04-program-and-verify",
    "Write a program-and-verify loop",
    Question("Programming curves of all devices", 3),
    Question("From a target to a current", 3),
    Question("Inside the margin after one pulse", 1),
    Question("The proportional rule", 2),
    Question("The loop", 4),
    Question("Mean iterations of your devices", 1),
    Question("The time of one device", 2),
    Question("The energy of the first two pulses", 1),
    Question("The time of many lines", 3),
    Question("The best gain", 1),
    Question("Three errors", 1),
    Question("What no loop can remove", 1),
    Question("A better loop", 3),
    shared=("q6", "q8", "q10", "q11"),
    predictions={"p1": "%", "p2": "iterations", "p3": "s", "p4": "%"},
    given={"targets": given.targets},
)
