"""Questions, verdicts and the lab as its notebook sees it.

`question`: what an author writes. `judges`: how an answer is compared. `slips` and
`common_slips`: wrong answers that are expected, those of a question and those that are tried on
every question. `diagnosis`: kind, shape and size of any other wrong answer. `weighted`, `shares`:
part of the points for part of an answer, and how that is said. `keys`: a serial number with a
secret seed, for graders. `answers`: looks up reference answers, which may be absent. `lab`: what
a notebook talks to.

>>> from aimc_course.checks.question import number
>>> number(("A current", 1), lambda serial: 2e-6, unit="A").verdict(2.0, serial=7).message
'a million times too large: give it in A, not in µA'
"""
