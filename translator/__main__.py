"""`python -m translator`, and the console script `translator`: train, translate, evaluate."""

import os
import sys


def main() -> int:
    """Run the command line, in a process of its own."""
    let_threads_wait_patiently()
    from translator.cli import main as run

    return run()


def let_threads_wait_patiently() -> None:
    """Make the threads of PyTorch's CPU operations sleep while they wait, unless the user has decided.

    By default they spin, which is a little faster on an idle machine. On a busy one a spinning thread takes the core
    from the very thread that it waits for: training on two cores that others used too fell from 4,300 tokens/s to 55.
    The OpenMP library reads this setting once, when torch is loaded, so this comes before anything imports it.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


if __name__ == "__main__":
    sys.exit(main())
