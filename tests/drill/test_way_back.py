"""The platform's own command for the way back, when it hangs or fails."""

import json

import pytest


@pytest.fixture
def failing_back_by(standing, tmp_path):
    """The file of somebody else's platform: the standing one, with another command for the way back."""

    def _failing_back_by(*argv):
        platform = standing.platform
        services = [service.model_copy(update={"run": None}) for service in platform.services]
        commands = {**platform.commands, "failback": list(argv)}
        changed = platform.model_copy(update={"services": services, "commands": commands})
        said = changed.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"state", "carried"})
        file = tmp_path / "other.yaml"
        file.write_text(json.dumps(said), encoding="utf-8")
        return file

    return _failing_back_by


@pytest.mark.parametrize(
    ("argv", "message", "code"),
    [
        (["sleep", "60"], "still running when its limit of 1s passed", None),
        (["sh", "-c", "echo no such site >&2; exit 7"], "ended with exit code 7", 7),
    ],
    ids=["hangs", "fails"],
)
def test_a_way_back_that_does_not_end_well_is_told_as_it_was(start, failing_back_by, argv, message, code):
    run = start("test_the_way_back_takes_too_long", file="odd_bodies.py", platform=failing_back_by(*argv))
    ended, said = run.end()

    assert ended == 2, said
    assert message in said
    ways_back = [entry for entry in run.entries() if entry.get("command") == "failback"]
    assert [(argv, code)] == [(entry["argv"], entry["code"]) for entry in ways_back]
    assert ("no such site" in said) == (code == 7)
