"""What the GSLB saw and did, one JSON object a line, flushed at once; t_ns is CLOCK_MONOTONIC."""

import json
from pathlib import Path

from switchdrill.clock import now_ns

Detail = str | int | bool | list[str]


class EventLog:
    """Append-only. Lines are complete: each is one write."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._out = file.open("a", encoding="utf-8", buffering=1)

    def say(self, event: str, *, at_ns: int | None = None, **details: Detail) -> None:
        """`at_ns` is the instant at which it became true; by default, now."""
        line = {"t_ns": now_ns() if at_ns is None else at_ns, "event": event, **details}
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._out.close()
