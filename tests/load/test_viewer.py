"""One viewer against servers that say 200 and serve no picture: what he counts as new, and where he goes next."""

import subprocess
import sys
from pathlib import Path

import pytest

from switchdrill.load.reel import NoReel, read_reel
from switchdrill.load.viewer import is_media

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:%d\n"
WATCH = Path(__file__).with_name("watch.py")


def playlist(first: int, count: int = 3, duration: str = "1.0", uri: str = "%d.ts") -> bytes:
    lines = b"".join(f"#EXTINF:{duration},\n{uri % (first + number)}\n".encode() for number in range(count))
    return PLAYLIST % first + lines


@pytest.mark.parametrize("duration", ["0", "-1", "inf", "nan", "86400"])
def test_no_playlist_makes_a_viewer_good_for_ever(duration: str) -> None:
    with pytest.raises(NoReel):
        read_reel(playlist(7, duration=duration))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\x47" + bytes(187), True), (b"\0\0\0\x18ftypmp42", True), (b"\0\0\0\x18moof", True), (b"ID3\4", True),
        (b"", False), (b"<html>sorry</html>", False), (b'{"error": 1}', False), (bytes(188), False),
    ],
)  # fmt: skip
def test_an_error_page_with_status_200_is_no_segment(body: bytes, expected: bool) -> None:

    assert expected == is_media(body)


def watched(*scenes: str) -> list[str]:
    """What a viewer counted as new in each scene; see watch.py. In a process of its own: gevent patches sockets."""
    done = subprocess.run(
        [sys.executable, "-m", "gevent.monkey", str(WATCH), *scenes],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("scenes", "expected"),
    [
        (["100", "101", "101"], ["102", "103", ""]),
        # The other site lags, or stands still, near what was seen already: nothing there is new.
        (["100", "98", "98", "99", "102"], ["102", "", "", "", "103,104"]),
        # The other site counts from elsewhere: what is listed there may be an hour old until it moves.
        (["100", "5", "5", "6"], ["102", "", "", "8"]),
        (["100", "500"], ["102", "500,501,502"]),
        (["100", "101:html", "101"], ["102", "LoadFailed no media", "103"]),
        (["100", "101:none", "101"], ["102", "LoadFailed cut off", "103"]),
    ],
    ids=["it moves", "a site behind", "other numbers", "ahead", "an error page", "no first byte"],
)  # fmt: skip
def test_only_what_a_viewer_has_not_seen_is_new(scenes: list[str], expected: list[str]) -> None:

    assert expected == watched(*scenes)


def test_segments_on_another_host_are_looked_up_again_when_that_fails() -> None:

    assert ["LoadFailed refused", "103"] == watched("100@cdn:dead", "101@cdn")


def test_a_viewer_of_an_address_finds_segments_on_another_host_there_too() -> None:

    assert ["102", "103"] == watched("straight", "100@cdn", "101@cdn")
