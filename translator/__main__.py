"""`python -m translator`: train, translate, evaluate."""

import os
import sys


def let_threads_wait_patiently() -> None:
    """Make the threads of PyTorch's CPU operations sleep while they wait, unless the user has decided.

    By default they spin, which is a little faster on an idle machine. On a busy one a spinning thread takes the core
    from the very thread that it waits for: training on two cores that others used too fell from 4,300 tokens/s to 55.
    The OpenMP library reads this setting once, when torch is loaded; where that has happened, Python starts again.
    """
    if "OMP_WAIT_POLICY" in os.environ or os.name != "posix":
        return
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    if "torch" in sys.modules:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


if __name__ == "__main__":
    let_threads_wait_patiently()
    from translator.command import main

    sys.exit(main())
