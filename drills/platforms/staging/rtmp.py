"""Publishing over RTMP, as much as an encoder needs: connect, publish, send messages. Every wait is bounded.

A muxer's own RTMP can wait for ever on a site that is silent; this one gives up, so that a lost site costs its own
connection and nothing else. The protocol is Adobe's "Real Time Messaging Protocol", 1.0.
"""

import os
import select
import socket
import struct

from flv import AUDIO, VIDEO, Tag

CONNECT_S = 1.0
ANSWER_S = 2.0
SEND_S = 1.0
SEND_BUFFER = 65_536
"""About two seconds of stream: a site that takes nothing is noticed soon after."""

_CHUNK = 65_536
_HANDSHAKE = 1536
_SET_CHUNK_SIZE, _COMMAND = 1, 20
_CONTROL_CHANNEL, _COMMAND_CHANNEL, _DATA_CHANNEL = 2, 3, 5
_CHANNELS = {AUDIO: 4, VIDEO: 6}
_STREAM = 1
"""The first stream that a connection creates has this number."""
_LONG_TIME = 0xFFFFFF
_STARTED = b"NetStream.Publish.Start"
_MOST_ANSWER = 65_536


class PublishRefused(OSError):
    """The server closed, or did not say that publishing has begun."""


class Publishing:
    """One connection that publishes one stream."""

    def __init__(self, place: tuple[str, int], *, application: str, stream: str) -> None:
        """Connect and be accepted. OSError when not, PublishRefused when the server says no."""
        self._socket = socket.create_connection(place, timeout=CONNECT_S)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(ANSWER_S * 1000))
            self._socket.settimeout(ANSWER_S)
            self._shake_hands()
            self._send(_message(_CONTROL_CHANNEL, _SET_CHUNK_SIZE, struct.pack(">I", _CHUNK)))
            url = f"rtmp://{place[0]}:{place[1]}/{application}"
            about = {"app": application, "type": "nonprivate", "flashVer": "FMLE/3.0", "tcUrl": url}
            self._send(_command("connect", 1, about))
            self._send(_command("createStream", 2, None))
            self._send(_command("publish", 3, None, stream, "live", on_stream=_STREAM))
            self._wait_until_started()
            self._socket.settimeout(SEND_S)
        except BaseException:  # whatever it was: nobody else knows this socket
            self._socket.close()
            raise

    def send(self, tags: list[Tag], *, begins_ms: int) -> None:
        """Some messages, timed from `begins_ms` on. OSError when the connection is lost, or takes nothing for a second.

        All in one write: each write is a packet, and everybody on the way pays for each.
        """
        self._drop_what_comes()
        messages = []
        for tag in tags:
            channel, at_ms = _CHANNELS.get(tag.kind, _DATA_CHANNEL), max(0, tag.at_ms - begins_ms)
            messages.append(_message(channel, tag.kind, tag.body, at_ms=at_ms, on_stream=_STREAM))
        self._send(b"".join(messages))

    def close(self) -> None:
        self._socket.close()

    def _shake_hands(self) -> None:
        self._send(b"\x03" + struct.pack(">II", 0, 0) + os.urandom(_HANDSHAKE - 8))
        answer = b""
        while len(answer) < 1 + 2 * _HANDSHAKE:
            part = self._socket.recv(1 + 2 * _HANDSHAKE - len(answer))
            if not part:
                raise PublishRefused("closed during the handshake")
            answer += part
        self._send(answer[1 : 1 + _HANDSHAKE])

    def _wait_until_started(self) -> None:
        """The server's answers are not taken apart: only one of them matters, and it is known by its name."""
        answer = b""
        while _STARTED not in answer:
            part = self._socket.recv(4096)
            if not part or len(answer) > _MOST_ANSWER:
                raise PublishRefused("the server did not let us publish")
            answer += part

    def _drop_what_comes(self) -> None:
        readable, _writable, _broken = select.select([self._socket], [], [], 0)
        if readable and not self._socket.recv(_MOST_ANSWER):
            raise ConnectionResetError("the server closed")

    def _send(self, data: bytes) -> None:
        self._socket.sendall(data)


def _message(channel: int, kind: int, body: bytes, *, at_ms: int = 0, on_stream: int = 0) -> bytes:
    """A message with a full header, in chunks of at most _CHUNK bytes."""
    is_long = at_ms >= _LONG_TIME
    extended = struct.pack(">I", at_ms) if is_long else b""
    time = _LONG_TIME if is_long else at_ms
    head = bytes([channel]) + time.to_bytes(3, "big") + len(body).to_bytes(3, "big") + bytes([kind])
    parts = [head + struct.pack("<I", on_stream) + extended + body[:_CHUNK]]
    parts += [bytes([0xC0 | channel]) + extended + body[at : at + _CHUNK] for at in range(_CHUNK, len(body), _CHUNK)]
    return b"".join(parts)


def _command(name: str, number: int, about: dict[str, str] | None, *rest: str, on_stream: int = 0) -> bytes:
    """AMF0: a name, a number, an object or null, and strings."""
    body = _string(name) + b"\x00" + struct.pack(">d", number)
    if about is None:
        body += b"\x05"
    else:
        body += b"\x03" + b"".join(_key(key) + _string(value) for key, value in about.items()) + b"\x00\x00\x09"
    body += b"".join(_string(each) for each in rest)
    return _message(_COMMAND_CHANNEL, _COMMAND, body, on_stream=on_stream)


def _key(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def _string(text: str) -> bytes:
    return b"\x02" + _key(text)
