"""Raw probe series: fixed-width records of ten signed 64-bit integers, little-endian, one file a target.

`samples/<target>.bin` holds records one after another; `samples/schema.json` names the columns of each kind and lists
the targets. A torn record at the end (the prober died) is left out by the reader.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from switchdrill.platform.targets import Target

RECORD = struct.Struct("<10q")

COMMON_COLUMNS = ("slot", "planned_ns", "sent_ns", "ended_ns", "outcome", "site")
KIND_COLUMNS = {
    "dns": ("ttl_s", "rcode", "unused_1", "unused_2"),
    "hls": ("sequence", "captured_ns", "frames", "status"),
    "http": ("status", "unused_1", "unused_2", "unused_3"),
    "ledger": ("number", "status", "unused_1", "unused_2"),
}


def status_of(kind: str, sample: "Sample") -> int | None:
    """The HTTP status that it got; None: its kind has none, or no answer came."""
    values = (sample.v0, sample.v1, sample.v2, sample.v3)
    columns = KIND_COLUMNS[kind]
    return (values[columns.index("status")] or None) if "status" in columns else None


class Outcome(IntEnum):
    """What one question got. Only GOOD is good; UNKNOWN is neither good nor bad.

    Of a ledger: GOOD is acknowledged. REFUSED, NO_ANSWER, BAD_STATUS (4xx), and UNKNOWN with sent_ns 0, are surely not
    written: the record never left, or was turned down. TIMED_OUT, RESET, UNREADABLE, UNCERTAIN, and UNKNOWN with a
    sent_ns, may be written or not: finding the record later, or not finding it, are both right.
    """

    UNKNOWN = 0
    """The prober itself missed the slot, or had no means to ask (no descriptor, a late timer)."""
    GOOD = 1
    REFUSED = 2
    """ECONNREFUSED, or no route."""
    TIMED_OUT = 3
    """Connected or not, no full answer in time."""
    RESET = 4
    """The connection was closed or reset before the answer was whole."""
    BAD_STATUS = 5
    """An HTTP status other than 2xx; of a ledger: refused for sure (4xx)."""
    UNREADABLE = 6
    """The answer can't be parsed or decoded."""
    STALE = 7
    """It decodes, but the newest picture is older than the bound, or does not advance."""
    WRONG_ROOM = 8
    NO_ANSWER = 9
    """DNS: SERVFAIL, NXDOMAIN, or no address in the answer."""
    UNCERTAIN = 10
    """Ledger: a 5xx; the record may exist or not."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One question and what came of it. Positional, because there are many."""

    slot: int
    """0, 1, 2, ...: planned_ns = start + slot * every."""
    planned_ns: int
    sent_ns: int
    """When it really left; 0 when it never did."""
    ended_ns: int
    outcome: int
    site: int
    """1 + index of the serving site in the platform file's order; 0 when no site served it."""
    v0: int = 0
    v1: int = 0
    v2: int = 0
    v3: int = 0

    def packed(self) -> bytes:
        return RECORD.pack(
            self.slot, self.planned_ns, self.sent_ns, self.ended_ns, self.outcome, self.site,
            self.v0, self.v1, self.v2, self.v3,
        )  # fmt: skip

    @property
    def is_good(self) -> bool:
        return self.outcome == Outcome.GOOD

    @property
    def is_known(self) -> bool:
        return self.outcome != Outcome.UNKNOWN


def read_samples(path: Path) -> list[Sample]:
    """All whole records of one target, in slot order; an absent file is an empty series."""
    if not path.is_file():
        return []
    raw = path.read_bytes()
    whole = len(raw) - len(raw) % RECORD.size
    series = [Sample(*values) for values in _records(raw[:whole])]
    return sorted(series, key=lambda sample: sample.slot)


def _records(raw: bytes) -> Iterator[tuple[int, ...]]:
    return RECORD.iter_unpack(raw)


def write_schema(folder: Path, targets: list[Target], sites: list[str]) -> None:
    """Write `schema.json`: column names per kind, the sites behind the `site` column, the targets."""
    text = {
        "schema": "switchdrill.samples/v1",
        "record": "10 signed 64-bit integers, little-endian; *_ns is CLOCK_MONOTONIC in nanoseconds",
        "columns": {kind: [*COMMON_COLUMNS, *columns] for kind, columns in KIND_COLUMNS.items()},
        "outcomes": {outcome.name.lower(): int(outcome) for outcome in Outcome},
        "sites": {name: index for index, name in enumerate(sites, start=1)},
        "targets": [target.model_dump(mode="json") for target in targets],
    }
    (folder / "schema.json").write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
