"""The worker: the untrusted process that runs the student's cells."""
