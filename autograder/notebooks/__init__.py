"""Notebooks as files: source, handout, submission, repair. No process is started here, no gradebook opened."""
