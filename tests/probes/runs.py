"""Run folders with a plan, as the engine would write them, for a `Stage`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from switchdrill.platform.model import Platform
from switchdrill.platform.targets import targets
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan
from switchdrill.runbook.model import Runbook

PLAYLIST = "/live/room1/index.m3u8"


def make_run(
    parent: Path,
    *,
    net: str,
    probes: Sequence[Mapping[str, str | int]],
    max_age: str = "3s",
    viewers: int = 50,
    ramp: str = "500ms",
    **platform_too: object,
) -> RunFolder:
    """A run's folder below `parent` with its plan.json; `platform_too` takes the place of parts of the platform."""
    platform = Platform.model_validate(
        {
            "schema": "switchdrill.platform/v1",
            "id": "stage",
            "production": False,
            "inject": True,
            "sites": {
                "a": {"role": "primary", "address": f"{net}.1.1"},
                "b": {"role": "standby", "address": f"{net}.2.1"},
            },
            "entries": {"live": {"name": "live.test", "port": 18080, "path": PLAYLIST, "room": "room1"}},
            "operators": {
                "telecom": {"resolver": f"{net}.0.11:18053", "share": 0.6},
                "unicom": {"resolver": f"{net}.0.12:18053", "share": 0.4},
            },
            "authority": f"{net}.0.1:18053",
            "ledgers": {"gifts": {"entry": "live", "write": "/gifts", "read": "/gifts?prefix={prefix}"}},
            "probes": probes,
            **platform_too,
        }
    )
    plan = Plan.model_validate(
        {
            "schema": "switchdrill.plan/v1", "run": "run-1", "written": "2026-11-21T09:00:00+00:00",
            "drill": "tests", "title": "a test", "kind": "simulation", "covers": [], "again": "pytest",
            "runbook_file": "", "runbook_sha256": "", "runbook": _runbook(max_age, viewers, ramp),
            "platform_file": "", "platform": platform, "targets": targets(platform), "carrier": "none",
            "steps": [], "faults": [], "tool_version": "0", "tool_commit": "0", "python": "3", "packages": {},
            "machine": {}, "seed": 7,
        }
    )  # fmt: skip
    folder = RunFolder(parent / "run-1")
    folder.make()
    folder.plan.write_bytes(plan.as_json())
    return folder


def _runbook(max_age: str, viewers: int, ramp: str) -> Runbook:
    within = {"target": "20s", "limit": "30s"}
    return Runbook.model_validate(
        {
            "schema": "switchdrill.runbook/v1", "id": "tests", "version": "1", "title": "tests", "service": "live",
            "kinds": ["simulation"], "roles": {"duty": {"primary": "one", "deputy": "two"}},
            "objectives": {
                "recovery": within,
                "phases": {"restore": {"from": "fault_onset", "to": "service_restored", **within}},
                "failback": within, "rejoin": "8s", "steady": "5s", "hold": "5s", "control": "5s",
            },
            "load": {"peak": {"viewers": viewers, "ramp": ramp}},
            "good_frame": {"segments": 3, "max_age": max_age},
            "measurement": {"probe_every": "100ms", "probe_timeout": "1s"},
            "triggers": [{"id": "t", "source": "gslb", "every": "2s", "consecutive_failures": 3, "timeout": "1s",
                          "pacing": "fixed", "action": "switch", "mode": "automatic"}],
            "steering": {"ttl": "2s", "longest_ttl": "6s"},
        }
    )  # fmt: skip
