"""The drill of the first issue, unchanged, on nginx, HAProxy, PostgreSQL and Redis; and what only those can show."""

import pytest

from tests.staging.conftest import DRILLS, SHIPPED, Drilled, left_behind, play

pytestmark = [pytest.mark.needs_docker, pytest.mark.needs_root]
THE_DRILL = "drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost[stall]"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    return play(tmp_path_factory.mktemp("shipped"), THE_DRILL)


def test_the_shipped_drill_passes_unchanged(shipped: Drilled) -> None:
    result = shipped.result()
    measured = result["measured"]

    assert 0 == shipped.code, shipped.said
    assert result["verdict"] in ("PASS", "PASS_WITH_DEVIATIONS"), result["reasons"]
    assert isinstance(measured, dict)
    assert 4_000_000_000 < measured["lo"] <= measured["hi"] <= result["promised_ns"]


def test_no_gift_is_lost_over_a_healthy_line(shipped: Drilled) -> None:
    gifts = shipped.gifts()
    assert isinstance(gifts["acknowledged"], int)
    assert gifts["acknowledged"] > 100
    assert (0, 0) == (gifts["lost"], gifts["duplicated"])


def test_writes_are_never_accepted_at_two_sites(shipped: Drilled) -> None:
    assert "MET" == shipped.finding("data.gifts.split_brain")["state"]


def test_the_old_primary_is_back_as_it_was(shipped: Drilled) -> None:
    assert "MET" == shipped.finding("failback")["state"]
    assert "MET" == shipped.finding("data.gifts.diverged")["state"]


def test_the_report_names_the_mechanism(shipped: Drilled) -> None:
    assert "docker pause of 6 containers" in (shipped.folder / "report.en.html").read_text(encoding="utf-8")


def test_nothing_is_left_of_it(shipped: Drilled) -> None:
    assert [] == left_behind(shipped)


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    return play(tmp_path_factory.mktemp("cut-off"), f"{DRILLS}/site_loss.py::test_a_cut_line_and_then_a_lost_site")


def test_gifts_that_had_not_crossed_are_lost_and_counted(cut_off: Drilled) -> None:
    gifts = cut_off.gifts()
    lost = gifts["lost"]
    assert 0 == cut_off.code, cut_off.said
    assert isinstance(lost, int)
    assert 10 <= lost <= 200, "two operators wrote five gifts a second each for three seconds before the site went"


def test_lost_gifts_do_not_come_back_by_themselves(cut_off: Drilled) -> None:
    assert 0 == cut_off.gifts()["returned"]


@pytest.fixture(scope="module")
def unfenced(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """On a platform whose old primary is neither told nor stopped: no `fence`, no lease, no waiting for the agent."""
    fence = next(line for line in SHIPPED.read_text(encoding="utf-8").splitlines(True) if line.startswith("  fence:"))
    return play(
        tmp_path_factory.mktemp("unfenced"),
        f"{DRILLS}/site_loss.py::test_a_site_returns",
        ("REPLICATION: asynchronous", 'FENCING: "off"\n    REPLICATION: asynchronous'),
        (fence.replace("{here}", str(SHIPPED.parent)), ""),
        (":8081/health/deep", ":8081/health/shallow"),
    )


def test_without_a_fence_the_split_brain_is_counted_and_fails_the_drill(unfenced: Drilled) -> None:
    found = unfenced.finding("data.gifts.split_brain")
    assert 1 == unfenced.code, unfenced.said
    assert "FAIL" == unfenced.result()["verdict"]
    assert "MISSED" == found["state"]


def test_a_failed_drill_leaves_nothing_either(unfenced: Drilled) -> None:
    assert [] == left_behind(unfenced)
