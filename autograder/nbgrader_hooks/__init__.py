"""What nbgrader_config.py names: this grader behind nbgrader's own extension points."""
