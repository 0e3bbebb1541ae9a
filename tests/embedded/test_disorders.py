"""What only the platform can put in disorder: made, seen in the world, taken back; by the faults that ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from switchdrill.clock import wait_until
from switchdrill.fault import Fault
from switchdrill.platform.model import Platform
from switchdrill_faults import (
    DependencyMisplaced,
    FailedChecks,
    PlaylistFrozen,
    PrimaryKeepsWriting,
    StandbyTooSmall,
    StreamMetadataMissing,
    WrongEncoderParameters,
)
from tests.embedded.conftest import HERE, RunningPlatform, segments

TRIES = 5


@contextmanager
def broken_by(fault: Fault, running: RunningPlatform) -> Iterator[str]:
    """As a drill does it: planned, made, proven; healed, and proven again. What the first proof says."""
    platform: Platform = running.platform.model_copy(update={"state": str(running.state)})
    undos = fault.plan(platform)
    fault.inject(undos)
    try:
        said = [""]

        def is_proven() -> bool:
            counted = fault.counted(undos)
            said[0] = counted.said
            return counted.ok

        wait_until(is_proven, within_s=fault.effect(undos).within_s, what="proof", saw=lambda: said[0])
        yield said[0]
    finally:
        healed = [fault.heal(undo) for undo in undos]
    assert all("is as it was" in each for each in healed)


@pytest.mark.parametrize(("field", "key"), [("push_address", "push"), ("encoder", "encoder"), ("cdn_nodes", "cdn")])
def test_a_field_missing_at_the_standby_is_missing_there_alone(shared, field, key):
    before = {site: room(shared, site) for site in "ab"}
    with broken_by(StreamMetadataMissing(field=field), shared):
        found = {site: room(shared, site) for site in "ab"}
        assert [key] == [name for name in found["b"] if found["b"][name] != before["b"][name]]
        assert before["a"] == found["a"]
        if field == "cdn_nodes":  # which nobody notices before viewers are sent there
            wait_until(lambda: shared.playlist("b") == "", within_s=5, what="no picture at b")
            assert shared.health("b")["ok"]
        else:
            newest = segments(shared.playlist("b"))[-1]
            refused = f"the room's metadata has no {'push address' if field == 'push_address' else 'encoder'}"
            log = shared.state / "publisher.log"
            wait_until(lambda: refused in log.read_text(encoding="utf-8"), within_s=5, what=f"refused after {newest}")
    assert before == {site: room(shared, site) for site in "ab"}


def room(shared, site):
    return shared.http("GET", shared.inside(site, 18081), "/rooms/room1").json()


def test_a_frozen_playlist_is_answered_with_200_and_named_by_its_age(shared):
    with broken_by(PlaylistFrozen(site="standby"), shared) as said:
        assert said.startswith("200, and the newest segment of b began")
        newest = segments(shared.playlist("b"))[-1]
        assert newest < segments(shared.playlist("a"))[-1]
    assert segments(shared.playlist("b"))[-1] > newest


def test_a_stream_of_another_size_is_seen_in_its_segments(shared):
    with broken_by(WrongEncoderParameters(parameter="resolution"), shared) as said:
        assert "resolution 160x90" in said


def test_each_wrong_parameter_is_wrong_alone(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    from coding import AS_PROMISED, WRONG
    from encoder import Encoder
    from picture import chroma, luma
    from promised import held_against
    from rooms import EncoderParameters, Room

    from switchdrill.clock import anchor
    from switchdrill.mark import Mark
    from switchdrill.platform.asking import Reply

    promised = EncoderParameters(
        video="h264", audio="aac", width=320, height=180, frames_per_second=25, segment_ms=1000
    )
    room = Reply(status=200, body=Room(room="room1", encoder=promised).model_dump_json().encode())
    found = {}
    for name, coding in {"": AS_PROMISED, **WRONG}.items():
        encoder = Encoder(coding)
        for second in (1, 2):
            encoder.begin(second)
            for number in range(25):
                mark = Mark(room_crc=0, site=0, frame=number, captured_ns=1, boot_crc=0)
                picture = luma(mark, date=anchor().date(0), frame_in_second=number, stride=encoder.strides[0])
                encoder.picture(number, (picture, *chroma(second, encoder.strides[1])))
            data = encoder.finish()
        found[name] = list(held_against(room, data))

    assert {"": [], "resolution": ["resolution"], "codec": ["codec"], "gop": ["gop"]} == found


def test_gifts_of_the_standby_are_answered_for_by_the_primary(shared):
    with broken_by(DependencyMisplaced(dependency="database"), shared):
        answer = shared.http("GET", shared.viewers("b", 18081), "/gifts?prefix=nobody")
        assert "a" == answer.json()["site"]
        shared.carriers.link("b.api--a.api", "cut")
        lost = shared.gift("b", "misplaced", inside=True)
        shared.carriers.link("b.api--a.api", "open")
        assert 503 == lost.status


def test_a_small_standby_refuses_what_is_too_much(shared):
    with broken_by(StandbyTooSmall(left="5%"), shared) as said:
        assert "requests in a row were refused at b" in said
        assert shared.health("b")["ok"], "idle, it looks well"


def test_a_site_without_its_guard_takes_gifts_beside_the_active_one(shared):
    with broken_by(PrimaryKeepsWriting(site="standby"), shared):
        assert [200, 200] == [shared.gift(site, f"brain-{site}", inside=True).status for site in "ab"]
        assert {"brain-b"} == shared.gifts("b", "brain-b")
        assert set() == shared.gifts("a", "brain-b")
        fenced = shared.ctl("fence", "b")
        assert (1, True) == (fenced.returncode, "did not refuse a write" in fenced.stderr)


@pytest.mark.parametrize("count", [1, 2])
def test_exactly_so_many_checks_fail_and_the_limit_is_exact(loose, count):
    """Its detector declares a site down at the second failure in a row. A check that a busy machine makes fail beside
    ours is told by `look`, is no proof, and is tried again.
    """
    platform = loose.platform.model_copy(update={"state": str(loose.state)})
    fault = FailedChecks(site="standby", count=count)
    undos = fault.plan(platform)
    for _try in range(TRIES):
        loose.wait_until_whole(30.0)
        before = len(loose.events())
        fault.inject(undos)

        def has_ended(before: int = before) -> bool:
            return "check_passed" in told(loose, before)

        wait_until(has_ended, within_s=30, what="a check that passes again")
        counted = fault.counted(undos)
        found = told(loose, before)
        fault.heal(undos[0])
        if counted.ok:
            break
        assert found.count("check_failed") != count, counted.said
    assert counted.ok, counted.said
    assert f"{count} of {count} checks of b have failed" == counted.said
    assert count == found.count("check_failed")
    assert (count >= 2) == ("site_down" in found)


def told(platform, before):
    return [each["event"] for each in platform.events()[before:] if each.get("site") == "b"]
