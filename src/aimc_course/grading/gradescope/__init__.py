"""The course's grader as an autograder, inside Gradescope's container.

Stands above `gradebook`. On the teacher's machine: `bundle` writes the zip that is uploaded, the
same bytes for the same inputs; `gradescope_command` is its command line. In the container: `files`
holds the two scripts that Gradescope calls, `autograder` grades the one notebook that was handed
in, `handed_in` finds it and says whose it is. The student's code runs in the same container, so
without a sandbox that was tried, nothing is graded and the result says so.

>>> from aimc_course.grading.gradescope.handed_in import submitter
>>> submitter({"users": [{"id": 7, "email": "ada@example.org"}]}, None).name
'gradescope:7'
"""
