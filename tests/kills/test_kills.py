"""The promise itself: whenever the runner is killed, nothing stays broken, and nothing of it stays."""

import random
from pathlib import Path

import pytest

from tests.kills.campaign import Campaign
from tests.kills.mechanisms import MECHANISMS
from tests.kills.strangers import strangers

pytestmark = [pytest.mark.needs_docker, pytest.mark.needs_root]
KILLS = 25
AT_ONCE_MS = 1_000
BUSY_MS = 4_000
"""Once in so many kills the machine may be busy with something else."""


def test_random_kills_leave_nothing_broken_and_nothing_of_others_touched(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # make soak SEED=...
    with strangers(tmp_path / "strangers") as others:
        before = others.everything()
        kills = Campaign(kills=KILLS, seed=seed).play(tmp_path, f"switchdrill-kills-{seed}", print)
        after = others.everything()

    assert [] == [each for each in kills if each.problem]
    assert KILLS == len(kills)
    assert before == after
    by_healer = [each for each in kills if each.was_broken and not each.with_healer]
    assert by_healer, "no kill came while anything was broken"
    _at_once([each.begun_ms for each in by_healer])
    _at_once([each.whole_ms for each in by_healer if MECHANISMS[each.mechanism].is_at_once])


def _at_once(took_ms: list[float]) -> None:
    late = [each for each in took_ms if each >= AT_ONCE_MS]
    assert len(late) <= 1, took_ms
    assert max(took_ms, default=0) < BUSY_MS
