"""What the ledgers of a made-up run hold."""

import json

from tests.judge.story import at
from tests.judge.telling import Telling


def write_ledgers(telling: Telling, acknowledged: list[tuple[int, str]]) -> None:
    """Of the gifts that were acknowledged, those that each site has when it is read."""
    story, times, cut_s = telling.story, telling.times, telling.cut_s
    whens = {"hold": times.hold_ended + 0.01, "end": times.control_ended + 0.01}
    newest = sorted(acknowledged)
    before = [record for acknowledged_ns, record in newest if acknowledged_ns < at(-story.lost_from_s)]
    lost = set(before[len(before) - story.lost_gifts :])
    twice = set(before[: story.duplicate_gifts])
    for name in story.reads:
        when, _dot, site = name.partition(".")
        read_s = whens[when]
        if cut_s is not None and read_s > cut_s:
            continue
        is_back = when == "end" and (story.lost_after_hold or (story.lost_at_b and site == "a"))
        gone = set() if is_back else lost
        records = [
            {"id": record, "times": 2 if record in twice else 1}
            for acknowledged_ns, record in newest
            if acknowledged_ns <= at(read_s) and record not in gone
        ]
        text = {
            "ledger": "gifts", "site": site, "begun_ns": at(read_s), "ended_ns": at(read_s + 0.02),
            "records": records,
        }  # fmt: skip
        (telling.folder.ledgers / f"gifts.{site}.{when}.json").write_text(json.dumps(text) + "\n", encoding="utf-8")
