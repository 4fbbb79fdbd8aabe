"""The grader: extensions of nbgrader that give every submission a verdict."""
