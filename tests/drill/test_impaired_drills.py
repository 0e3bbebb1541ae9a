"""The shipped drills of bad lines and slow names, one cell of each, as a person runs them on a platform that is up."""

import json

import pytest

CELLS = {
    "latency": "drills/test_latency.py::test_viewers_do_not_notice_a_slow_line[primary.*--viewers-150ms]",
    "packet-loss": "drills/test_packet_loss.py::test_viewers_suffer_no_more_than_promised_from_a_lossy_line"
    "[primary.*--viewers-5]",
    "dns-delay": "drills/test_dns_delay.py::test_viewers_do_not_notice_slow_names_while_nothing_moves[telecom-400ms]",
}


@pytest.fixture(scope="module")
def drilled(command, tmp_path_factory):
    """What was printed, and the results by fault."""
    home = tmp_path_factory.mktemp("impaired")
    state = home / "state"
    up = command("up", "embedded", state=state)
    assert up.returncode == 0, up.stdout + up.stderr
    try:
        done = command(
            "run", *CELLS.values(), "--platform", "embedded", "--runs", home / "runs", state=state, timeout_s=240
        )
    finally:
        command("down", "embedded", state=state)
    results = [json.loads((folder / "run.json").read_text()) for folder in (home / "runs").iterdir()]
    return done, {each["faults"][0]["kind"]: each for each in results}


def test_all_of_them_pass_with_one_exit_code(drilled):
    done, results = drilled

    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(results) == ["dns-delay", "link-latency", "packet-loss"]


@pytest.mark.parametrize("kind", ["dns-delay", "link-latency", "packet-loss"])
def test_viewers_notice_what_the_runbook_says_and_no_more(drilled, kind):
    _done, results = drilled
    result = results[kind]
    ridden = next(each for each in result["findings"] if each["id"] == "ride_out")

    assert result["verdict"] in ("PASS", "PASS_WITH_DEVIATIONS"), result["reasons"]
    assert ridden["state"] == "MET"
    assert result["all_healed"]


@pytest.mark.parametrize("kind", ["dns-delay", "link-latency", "packet-loss"])
def test_a_cell_takes_forty_seconds_at_most(drilled, kind):
    _done, results = drilled

    assert results[kind]["ended_ns"] - results[kind]["began_ns"] < 40_000_000_000
