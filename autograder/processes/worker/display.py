"""IPython without a kernel: what a cell shows is collected as notebook outputs."""

from __future__ import annotations

import io
import subprocess
import tempfile
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from autograder.isolation import memory

SHOWN = ("text/plain", "image/png")
MOST_OUTPUTS = 200


class Sink:
    """The outputs of a cell, as long as they fit into what is left of the submission's bytes."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.left = 0
        self.cut = False

    def start(self, left: int) -> None:
        self.outputs, self.left, self.cut = [], left, False

    def add(self, output: dict[str, Any], size: int) -> None:
        if size > self.left or len(self.outputs) >= MOST_OUTPUTS:
            self.cut = True
        else:
            self.left -= size
            self.outputs.append(output)

    def text(self, name: str, text: str) -> None:
        part = text[: self.left]
        self.cut |= len(part) < len(text)
        self.left -= len(part)
        if part and self.outputs and self.outputs[-1].get("name") == name:
            self.outputs[-1]["text"].append(part)
        elif part:
            self.add({"output_type": "stream", "name": name, "text": [part]}, 0)

    def data(self, kind: str, data: dict[str, Any], **more: Any) -> None:
        shown = {name: data[name] for name in SHOWN if isinstance(data.get(name), str)}
        self.add({"output_type": kind, "data": shown, "metadata": {}, **more}, sum(map(len, shown.values())))

    def taken(self) -> list[dict[str, Any]]:
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])
        return self.outputs


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the cells."""

    def __init__(self, sink: Sink, name: str) -> None:
        self.sink, self.stream = sink, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.sink.text(self.stream, text)
        return len(text)


class Publisher(DisplayPublisher):
    """display(): pictures and text."""

    sink = AnyTrait()

    def publish(
        self,
        data: dict[str, Any],
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **kw: Any,
    ) -> None:
        if not update:
            self.sink.data("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        self.sink.outputs.clear()


class Hook(DisplayHook):
    """The value of a cell's last line."""

    sink = AnyTrait()

    def write_output_prompt(self) -> None:
        return

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.sink.data("execute_result", format_dict, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        return


class Shell(InteractiveShell):
    """IPython's shell, writing into a Sink."""

    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)
    display_pub: Publisher
    displayhook: Hook
    sink = AnyTrait()

    def showtraceback(self, *arguments: Any, **more: Any) -> None:
        memory.lift()  # the student's code has ended; to say how takes memory, too
        super().showtraceback(*arguments, **more)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        lines = [str(line)[:4000] for line in stb[-20:]]
        error = {"output_type": "error", "ename": etype.__name__, "evalue": str(evalue)[:2000], "traceback": lines}
        self.sink.add(error, 0)  # an error is never dropped for its size

    def init_virtualenv(self) -> None:
        return

    def system(self, cmd: str) -> None:
        """`!command`: what it says becomes output. (IPython's own way needs a terminal.)"""
        done = subprocess.run(self.var_expand(cmd, depth=1), shell=True, capture_output=True, text=True)
        self.sink.text("stdout", done.stdout)
        self.sink.text("stderr", done.stderr)
        self.user_ns["_exit_code"] = done.returncode

    def enable_gui(self, gui: Any = None) -> None:
        return


def make_shell() -> Shell:
    """The process's shell; made once, in the warm process."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    config.InteractiveShell.cache_size = 0
    with tempfile.TemporaryDirectory() as folder:  # IPython wants to write a profile somewhere
        shell = Shell.instance(config=config, sink=Sink(), ipython_dir=folder)
    shell.display_pub.sink = shell.displayhook.sink = shell.sink
    shell.enable_matplotlib("inline")
    return shell
