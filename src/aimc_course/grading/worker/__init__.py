"""What runs inside a sandbox beside the student's code: cells, calls, and data over the border.

Everything here runs in the student's process and is never trusted. It imports NumPy and the
library, no other room of grading. `worker`: takes requests, runs cells, calls functions. `cells`:
from the source of a cell to code. `recording`: the lab object that students talk to, which keeps
answers and judges none. `protocol`: plain data with tags, the only thing that crosses the border,
in both directions. `served`: stand-ins for objects that stay outside. `probing`: tries to break
out, and says what it found open. `bounded`: first process of a sandbox. `filtered`: starts the
worker without bubblewrap.

>>> from aimc_course.grading.worker.protocol import Border
>>> Border().encode([1, 2.5])
{'l': [1, {'f': '0x1.4000000000000p+1'}]}
"""
