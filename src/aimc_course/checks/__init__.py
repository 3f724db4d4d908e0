"""What a notebook talks to, and what it may know of a question.

Knows no lab, and nothing of what is right. `question`: title and points, and the table of a lab.
`lab`: own numbers, locked predictions, checks and the summary; answers are judged by
`aimc_answers`, where that is installed. `diagnosis`: kind, shape and size of an answer.

>>> from aimc_course.checks.question import Question, lab
>>> lab("13-topic", "Topic", Question("A current", 1), predictions={})["q1"].points
1
"""
