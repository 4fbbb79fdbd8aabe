"""One thread for every test and every notebook: thread counts change last digits, and they are slower under load."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
