"""The promise itself: whenever the runner is killed, nothing stays broken, and nothing of it stays."""

import random
from pathlib import Path

import pytest

from tests.kills.campaign import Campaign
from tests.kills.mechanisms import MECHANISMS
from tests.kills.strangers import strangers

pytestmark = [pytest.mark.needs_docker, pytest.mark.needs_root]
KILLS = 25
SOON_MS = 15_000
"""A healer needs a fraction of a second; a busy machine, some more."""
AT_ONCE_MS = 1_000


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
    healed = sorted(each.whole_ms for each in kills if each.was_broken and not each.with_healer)
    begun = sorted(each.begun_ms for each in kills if each.was_broken and not each.with_healer)
    assert healed, "no kill came while anything was broken"
    assert max(begun) < SOON_MS
    assert begun[len(begun) // 2] < AT_ONCE_MS
    at_once = sorted(
        each.whole_ms
        for each in kills
        if each.was_broken and not each.with_healer and MECHANISMS[each.mechanism].is_at_once
    )
    assert max(at_once, default=0) < SOON_MS
    assert not at_once or at_once[len(at_once) // 2] < AT_ONCE_MS
