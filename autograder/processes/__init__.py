"""Judging: the worker that runs a student's cells, the judge that runs the tests, and what they say to each other."""
