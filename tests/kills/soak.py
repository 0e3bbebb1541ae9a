"""`make soak`: a thousand kills over all mechanisms, a table of what came of them, and a JSON beside."""

import argparse
import json
import random
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.kills.campaign import Campaign, summary
from tests.kills.killing import Killed
from tests.kills.mechanisms import MECHANISMS

COLUMNS = {
    "mechanism": 18, "kills": 7, "broken": 8, "begun_median_ms": 17, "begun_worst_ms": 16, "whole_median_ms": 17,
    "whole_worst_ms": 16, "not_healed": 12, "left_behind": 13,
}  # fmt: skip


def main() -> int:
    asked = argparse.ArgumentParser(prog="make soak")
    asked.add_argument("--kills", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=random.randrange(2**32))
    asked.add_argument("--grounds", type=int, default=2)
    asked.add_argument("--only", choices=MECHANISMS, action="append")
    asked.add_argument("--json", type=Path, default=Path("runs/soak.json"))
    given = asked.parse_args()
    print(f"seed {given.seed}: {given.kills} kills on {given.grounds} platforms", flush=True)
    campaign = Campaign(
        kills=given.kills, seed=given.seed, grounds=given.grounds, mechanisms=given.only or tuple(MECHANISMS)
    )
    kills: list[Killed] = []

    writing = threading.Lock()

    def told(killed: Killed) -> None:
        with writing:
            kills.append(killed)
            _write(given.json, given.seed, kills)
        if killed.problem:
            at = f"{killed.mechanism}, {killed.after_s:.3f} s after its {killed.since}, {killed.phase}"
            print(f"{at}: {killed.problem}", flush=True)
        elif len(kills) % 10 == 0:
            print(f"{len(kills)} kills", flush=True)

    with tempfile.TemporaryDirectory(prefix="switchdrill-soak-") as folder:
        campaign.play(Path(folder), Path(folder).name.lower().replace("_", "-"), told)
    lines = summary(kills)
    print("".join(name.rjust(width) for name, width in COLUMNS.items()))
    for line in lines:
        print("".join(str(line[name]).rjust(width) for name, width in COLUMNS.items()))
        print(f"{'':18}{', '.join(f'{phase} {count}' for phase, count in dict(line['instants']).items())}")  # type: ignore[call-overload]
    bad = [each for each in kills if each.problem]
    print(f"{len(kills)} kills, {len(bad)} of them left something; {given.json}")
    return 1 if bad or len(kills) < given.kills else 0


def _write(file: Path, seed: int, kills: Sequence[Killed]) -> None:
    """After each kill: one that is interrupted has told what it saw."""
    told = {"seed": seed, "summary": summary(kills), "kills": [asdict(each) for each in kills]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
