"""What viewers get: a stream that decodes, in real time, the same at both sites."""

import io
from itertools import pairwise

import av

from switchdrill.clock import boot_id, now_ns, pause, wait_until
from switchdrill.mark import EVERY_SITE, Mark, crc, read


def segments(playlist):
    return [int(line.removesuffix(".ts")) for line in playlist.splitlines() if line.endswith(".ts")]


def fetched(platform, site, number):
    return platform.http("GET", platform.viewers(site, 18080), f"/live/room1/{number}.ts").body


def marks(data):
    """The mark of every picture; None where there is none."""
    with av.open(io.BytesIO(data)) as container:
        found = []
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            found.append(read(bytes(plane), plane.line_size, width=frame.width, height=frame.height))
        return found


def test_every_picture_carries_the_mark_of_its_room(shared):
    newest = segments(shared.playlist("a"))[-1]
    found = marks(fetched(shared, "a", newest))

    assert len(found) == 25
    assert all(isinstance(mark, Mark) for mark in found)
    assert {(mark.room_crc, mark.site, mark.boot_crc) for mark in found} == {(crc("room1"), EVERY_SITE, crc(boot_id()))}


def test_marks_advance_at_real_time_and_without_a_gap(shared):
    numbers = segments(shared.playlist("b"))[-4:]
    found = [mark for number in numbers for mark in marks(fetched(shared, "b", number))]
    frames = [mark.frame for mark in found]
    captured_s = (found[-1].captured_ns - found[0].captured_ns) / 1e9
    age_s = (now_ns() - found[-1].captured_ns) / 1e9

    assert frames == list(range(frames[0], frames[0] + 25 * len(numbers)))
    assert abs(captured_s - (len(numbers) - 0.04)) < 0.25
    assert age_s < 2.5


def test_segments_in_a_row_are_one_stream(shared):
    """Time stamps go on, and so do the packet counters: a demuxer sees no seam."""
    numbers = segments(shared.playlist("a"))[-3:]
    stream = b"".join(fetched(shared, "a", number) for number in numbers)
    times = {"video": [], "audio": []}
    corrupt = 0
    with av.open(io.BytesIO(stream)) as container:
        for packet in container.demux():
            corrupt += packet.is_corrupt
            if packet.pts is not None:
                times[packet.stream.type].append(packet.pts)
    video, audio = times["video"], times["audio"]

    assert corrupt == 0
    assert len(video) == 25 * len(numbers)
    assert {after - before for before, after in pairwise(video)} == {3600}
    assert {after - before for before, after in pairwise(audio)} == {1920}


def test_every_segment_begins_with_a_picture_that_needs_no_other(shared):
    newest = segments(shared.playlist("a"))[-1]
    with av.open(io.BytesIO(fetched(shared, "a", newest))) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.pts is not None]

    assert keys == [True] + [False] * 24


def test_both_sites_serve_the_same_segments_under_the_same_numbers(shared):
    common = sorted(set(segments(shared.playlist("a"))) & set(segments(shared.playlist("b"))))

    assert len(common) >= 4
    assert fetched(shared, "a", common[-1]) == fetched(shared, "b", common[-1])


def test_the_playlist_says_what_players_need(shared):
    playlist = shared.playlist("a")
    numbers = segments(playlist)

    assert playlist.startswith("#EXTM3U\n")
    assert "#EXT-X-TARGETDURATION:1\n" in playlist
    assert f"#EXT-X-MEDIA-SEQUENCE:{numbers[0]}\n" in playlist
    assert playlist.count("#EXT-X-PROGRAM-DATE-TIME:") == len(numbers) == playlist.count("#EXTINF:1.000,")
    assert "#EXT-X-DISCONTINUITY\n" not in playlist
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_missing_number_begins_the_window_anew_with_a_discontinuity(shared):
    """At a room of its own, so that the shared stream stays whole."""
    room = {
        "room": "gaps",
        "encoder": {
            "video": "h264",
            "audio": "aac",
            "width": 320,
            "height": 180,
            "frames_per_second": 25,
            "segment_ms": 1000,
        },
    }
    shared.http("PUT", shared.viewers("a", 18081), "/rooms/gaps", room)
    for number in (1, 2, 4, 5):
        pushed = push(shared, "a", "gaps", number)

        assert pushed.status == 204
    playlist = shared.http("GET", shared.viewers("a", 18080), "/live/gaps/index.m3u8").body.decode()

    assert segments(playlist) == [4, 5]
    assert "#EXT-X-MEDIA-SEQUENCE:4\n" in playlist
    assert playlist.index("#EXT-X-DISCONTINUITY\n") < playlist.index("4.ts")


def push(platform, site, room, number):
    headers = {"X_Duration_Ms": "1000", "X_Started_Ns": str(now_ns()), "X_Program_Date_Time": "2026-11-21T08:00:00Z"}
    address = platform.inside(site, 18080)
    return platform.http("PUT", address, f"/ingest/{room}/{number}.ts", bytes(188 * 4), **headers)


def test_a_push_for_a_room_without_metadata_is_refused(shared):
    pushed = push(shared, "b", "nobody-knows-it", 1)

    assert pushed.status == 403
    assert b"no metadata" in pushed.body


def test_room_metadata_reaches_the_other_site_before_it_is_acknowledged(shared):
    room = {"room": "gala", "cdn": ["192.0.2.1"], "push": {"a": "rtmp://192.0.2.2/live"}}
    put = shared.http("PUT", shared.viewers("a", 18081), "/rooms/gala", room)
    there = shared.http("GET", shared.viewers("b", 18081), "/rooms/gala")

    assert put.status == 200
    assert there.json()["cdn"] == ["192.0.2.1"]


def test_a_room_without_encoder_parameters_takes_no_push(shared):
    shared.http("PUT", shared.viewers("a", 18081), "/rooms/half", {"room": "half"})
    pushed = push(shared, "a", "half", 1)

    assert pushed.status == 403
    assert b"encoder parameters" in pushed.body


def test_room_metadata_is_not_taken_at_the_standby(shared):
    put = shared.http("PUT", shared.viewers("b", 18081), "/rooms/other", {"room": "other"})

    assert put.status == 409


def test_a_hung_site_does_not_delay_the_other(shared):
    shared.carriers.link("publisher--b.origin", "stalled")
    try:
        before = segments(shared.playlist("a"))[-1]
        pause(2.2)
        after = segments(shared.playlist("a"))[-1]
    finally:
        shared.carriers.link("publisher--b.origin", "open")
    wait_until(
        lambda: segments(shared.playlist("b"))[-1] >= segments(shared.playlist("a"))[-1],
        within_s=5,
        what="b has the newest again",
    )

    assert 1 <= after - before <= 3
    shared.wait_until_whole()


def test_single_publish_leaves_the_standby_without_a_picture(loose):
    newest = segments(loose.playlist("a"))[-1]
    there = loose.http("GET", loose.viewers("b", 18080), "/live/room1/index.m3u8")

    assert {mark.site for mark in marks(fetched(loose, "a", newest))} == {0}
    assert there.status == 404
