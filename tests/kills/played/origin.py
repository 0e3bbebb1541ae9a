"""The origins of both sites: a picture that moves, made once and served again and again with a number in it."""

import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SEGMENT_S = 0.5
LISTED = 4


def main(segment: str, *addresses: str) -> None:
    picture = Path(segment).read_bytes()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            if name.endswith(".m3u8"):
                self._send(playlist(int(time.monotonic() / SEGMENT_S)))
            elif name.endswith(".ts"):
                self._send(picture + numbered(int(name.removesuffix(".ts"))))
            else:
                self._send(b"")

        def _send(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: object) -> None:
            """Nobody reads it."""

    for address in addresses:
        host, _colon, port = address.rpartition(":")
        server = ThreadingHTTPServer((host, int(port)), Answer)
        threading.Thread(target=server.serve_forever).start()


def playlist(newest: int) -> bytes:
    head = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{newest - LISTED + 1}"]
    numbers = range(newest - LISTED + 1, newest + 1)
    return "\n".join([*head, *(f"#EXTINF:{SEGMENT_S},\n{number}.ts" for number in numbers), ""]).encode()


def numbered(number: int) -> bytes:
    """A packet that players skip: without it the stream would look as if it stood still."""
    return b"\x47\x1f\xff\x10" + number.to_bytes(184, "big")


if __name__ == "__main__":
    main(*sys.argv[1:])
