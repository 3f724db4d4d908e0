"""Judges, and how an author writes a question of a lab with its usual slips.

Knows no lab. `question`: what an author writes. `judges`: how an answer is compared. `slips` and
`common_slips`: wrong answers that are expected, those of a question and those that are tried on
every question. `weighted`, `shares`: part of the points for part of an answer, and how that is
said. `keys`: a serial number with a secret seed, for graders. `answers`: looks up reference
answers, and asks a cache for slow ones where there is one.

>>> from aimc_answers.checks.question import number
>>> from aimc_course.checks.question import Question
>>> current = number(Question("A current", 1), lambda serial: 2e-6, unit="A")
>>> current.verdict(2.0, serial=7).message
'a million times too large: give it in A, not in µA'
"""
