"""What a fork of the warm process becomes: a worker, a judge, or a probe that only shows that its jail holds."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import socket
import sys
import tempfile
from typing import Any

import torch

from autograder.isolation import memory
from autograder.isolation.jail import TIERS, Jail, enter, filter_for
from autograder.isolation.watch import close_others
from autograder.processes.frames import Frames
from autograder.processes.judge import run_test
from autograder.processes.worker import worker
from autograder.processes.worker.display import make_shell

HEAVY = (
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "torch.fx.experimental.symbolic_shapes",  # what the first backward pass imports
    "torch.testing",
    "torch.utils.data",
)


def warm() -> None:
    """Import, in the warm process, what every job would have to import for itself."""
    for name in HEAVY:
        importlib.import_module(name)
    torch.set_num_threads(1)
    torch.testing.assert_close(torch.ones(1), torch.ones(1))  # its first call imports more than all the rest
    make_shell()
    for tier in TIERS:
        with contextlib.suppress(OSError):  # then each job finds out for itself, and says so
            filter_for(tier)


def become(request: dict[str, Any], jail: Jail, descriptors: list[int]) -> None:
    """Enter the jail, say so, and do the work. If the jail cannot be entered, say why and end."""
    channels = [Frames(socket.socket(fileno=descriptor)) for descriptor in descriptors]
    driver = channels[0]
    set_environment(jail.home)
    try:
        reached = enter(jail)
        close_others(set(descriptors))
        only_null()
    except (OSError, StopIteration) as error:
        with contextlib.suppress(Exception):
            driver.send(json.dumps({"refused": str(error)}).encode())
        os._exit(1)
    if jail.packages:
        sys.path.append(jail.packages)
    driver.send(json.dumps({"ready": reached}).encode())
    if request["role"] == "worker":
        try:
            worker.main(driver, channels[1], request["seed"], jail.limits.output_kb * 1000)
        except MemoryError:  # in the worker's own lines
            os._exit(memory.EXHAUSTED)
    elif request["role"] == "judge":
        run_test.main(driver, channels[1])


def set_environment(home: str) -> None:
    tempfile.tempdir = None  # found afresh, from TMPDIR
    os.environ.clear()
    os.environ.update(PATH="/usr/bin:/bin", HOME=home, TMPDIR=home, LANG="C.UTF-8", OMP_NUM_THREADS="1")
    os.environ.update(MPLCONFIGDIR=home, MPLBACKEND="module://matplotlib_inline.backend_inline", IPYTHONDIR=home)


def only_null() -> None:
    """The standard streams lead nowhere: what a cell prints is collected by the worker."""
    null = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if null > 2:
        os.close(null)
