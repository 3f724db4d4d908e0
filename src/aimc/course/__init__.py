"""Labs: own chips, immediate checks with hints, and the two copies of each lab notebook.

>>> from aimc.course import start
>>> lab = start("lab-1", serial=7)
>>> lab.max_points > 0
True
"""

from aimc.course.lab import LABS, Lab, start
from aimc.course.questions import Question, Verdict

__all__ = ["LABS", "Lab", "Question", "Verdict", "start"]
