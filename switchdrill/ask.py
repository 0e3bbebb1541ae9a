"""Read back a platform's ledger over HTTP, straight at a site: evidence, not measurement."""

import http.client
import json
from contextlib import suppress
from pathlib import Path

from switchdrill.clock import now_ns
from switchdrill.platform.model import Platform

TIMEOUT_S = 3.0


def read_ledger(platform: Platform, ledger: str, site: str, *, prefix: str, into: Path) -> str | None:
    """Ask `site` for the records of `ledger` that begin with `prefix`; write the answer into `into`.

    Returns None, or why there is no answer (then nothing is written: missing is missing).
    """
    book = platform.ledgers[ledger]
    entry = platform.entries[book.entry]
    begun_ns = now_ns()
    connection = http.client.HTTPConnection(platform.sites[site].address, entry.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", book.read.replace("{prefix}", prefix), headers={"Host": entry.name})
        answer = connection.getresponse()
        body = answer.read()
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
