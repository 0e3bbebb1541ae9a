"""Nobody has to be there to read it."""

import io
import os
from contextlib import suppress

import pytest

from switchdrill.running.progress import Progress


def no_reader():
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def full_disk():
    return os.open("/dev/full", os.O_WRONLY)


def hung_up():
    """A terminal that somebody closed."""
    leader, follower = os.openpty()
    os.close(leader)
    return follower


@pytest.mark.parametrize("gone", [no_reader, full_disk, hung_up])
def test_a_reader_that_is_gone_ends_nothing(gone):
    stream = os.fdopen(gone(), "w")
    with pytest.raises(OSError, match="Errno"):
        print("is it gone?", file=stream, flush=True)
    progress = Progress(stream)
    progress.part("heal")
    progress.say("still here")
    progress.tick(force=True)
    progress.close()
    with suppress(OSError):  # what it could not write
        stream.close()


def test_a_stream_that_is_closed_meanwhile_ends_nothing():
    stream = io.StringIO()
    progress = Progress(stream)
    stream.close()
    progress.part("heal")
    progress.close()


def test_plain_lines_go_into_a_log():
    log = io.StringIO()
    progress = Progress(log)
    progress.good, progress.viewers = 3, 5
    progress.part("hold")
    progress.close()

    assert "hold" in log.getvalue()
    assert "viewers good 3 / 5" in log.getvalue()
    assert "\r" not in log.getvalue()
