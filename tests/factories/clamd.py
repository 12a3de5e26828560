"""A virus scanner that speaks clamd's INSTREAM over a socket, and finds what it is told to find."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd:
    """``mode``: ``ok`` scans, ``silent`` never answers, ``error`` cannot judge, ``full`` says the file is too large,

    ``garbage`` answers nonsense, ``gone`` hangs up.
    """

    def __init__(self, server: socket.socket, url: str) -> None:
        self.server, self.url, self.mode = server, url, "ok"
        self.scanned: list[bytes] = []
        self.free = threading.Event()

    def serve(self) -> None:
        while True:
            try:
                asker, _address = self.server.accept()
            except OSError:
                return
            with asker, suppress(OSError):
                self._answer(asker)

    def _answer(self, asker: socket.socket) -> None:
        stream = asker.makefile("rb")
        assert stream.readline() == b"nINSTREAM\n"
        if self.mode == "gone":
            return
        content = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(size)
        self.scanned.append(content)
        match self.mode:
            case "silent":
                self.free.wait(30)
            case "error":
                asker.sendall(b"stream: lstat() failed ERROR\n")
            case "full":
                asker.sendall(b"INSTREAM size limit exceeded. ERROR\n")
            case "garbage":
                asker.sendall(b"\xff\xfe what?\n")
            case _:
                asker.sendall(b"stream: Eicar-Signature FOUND\n" if EICAR in content else b"stream: OK\n")


@contextmanager
def fake_clamd(path: Path | None = None) -> Iterator[FakeClamd]:
    """A running one, on a port of its own or at a socket's path."""
    server = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    server.bind(str(path) if path else ("127.0.0.1", 0))
    server.listen()
    url = f"unix://{path}" if path else f"tcp://127.0.0.1:{server.getsockname()[1]}"
    clamd = FakeClamd(server, url)
    thread = threading.Thread(target=clamd.serve, daemon=True)
    thread.start()
    try:
        yield clamd
    finally:
        clamd.free.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def nobody_there() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"
