"""The worker: it runs the student's cells, then answers the judge. It is untrusted, whatever stands here.

The driver asks for cells; between cells it may tell the worker to answer the judge, which calls the student's functions
and reads their objects (`serve.py`).
"""

from __future__ import annotations

import contextlib
import json
import random
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.isolation import memory
from autograder.processes.frames import Frames, Lost
from autograder.processes.worker.display import Shell, Stream
from autograder.processes.worker.noted import Notes, watching
from autograder.processes.worker.serve import Server


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """An interrupt and the limit on memory reach what the student wrote, and never this program's own lines."""
    memory.hold()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        memory.lift()
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def main(driver: Frames, judge: Frames, seed: int, output_bytes: int) -> None:
    """Serve the driver until it is gone. seed: for the generators that the student's code draws from."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    shell = Shell.instance()
    sys.stdout, sys.stderr = Stream(shell.sink, "stdout"), Stream(shell.sink, "stderr")
    left = output_bytes
    while True:
        try:
            request = json.loads(driver.receive())
        except Lost:
            return
        if request["op"] == "cell":
            answer = run_cell(shell, request["source"], left)
            left = shell.sink.left
        else:
            shell.sink.start(0)
            notes = Notes(request["watched"])
            Server(judge, shell.user_ns, interruptible, watching(notes)).serve()
            answer = {"noted": sorted(notes.seen)}
        memory.end_if_exhausted()
        driver.send(json.dumps(answer | {"id": request["id"]}).encode())


def run_cell(shell: Shell, source: str, left: int) -> dict[str, Any]:
    """Run a cell as a notebook does; returns its outputs, whether it ended without an error, and whether it was cut."""
    sink = shell.sink
    sink.start(left)
    good = False
    try:
        with interruptible():
            result = shell.run_cell(source, store_history=True)
        good = result.success
        if isinstance(result.error_in_exec, MemoryError):
            forget(result.error_in_exec)
    except BaseException as error:  # an interrupt, or a text that IPython itself stumbles over
        text = str(error)[:2000]
        sink.add({"output_type": "error", "ename": type(error).__name__, "evalue": text, "traceback": []}, 0)
    outputs = [
        {**o, "traceback": [str(line) for line in o["traceback"]]} if "traceback" in o else o for o in sink.taken()
    ]
    return {"outputs": outputs, "good": bool(good), "cut": sink.cut}


def forget(error: BaseException) -> None:
    """Let go of what the functions held that the error ended; a notebook would keep it for a debugger."""
    traceback.clear_frames(error.__traceback__)
    sys.last_value = sys.last_traceback = None
