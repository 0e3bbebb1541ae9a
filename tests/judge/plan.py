"""The plan of a made-up run: a platform of two sites, its runbook, and a drill that loses one of them."""

import hashlib

from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.record.plan import Plan
from switchdrill.record.samples import Outcome
from switchdrill.runbook.model import Runbook
from tests.judge.story import RUN, Story

RUNBOOK = b"id: two-site-fast\n"


def plan_of(story: Story) -> Plan:
    platform = Platform.model_validate(_platform(story))
    steps = [
        ("load", {"profile": "peak", "viewers": "20"}, 5, 20), ("steady", {}, 8, 39),
        ("break", {"faults": "site-loss"}, 2.4, 2.4), ("until_switched", {"to": "b"}, 20, 30), ("hold", {}, 12, 12),
        ("heal", {"faults": "site-loss"}, 8, 8), ("failback", {"to": "a"}, 15, 25), ("control", {}, 5, 5),
    ]  # fmt: skip
    left_out = story.left_out if story.lost == "a" else (*story.left_out, "until_switched", "failback")
    if story.rides is not None:
        steps[3:5] = [("ride_out", {"viewers": str(story.rides.get("viewers"))}, 12, 12)]
        left_out = (*left_out, "failback")
    steps = [step for step in steps if step[0] not in left_out]
    role = "primary" if story.lost == "a" else "standby"
    outcomes = [Outcome.TIMED_OUT] if story.shape == "stall" else [Outcome.REFUSED, Outcome.RESET]
    return Plan.model_validate(
        {
            "schema": "switchdrill.plan/v1",
            "run": RUN,
            "written": "2026-11-21T03:12:05+00:00",
            "drill": "drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost[stall]",
            "title": "机房水灾: the primary site goes dark at peak.",
            "kind": "simulation",
            "covers": [1, 7, 60, 67],
            "again": "switchdrill run 'drills/test_site_loss.py'",
            "runbook_file": "two-site-fast.yaml",
            "runbook_sha256": hashlib.sha256(RUNBOOK).hexdigest(),
            "runbook": _runbook(story).model_dump(mode="json", by_alias=True),
            "platform_file": "platform.yaml",
            "platform": platform.model_dump(mode="json", by_alias=True),
            "targets": [each.model_dump(mode="json") for each in targets(platform)],
            "carrier": "cache: toxiproxy-server 2.12.0",
            "steps": [
                {"step": name, "detail": detail, "expected_s": expected, "limit_s": limit}
                for name, detail, expected, limit in steps
            ],
            "faults": [
                {
                    "kind": "site-loss",
                    "parameters": {"site": role, "shape": story.shape},
                    "undos": [
                        {
                            "id": "site-loss-1",
                            "target": "site a",
                            "says": "starts the Toxiproxy of site a again",
                            "mechanism": story.mechanism,
                        }
                    ],
                    "effect": {
                        "site": "" if story.is_counted else story.lost,
                        "within_s": 2.4,
                        "outcomes": [] if story.is_counted else [int(each) for each in outcomes],
                    },
                    "legend": {
                        "name": "Site loss",
                        "looks_like": "the site connects and is silent",
                        "own_outage_s": story.own_outage_s,
                    },
                }
            ],
            "tool_version": "0.1.0",
            "tool_commit": "490a3c9",
            "python": "3.11.7",
            "packages": {"pytest": "9.2.0"},
            "machine": {"host": "drill-host", "kernel": "Linux 6.1.0", "cores": "2"},
            "seed": story.seed,
        }
    )


def _platform(story: Story) -> dict[str, object]:
    events = {"name": "gslb", "file": "gslb.events.jsonl", "detected": "site_down", "steer_commanded": "steered"}
    every = f"{story.every_ms}ms"
    timed = {"every": every, "timeout": "1s"}
    slow = {"every": f"{2 * story.every_ms}ms", "timeout": "1s"}
    platform: dict[str, object] = {
        "schema": "switchdrill.platform/v1", "id": "embedded", "title": "two sites", "production": False,
        "inject": True,
        "sites": {
            "a": {"role": "primary", "title": "济南 Jinan", "address": "127.9.1.1"},
            "b": {"role": "standby", "title": "青岛 Qingdao", "address": "127.9.2.1"},
        },
        "entries": {
            "live": {"name": "live.test", "port": 18080, "path": "/live/room1/index.m3u8", "room": "room1"},
            "api": {"name": "live.test", "port": 18081},
        },
        "operators": {
            "telecom": {"title": "电信 Telecom", "share": 0.6, "resolver": "127.9.0.11:18053"},
            "unicom": {"title": "联通 Unicom", "share": 0.4, "resolver": "127.9.0.12:18053"},
        },
        "authority": "127.9.0.1:18053",
        "detector": {"every": "2s", "consecutive_failures": 3, "timeout": "1s", "pacing": "fixed", "ttl": "2s"},
        "probes": [
            {"name": "dns", "kind": "dns", "through": "operators", "entry": "live", **timed},
            {"name": "media", "kind": "hls", "through": "operators", "entry": "live", **timed},
            {"name": "watch", "kind": "hls", "through": "sites", "entry": "live", **slow},
            {"name": "ready", "kind": "http", "through": "sites", "entry": "api", "path": "/health/deep", **slow},
            {"name": "gifts", "kind": "ledger", "through": "operators", "entry": "api", "ledger": "gifts", **slow},
            *_straight(story, slow),
        ],
        "ledgers": {"gifts": {"entry": "api", "write": "/gifts", "read": "/gifts?prefix={prefix}"}},
        "events": [events] if story.has_event_log else [],
        "commands": {"failback": ["failback", "{site}"]},
    }  # fmt: skip
    return platform | _one_entry(story, timed, slow) if story.one_entry else platform


def _one_entry(story: Story, timed: dict[str, str], slow: dict[str, str]) -> dict[str, object]:
    """What is otherwise where nobody resolves."""
    return {
        "served_by": "header", "served_header": "X-Served-By",
        "operators": {
            "telecom": {"title": "电信 Telecom", "share": 0.6, "address": "127.9.0.9"},
            "unicom": {"title": "联通 Unicom", "share": 0.4, "address": "127.9.0.9"},
        },
        "authority": None,
        "probes": [
            {"name": "media", "kind": "hls", "through": "operators", "entry": "live", **timed},
            {"name": "watch", "kind": "hls", "through": "sites", "entry": "live", "port": 8080, **slow},
            {"name": "ready", "kind": "http", "through": "sites", "entry": "api", "path": "/health/deep", **slow},
            {"name": "gifts", "kind": "ledger", "through": "operators", "entry": "api", "ledger": "gifts", **slow},
            *_straight(story, slow),
        ],
    }  # fmt: skip


def _straight(story: Story, slow: dict[str, str]) -> list[dict[str, str]]:
    """Whoever asks each site itself to take a gift."""
    probe = {"name": "writes", "kind": "ledger", "through": "sites", "entry": "api", "ledger": "gifts", **slow}
    return [probe] if story.asks_sites else []


def _runbook(story: Story) -> Runbook:
    return Runbook.model_validate(
        {
            "schema": "switchdrill.runbook/v1", "id": "two-site-fast", "version": "1.0.0",
            "title": "loss of the primary site, fast profile", "service": "live", "kinds": ["simulation"],
            "roles": {"sre": {"title": "SRE", "primary": "p.li", "deputy": "p.zhou"}},
            "objectives": {
                "recovery": {"target": "20s", "limit": "30s"},
                "phases": {
                    "detect": {"from": "fault_onset", "to": "detected", "target": "8s", "limit": "12s"},
                    "steer": {"from": "detected", "to": "steered", "target": "8s", "limit": "12s"},
                    "restore": {"from": "steered", "to": "service_restored", "target": "4s", "limit": "6s"},
                },
                "failback": {"target": "15s", "limit": "25s"},
                "rejoin": "8s", "steady": "8s", "hold": "12s", "control": "5s",
            },
            "load": {"peak": {"viewers": 20, "ramp": "5s", "min_alive": 0.95, "max_late": "100ms"}},
            "good_frame": {"segments": 3, "max_age": "5s", "pace": 0.9},
            "measurement": {"probe_every": "100ms", "probe_timeout": "1s", "min_coverage": 0.95},
            "triggers": [
                {
                    "id": "switch", "source": "gslb", "every": "2s", "consecutive_failures": 3, "timeout": "1s",
                    "pacing": "fixed", "action": "switch", "mode": "automatic",
                }
            ],
            "steering": {"ttl": "2s", "longest_ttl": "6s"},
            "ride_out": [] if story.rides is None else [{"fault": "site-loss", **story.rides}],
            "data": {
                "gifts": {
                    "title": "礼物 gifts", "mode": "synchronous", "rpo": "0s", "ledger": "gifts", "lost_max": 0,
                    "duplicates_max": 0, "critical": True,
                }
            },
        }
    )  # fmt: skip
