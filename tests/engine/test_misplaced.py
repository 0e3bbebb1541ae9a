"""What only the whole file shows to be wrong is named by its own line, not by the file's first."""

from pathlib import Path

import pytest

from switchdrill import yamlfile
from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.runbook.model import Runbook

DRILLS = Path(__file__).parent.parent.parent / "drills"
PLATFORM = DRILLS / "platforms" / "embedded" / "platform.yaml"
RUNBOOK = DRILLS / "runbooks" / "two-site-fast.yaml"


def complaint(file, model, old, new):
    """Where `new` stands, and what is said when it stands there instead of the first `old`."""
    text = file.read_text(encoding="utf-8")
    at = text.index(old)
    line = text[: at + len(old) - len(old.lstrip("\n"))].count("\n") + 1
    with pytest.raises(BadInput) as refused:
        yamlfile.parse(text.replace(old, new, 1), model, where="file.yaml", values={"net": "127.9"})
    return f"file.yaml:{line}", refused.value


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{site: a, listen", "{site: zz, listen", "links.0.hops.0.site: there is no site 'zz'; there are a, b"),
        ("\n    site: b", "\n    site: zz", "services.3.site: there is no site 'zz'"),
        ("entry: api", "entry: nowhere", "there is no entry 'nowhere'; there are api, live"),
        ("ledger: gifts, every", "ledger: coins, every", "there is no ledger 'coins'"),
        ("${net}.0.102", "${net}.1.1", "operators.unicom.source: somebody else is at 127.9.1.1 already"),
        ("${net}.0.102", "${net}.0.12", "operators.unicom.source: somebody else is at 127.9.0.12 already"),
        ("${net}.0.102", "${net}.0.22", "operators.unicom.source: somebody else is at 127.9.0.22 already"),
        ("${net}.0.102", "${net}.0.101", "operators.unicom.source: somebody else is at 127.9.0.101 already"),
        ("${net}.0.102", "::1", "operators.unicom: 127.9.0.12 can't be reached from ::1"),
        ("name: b.api", "name: a.api", "services.3.name: the name a.api stands twice"),
    ],
)
def test_a_platform_that_contradicts_itself_is_named_by_line(old, new, said):
    where, refused = complaint(PLATFORM, Platform, old, new)

    assert where == refused.where
    assert said in (refused.because or "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("owner: ", "owner: nobody-", "there is no role 'nobody-"),
        ("owner: commander", "owner: commander, after: [nothing]", "it comes after 'nothing', which is not a step"),
        ("id: s02", "id: s01", "steps.1.id: two steps have the same id"),
        ("from: detected", "from: steered", "phases.steer.from: each phase must begin at the milestone"),
        ("limit: 12s", "limit: 1s", "limit: the limit is shorter than the target"),
    ],
)
def test_a_runbook_that_contradicts_itself_is_named_by_line(old, new, said):
    where, refused = complaint(RUNBOOK, Runbook, old, new)

    assert where == refused.where
    assert said in (refused.because or "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('listen: "${net}.1.1:18081"', 'listen: "${net}.1.1:18080"', "is listened at already, by link "),
        ('upstream: "${net}.1.11:18080"', 'upstream: "${net}.1.1:18080"', "is listened at already, by link "),
        ('"{here}/gslb.py"', '"{her}/gslb.py"', "nothing is called {her}; there are {python}, {here}"),
        (
            "consecutive_failures: 3",
            "consecutive_failures: true",
            "a valid integer is expected, without quotes, not true",
        ),
    ],
)
def test_what_can_not_work_is_refused_before_anything_starts(old, new, said):
    where, refused = complaint(PLATFORM, Platform, old, new)

    assert where == refused.where
    assert said in (refused.because or "")


def test_a_bracket_in_a_comment_nests_nothing():
    text = PLATFORM.read_text(encoding="utf-8") + "# " + "[" * 200 + "\n"

    assert "embedded" == yamlfile.parse(text, Platform, where="file.yaml", values={"net": "127.9"}).id


def test_a_control_character_is_named_by_line(tmp_path):
    (tmp_path / "file.yaml").write_text("schema: x\ntitle: a\x1b[31mb\n")

    with pytest.raises(BadInput) as refused:
        yamlfile.read(tmp_path / "file.yaml", Runbook)

    assert f"{tmp_path}/file.yaml:2" == refused.value.where
    assert r"'\x1b'" in (refused.value.because or "")
