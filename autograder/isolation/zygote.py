"""The warm process: it imports the heavy libraries once and forks a job whenever the driver asks for one.

Run by `client.py` as a script, with Python's isolated mode and without its site module, so that no `.pth` file, no
editable finder, no environment variable and no working directory takes part. It holds no secret: no test, no name of a
student, no path of a submission. It ends when its socket is closed.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

MOST = 1 << 20


def receive(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """One request with its descriptors; an empty one when the driver is gone."""
    data, descriptors, _, _ = socket.recv_fds(line, MOST, 4)
    return (json.loads(data) if data else {}), list(descriptors)


def only_the_environment(files: dict[str, Any]) -> None:
    """Forget where this program came from: from now on imports see the environment and nothing else."""
    sys.path[:] = [*files["standard"], *files["libraries"]]
    for name in [name for name in sys.modules if name.split(".")[0] == "autograder"]:
        del sys.modules[name]
    sys.path_importer_cache.clear()
    sys.argv[:] = [""]
    globals().pop("__file__", None)  # of __main__: the path of the checkout is nobody's business


def serve(line: socket.socket, job: Callable[[dict[str, Any], list[int]], None]) -> None:
    """Fork a job for each request, until the driver is gone."""
    while True:
        request, descriptors = receive(line)
        if not request:
            return
        if os.fork() == 0:
            status = 1
            try:
                line.close()
                gc.disable()  # a collection would copy the pages that are shared with the warm process
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                job(request, descriptors)
                status = 0
            except BaseException:  # whatever it is: the driver sees the closed sockets
                with contextlib.suppress(Exception):
                    sys.excepthook(*sys.exc_info())
            finally:
                os._exit(status)
        for descriptor in descriptors:
            os.close(descriptor)


def main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    first, _ = receive(line)
    settings = first["files"]
    program = sys.path[0]  # of the package that this program belongs to; it goes in a moment
    sys.path[:] = [program, *settings["standard"], *settings["libraries"]]
    os.environ["MPLCONFIGDIR"] = first["fonts"]  # where matplotlib keeps its list of fonts
    entry = importlib.import_module(first["entry"])
    from autograder.isolation.visible_files import VisibleFiles
    from autograder.isolation.watch import run_job

    entry.warm()
    only_the_environment(settings)
    files = VisibleFiles(**{name: tuple(paths) for name, paths in settings.items()})
    if len(os.listdir("/proc/self/task")) != 1:
        raise RuntimeError("the warm process has more than one thread, and must not fork")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the forks
    gc.collect()
    gc.freeze()
    line.sendall(b"ready")
    serve(line, lambda request, descriptors: run_job(request, descriptors, files, entry.become))


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    main()
