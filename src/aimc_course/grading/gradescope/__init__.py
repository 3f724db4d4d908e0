"""The course's grader as an autograder of Gradescope."""
