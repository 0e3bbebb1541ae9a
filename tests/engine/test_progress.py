"""Nobody has to be there to read it."""

import io

from switchdrill.progress import Progress


class Gone(io.StringIO):
    def write(self, text):
        raise OSError(5, "Input/output error")


def test_a_terminal_that_is_gone_ends_nothing():
    progress = Progress(Gone())
    progress.part("heal")
    progress.say("still here")
    progress.tick(force=True)
    progress.close()


def test_plain_lines_go_into_a_log():
    log = io.StringIO()
    progress = Progress(log)
    progress.good, progress.viewers = 3, 5
    progress.part("hold")

    assert "hold" in log.getvalue()
    assert "viewers good 3 / 5" in log.getvalue()
    assert "\r" not in log.getvalue()
