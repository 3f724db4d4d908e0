"""Questions of lab 5, as students may know them; `aimc_answers.lab05` judges them."""

from aimc_course.checks.question import Question, lab
from aimc_course.labs.lab05 import given

LAB = lab(
    "05-network-on-64-cores",
    "Put a network on 64 cores",
    Question("Cores of a matrix", 2),
    Question("Cores of your network", 1),
    Question("Utilisation of your network", 2),
    Question("Cores of ResNet-9 by its width", 2),
    Question("The widest ResNet-9 on 64 cores", 1),
    Question("Latency and interval", 2),
    Question("Share out the spare cores", 3),
    Question("Interval of your network on your chip", 3),
    Question("Hops between cores", 2),
    Question("A path over all working cores", 3),
    Question("Accuracy at once and after a day", 1),
    Question("A factor against drift", 1),
    Question("Accuracy with the factor", 1),
    Question("Peak over network efficiency", 1),
    Question("A better plan", 1),
    shared=("q5", "q14", "q15"),
    predictions={"p1": "%", "p2": "cores", "p3": "", "p4": "points", "p5": "%"},
    given={"network": given.network, "broken": given.broken, "vectors": given.vectors},
)
