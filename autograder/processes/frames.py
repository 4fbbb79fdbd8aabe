"""Frames on a socket: four bytes of length, then that many bytes. The other side may be hostile."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable

from autograder.isolation.clock import SLICE

MOST_BYTES = 96 << 20


class Lost(Exception):
    """The other side is gone, or what it sent is no frame."""


class Oversized(Lost):
    """It announces a frame that is larger than any that it was asked for."""


class Late(Exception):
    """The other side did not answer in time."""


class Frames:
    """One side of a conversation in frames. Deadlines are times of `clock`."""

    def __init__(
        self, line: socket.socket, most: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.line, self.clock = line, clock
        # A byte out of band shall stand among the others: else it makes a socket readable that has nothing to read.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        self.most = most
        self.length: int | None = None  # of a frame that has begun, and what came of it before a deadline passed
        self.found = bytearray()

    def send(self, data: bytes, deadline: float | None = None) -> None:
        self._limit(deadline)
        try:
            self.line.sendall(struct.pack("!I", len(data)) + data)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Lost from None

    def receive(self, deadline: float | None = None) -> bytes:
        """The next frame. One that comes too late can be received by another call."""
        if self.length is None:
            (self.length,) = struct.unpack("!I", self._read(4, deadline))
        if self.length > self.most:
            raise Oversized(f"a frame of {self.length:,} bytes; at most {self.most:,} are taken")
        data = self._read(self.length, deadline)
        self.length = None
        return data

    def pending(self) -> bool:
        """Is something there that nobody asked for?"""
        if not select.select([self.line], [], [], 0)[0]:
            return False
        self.line.setblocking(False)
        try:
            return bool(self.line.recv(1, socket.MSG_PEEK))  # an end of file is no answer
        except BlockingIOError:  # there is something, and it cannot be read
            return True
        except OSError:
            return False

    def close(self) -> None:
        self.line.close()

    def _read(self, count: int, deadline: float | None) -> bytes:
        while len(self.found) < count:
            self._wait(deadline)
            try:
                part = self.line.recv(min(1 << 20, count - len(self.found)))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Lost from None
            if not part:
                raise Lost("the connection ended")
            self.found += part
        data, self.found = bytes(self.found), bytearray()
        return data

    def _wait(self, deadline: float | None) -> None:
        """Until there is something to read, with a look at the clock every now and then."""
        poll = select.poll()
        poll.register(self.line, select.POLLIN)
        while True:
            self._limit(deadline)
            if poll.poll(None if deadline is None else 1000 * max(0.0, min(SLICE, deadline - self.clock()))):
                return

    def _limit(self, deadline: float | None) -> None:
        if deadline is None:
            self.line.settimeout(None)
        elif (left := deadline - self.clock()) <= 0:
            raise Late
        else:
            self.line.settimeout(left)
