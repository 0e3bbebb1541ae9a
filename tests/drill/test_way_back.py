"""The platform's own command for the way back, when it hangs or fails."""

import pytest


@pytest.mark.parametrize(
    ("argv", "message", "code"),
    [
        (["sleep", "60"], "still running when its limit of 1s passed", None),
        (["sh", "-c", "echo no such site >&2; exit 7"], "ended with exit code 7", 7),
    ],
    ids=["hangs", "fails"],
)
def test_a_way_back_that_does_not_end_well_is_told_as_it_was(start, commanded_by, argv, message, code):
    run = start("test_the_way_back_takes_too_long", file="odd_bodies.py", platform=commanded_by(failback=argv))
    ended, said = run.end()

    assert ended == 2, said
    assert message in said
    ways_back = [entry for entry in run.entries() if entry.get("command") == "failback"]
    assert [(argv, code)] == [(entry["argv"], entry["code"]) for entry in ways_back]
    assert ("no such site" in said) == (code == 7)


def test_links_that_nobody_carries_can_not_be_broken(start, commanded_by):
    run = start(platform=commanded_by())
    code, said = run.end()

    assert code == 3, said
    assert "no Toxiproxy of ours carries its links" in said
