"""Gifts of a site: written to whichever Redis the sentinels call the master."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from redis.exceptions import RedisError
from redis.sentinel import Sentinel

SENTINELS = Sentinel([(f"10.88.0.{last}", 26379) for last in (14, 24, 34)], socket_timeout=0.4)
GIFTS = SENTINELS.master_for("tv", socket_timeout=0.4, decode_responses=True)


class Gifts(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        gift = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            self._say(200, {"times": GIFTS.hincrby("gifts", gift["id"], 1)})
        except RedisError as problem:
            self._say(503, {"why": str(problem)})

    def do_GET(self) -> None:
        prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
        try:
            found = GIFTS.hgetall("gifts")
            records = [{"id": key, "times": int(n)} for key, n in found.items() if key.startswith(prefix)]
            self._say(200, {"records": records})
        except RedisError as problem:
            self._say(503, {"why": str(problem)})

    def _say(self, status: int, what: object) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("0.0.0.0", 8000), Gifts).serve_forever()
