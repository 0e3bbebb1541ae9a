"""Disorders of a site: how much it answers, where it writes, what it takes, what its checks say."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from checks_failing import ASKED, GIVEN, asked_in, given_of
from inner import has_ended, hold_back, placed, quota_us, run_in, set_right, upset, upset_by

from switchdrill.clock import now_ns
from switchdrill.platform.asking import CommandFailed, Reply, ask
from switchdrill.platform.disordering import Looked, Where

PLAYLIST = "/hls/room1.m3u8"
LOAD = 60
"""Requests at once that a whole edge answers without being held back."""
PERIOD_US = 100_000


class Capacity:
    """Edge and origin get so much of one processor each."""

    def make(self, where: Where) -> str:
        share = int(where.what.removesuffix("%"))
        for part in ("edge", "origin"):
            hold_back(where, part, quota_us=PERIOD_US * share // 100)
        return f"edge and origin of {where.site} have {where.what} of a processor each"

    def take_back(self, where: Where) -> str:
        for part in ("edge", "origin"):
            if not has_ended(where, part) and quota_us(where, part) > 0:
                hold_back(where, part, quota_us=-1)
        return f"edge and origin of {where.site} have all that there is"

    def look(self, where: Where) -> Looked:
        """How often the kernel held the edge back while many asked at once."""
        if has_ended(where, "edge"):
            return Looked.ended(f"the edge of {where.site}")
        is_caused = any(quota_us(where, part) > 0 for part in ("edge", "origin"))
        before = _held_back(where)
        with ThreadPoolExecutor(LOAD // 4) as viewers:
            list(viewers.map(lambda _each: _asked(where), range(LOAD)))
        times = _held_back(where) - before
        return Looked(
            is_caused=is_caused, is_shown=times > 0, says=f"the edge of {where.site} was held back {times} times"
        )


class DependencyMisplaced:
    """Gifts of the site are read and written in the other one's PostgreSQL, on replication's way."""

    def make(self, where: Where) -> str:
        if where.what != "database":
            raise CommandFailed(f"the {where.what!r} of a site can't be misplaced here; its database can")
        upset(where, "api", "dependency-misplaced", where.what)
        return f"the {where.what} of {where.site} is at the other site"

    def take_back(self, where: Where) -> str:
        was = set_right(where, "api", "dependency-misplaced")
        return f"the {where.what} of {where.site} {'is its own again' if was else 'was its own'}"

    def look(self, where: Where) -> Looked:
        """Which server its gifts come from, by the address that the server itself says."""
        is_caused = bool(upset_by(where, "api", "dependency-misplaced"))
        if has_ended(where, "api"):
            return Looked.ended(f"the API of {where.site}", is_caused=is_caused)
        reply = _api(where, "GET", "/gifts?prefix=nobody-has-this")
        server = reply.told().get("server")
        if reply.status != 200 or not isinstance(server, str):
            raise CommandFailed(f"no database answers for {where.site}", because=reply.text())
        is_own = server in placed(where, "postgres").addresses
        whose = "its own" if is_own else "another site's"
        return Looked(
            is_caused=is_caused,
            is_shown=not is_own,
            says=f"gifts of {where.site} come from {server}, {whose} PostgreSQL",
        )


class WriteGuard:
    """The site takes itself for the active one: its API takes gifts, its PostgreSQL leads, whoever is active."""

    def make(self, where: Where) -> str:
        upset(where, "api", "write-guard", "off")
        return f"{where.site} takes gifts whoever is active"

    def take_back(self, where: Where) -> str:
        was = set_right(where, "api", "write-guard")
        return f"{where.site} {'minds again' if was else 'minded'} who is active"

    def look(self, where: Where) -> Looked:
        """A gift to a site that is not active; of the active one, which may take it, only what it says itself.

        As it was only when its PostgreSQL, too, does not lead beside the active site's any more.
        """
        is_caused = bool(upset_by(where, "api", "write-guard"))
        if has_ended(where, "api"):
            return Looked.ended(f"the API of {where.site}", is_caused=is_caused)
        told = _api(where, "GET", "/role").told()
        if told.get("active") == where.site:
            is_guarded = told.get("guarded") is True
            says = f"{where.site}, which is active, says that it {'minds' if is_guarded else 'does not mind'} who is"
            return Looked(is_caused=is_caused, is_shown=not is_guarded, says=says)
        reply = _api(where, "POST", "/gifts", {"id": f"guard-{uuid.uuid4().hex}", "amount": 1})
        is_taken = reply.status == 200
        says = f"{where.site}, which is not active, {'acknowledged' if is_taken else 'did not acknowledge'} a gift"
        if not is_caused and not is_taken and _leads(where):
            return Looked(is_caused=False, is_shown=True, says=f"{says}; its PostgreSQL still leads")
        return Looked(is_caused=is_caused, is_shown=is_taken, says=says)


class FailedChecks:
    """The GSLB's next checks of the site are answered with 503; the agent's, which are the same question, are not."""

    def make(self, where: Where) -> str:
        if not where.what.isdecimal() or not int(where.what):
            raise CommandFailed(f"a number of checks is expected, not {where.what!r}")
        upset(where, "api", ASKED, f"{int(where.what)} {now_ns()}")
        return f"the next {where.what} checks of {where.site} fail"

    def take_back(self, where: Where) -> str:
        was = set_right(where, "api", ASKED)
        return f"checks of {where.site} {'are answered again' if was else 'were answered'}"

    def look(self, where: Where) -> Looked:
        """How many were answered so since, as the API noted each before it answered."""
        asked = upset_by(where, "api", ASKED)
        count = asked_in(asked)
        if not count:
            return Looked(is_caused=False, is_shown=False, says=f"no check of {where.site} is made to fail")
        given = given_of(asked, upset_by(where, "api", GIVEN))
        return Looked(
            is_caused=True, is_shown=given == count, says=f"{given} of {count} checks of {where.site} have failed"
        )


def _asked(where: Where) -> None:
    """One viewer; that he is not answered is no news here."""
    try:
        ask(f"{placed(where, 'edge').addresses[0]}:80", "GET", PLAYLIST, within_s=5.0)
    except CommandFailed:
        return


def _held_back(where: Where) -> int:
    files = "cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat 2>/dev/null; true"
    told = run_in(where, "edge", ["sh", "-c", files])
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("nr_throttled"))


def _api(where: Where, method: str, path: str, told: object = None) -> Reply:
    """The site's own, past edge and border."""
    return ask(f"{placed(where, 'api').addresses[0]}:8000", method, path, told)


def _leads(where: Where) -> bool:
    if has_ended(where, "postgres"):
        return False
    return ask(f"{placed(where, 'postgres').addresses[0]}:8100", "GET", "/state").told().get("plays") == "primary"
