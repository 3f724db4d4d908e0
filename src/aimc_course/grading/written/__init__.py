"""What people mark: explanations, open questions, figures and predictions of a lab.

Stands above `grading`, below `gradebook` and `marking`. `source` reads the one notebook that a lab
is made from: tables of points make open questions, **Explain** asks for prose, the line *Looked
for* is its rubric, a tag names the figure to keep. `sheet` holds these questions, so that marks
keep their meaning when the lab changes. `alignment` finds the lab's cells again in a notebook that
was edited, and `answers` takes from it what the student wrote between them. `rendering` makes HTML
of it and `pictures` draws its pictures anew, so that nothing is left in them that could act.
Nothing here runs code, and nothing trusts what it reads.

>>> from aimc_course.grading.written.sheet import Line
>>> sum(line.points for line in (Line(2.0, "a proposal"), Line(1.0, "its cost")))
3.0
"""
