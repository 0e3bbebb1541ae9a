"""Numbered datagrams to somebody who echoes them: run as a program, in a container, it prints what became of them."""

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

PORT = 7000
_FORCED_BUFFER = 33  # SO_RCVBUFFORCE
_BUFFER_BYTES = 1 << 26
_WINDOW = 20
_SILENCE_S = 0.03
_END = b""


@dataclass
class Sent:
    answers: list[int]
    """How many came back of each."""
    errors: int
    """How often the sender himself was told no."""


def send(host: str, port: int, count: int, *, window: int = _WINDOW, silence_s: float = _SILENCE_S) -> Sent:
    """`window`: so many are on their way at once; then it listens until there is silence for `silence_s`."""
    sent = Sent([0] * count, 0)
    with _socket() as client:
        client.connect((host, port))
        client.settimeout(silence_s)
        for first in range(0, count, window):
            numbers = range(first, min(first + window, count))
            for number in numbers:
                try:
                    client.send(b"%d" % number)
                except OSError:
                    sent.errors += 1
            with contextlib.suppress(TimeoutError, ConnectionRefusedError):
                left = len(numbers)
                while left:
                    number = int(client.recv(100))
                    sent.answers[number] += 1
                    left -= number in numbers and sent.answers[number] == 1
    return sent


@contextlib.contextmanager
def heard(host: str, port: int, *, echoes: bool = True) -> Iterator[list[int]]:
    """What comes to this address until the end, echoed; whole after the block."""
    numbers: list[int] = []
    with _socket() as ear, _socket() as voice:
        ear.bind((host, port))
        voice.bind((host, 0))

        def echo() -> None:
            while True:
                data, sender = ear.recvfrom(100)
                if data == _END and sender == voice.getsockname():
                    return
                numbers.append(int(data))
                if echoes:
                    ear.sendto(data, sender)

        thread = threading.Thread(target=echo, daemon=True)
        thread.start()
        try:
            yield numbers
        finally:
            while thread.is_alive():  # the end, too, may be lost
                voice.sendto(_END, (host, port))
                thread.join(0.05)


def rows(numbers: list[int], count: int) -> list[int]:
    """How many of `count` are missing in each row of missing ones."""
    there = set(numbers)
    missing = "".join("." if number in there else "x" for number in range(count))
    return [len(row) for row in missing.split(".") if row]


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with contextlib.suppress(PermissionError):
        made.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, _BUFFER_BYTES)
    return made


if __name__ == "__main__":
    told = send(sys.argv[1], PORT, int(sys.argv[2]))
    print(json.dumps({"answers": told.answers, "errors": told.errors}))
