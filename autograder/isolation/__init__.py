"""Isolation: a warm process that forks, and what keeps a fork of it from everything but its own job."""
