"""Read back a platform's ledger over HTTP, straight at a site: evidence, not measurement."""

import http.client
import json
from contextlib import suppress
from pathlib import Path

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.platform.model import Platform

TIMEOUT_S = 3.0
"""For each answer of the network, and for the whole of it once more."""
MAX_BYTES = 64 * 1024 * 1024


def read_ledger(platform: Platform, ledger: str, site: str, *, prefix: str, into: Path) -> str | None:
    """Ask `site` for the records of `ledger` that begin with `prefix`; write the answer into `into`.

    Returns None, or why there is no answer (then nothing is written: missing is missing).
    """
    book = platform.ledgers[ledger]
    entry = platform.entries[book.entry]
    begun_ns = now_ns()
    connection = http.client.HTTPConnection(platform.sites[site].address, book.port or entry.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", book.read.replace("{prefix}", prefix), headers={"Host": entry.name})
        answer = connection.getresponse()
        body = _whole(answer, begun_ns + int(2 * TIMEOUT_S * NS_PER_S))
        if answer.status != 200:
            return f"HTTP {answer.status}"
        records = json.loads(body)["records"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as problem:
        return f"{type(problem).__name__}: {problem}"
    finally:
        with suppress(OSError):
            connection.close()
    text = {"ledger": ledger, "site": site, "begun_ns": begun_ns, "ended_ns": now_ns(), "records": records}
    into.write_text(json.dumps(text, ensure_ascii=False) + "\n", encoding="utf-8")
    return None


def _whole(answer: http.client.HTTPResponse, until_ns: int) -> bytes:
    """A drill does not wait for one that trickles, nor for one that never ends."""
    body = bytearray()
    while chunk := answer.read1(1 << 16):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError(f"longer than {MAX_BYTES} bytes")
        if now_ns() > until_ns:
            raise TimeoutError(f"not whole after {2 * TIMEOUT_S:g} s, {len(body)} bytes")
    return bytes(body)
