"""Playlists and segments of other platforms than our own: masters, fMP4, absolute URLs, and what we can't read."""

import asyncio
import io
from fractions import Fraction

import av
import pytest

from switchdrill.platform.targets import Target
from switchdrill.probes.answer import Unreadable
from switchdrill.probes.listing import Newest, Variant, read_listing
from switchdrill.probes.picture import NOTHING, look
from switchdrill.probes.request import Place
from switchdrill.probes.way import Way

HEAD = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:40\n"
SEGMENTS = "#EXTINF:2.0,\nx40.ts\n#EXTINF:1.5,\nx41.ts\n"
HERE = Place(address="127.60.1.1", port=18080, host="live.test:18080")


def test_the_newest_segment_is_the_last_one_listed():
    assert read_listing((HEAD + SEGMENTS).encode()) == Newest(sequence=41, uri="x41.ts", duration_s=1.5, opening=None)


def test_an_fmp4_playlist_names_its_opening():
    newest = read_listing((HEAD + '#EXT-X-MAP:URI="init.mp4"\n' + SEGMENTS).encode())

    assert newest.opening == "init.mp4"


def test_a_master_playlist_is_followed_to_its_first_variant():
    text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nlow/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=9\nb.m3u8\n"

    assert read_listing(text.encode()) == Variant(uri="low/index.m3u8")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        HEAD.encode(),
        (HEAD + '#EXT-X-KEY:METHOD=AES-128,URI="k"\n' + SEGMENTS).encode(),
        (HEAD + "#EXTINF:2.0,\n#EXT-X-BYTERANGE:75232@0\nx.ts\n").encode(),
        (HEAD + "#EXTINF:two,\nx.ts\n").encode(),
    ],
)
def test_what_a_viewer_could_not_play_is_unreadable(body):
    with pytest.raises(Unreadable):
        read_listing(body)


@pytest.mark.parametrize(
    ("uri", "address", "host", "path"),
    [
        ("seg/1.ts?t=2", "127.60.1.1", "live.test:18080", "/live/room1/seg/1.ts?t=2"),
        ("/other/1.ts", "127.60.1.1", "live.test:18080", "/other/1.ts"),
        ("http://live.test:18080/1.ts", "127.60.1.1", "live.test:18080", "/1.ts"),
        ("http://127.60.9.9:81/1.ts", "127.60.9.9", "127.60.9.9:81", "/1.ts"),
        ("http://cdn.test/1.ts", "127.60.1.1", "cdn.test", "/1.ts"),
    ],
)
def test_a_segment_is_fetched_where_its_uri_says(uri, address, host, path):
    target = Target(
        name="watch.a", probe="watch", kind="hls", site="a", address="127.60.1.1", name_asked="live.test",
        port=18080, path="/live/room1/index.m3u8", every_ns=1, timeout_ns=1,
    )  # fmt: skip

    place, path_there = asyncio.run(Way(target).follow(HERE, target.path, uri))

    assert (place.address, place.host, path_there) == (address, host, path)


def test_a_segment_that_needs_another_scheme_is_unreadable():
    with pytest.raises(Unreadable):
        asyncio.run(Way(Target.model_construct()).follow(HERE, "/", "file:///etc/passwd"))


def test_a_fragmented_mp4_decodes_as_a_whole():
    out = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(out, "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=10, options={"preset": "ultrafast", "tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = 320, 64, "yuv420p"
        for number in range(10):
            frame = av.VideoFrame(320, 64, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([100]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    seen = look(out.getvalue(), 1.0)

    assert (seen.pictures, seen.is_whole, seen.mark) == (10, True, None)
    assert not look(out.getvalue(), 2.0).is_whole


@pytest.mark.parametrize("body", [b"", b"G" * 188 * 20, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", bytes(4000)])
def test_bytes_that_hold_no_picture_show_nothing(body):
    assert look(body, 1.0) == NOTHING
