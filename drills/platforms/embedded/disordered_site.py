"""Disorders of a site: where it writes, how much it answers, what it takes, what its checks say."""

import json
import uuid

from checks_failing import ChecksFailing
from disarray import Disarray
from inside import asked
from role import RoleTaken
from throttle import per_s
from wiring import settings_of

from switchdrill.platform.asking import CommandFailed
from switchdrill.platform.disordering import Looked, Where

WHOLE_PROBE = 40
"""Requests in a row that a whole origin answers without a word."""


class DependencyMisplaced:
    """Gifts of the site are read and written at the other one."""

    def make(self, where: Where) -> str:
        Disarray(where.folder).make("dependency-misplaced", where.site, where.what)
        return f"{where.what} of {where.site} is at the other site"

    def take_back(self, where: Where) -> str:
        was = Disarray(where.folder).take_back("dependency-misplaced", where.site)
        return f"{where.what} of {where.site} {'is its own again' if was else 'was its own'}"

    def look(self, where: Where) -> Looked:
        """Which site answers for its gifts."""
        is_caused = bool(Disarray(where.folder).what("dependency-misplaced", where.site))
        reply = asked(where, "api", "GET", "/gifts?prefix=nobody-has-this")
        if reply is None:
            return Looked.ended(f"the API of {where.site}", is_caused=is_caused)
        site = reply.told().get("site", "nobody")
        return Looked(
            is_caused=is_caused, is_shown=site != where.site, says=f"gifts of {where.site} are answered for by {site}"
        )


class Capacity:
    """The site's origin answers so many requests a second, and refuses those above with 503."""

    def make(self, where: Where) -> str:
        if not where.what.removesuffix("%").isdecimal() or not 1 <= int(where.what.removesuffix("%")) <= 50:
            raise CommandFailed(f"1% to 50% can be left, not {where.what!r}")
        Disarray(where.folder).make("capacity", where.site, where.what)
        return f"the origin of {where.site} answers {per_s(where.what)} requests a second"

    def take_back(self, where: Where) -> str:
        was = Disarray(where.folder).take_back("capacity", where.site)
        return f"the origin of {where.site} {'is as large as before' if was else 'was as large as ever'}"

    def look(self, where: Where) -> Looked:
        """More requests in a row than two seconds would let pass."""
        left = Disarray(where.folder).what("capacity", where.site)
        most = 2 * per_s(left) if left else 0
        path = f"/live/{settings_of(where.platform).room}/index.m3u8"
        answers = [asked(where, "origin", "GET", path) for _each in range(most + WHOLE_PROBE)]
        if None in answers:
            return Looked.ended(f"the origin of {where.site}", is_caused=bool(left))
        refused = sum(each is not None and each.status == 503 for each in answers)
        says = f"{refused} of {len(answers)} requests in a row were refused at {where.site}"
        return Looked(is_caused=bool(left), is_shown=refused > 0, says=says)


class WriteGuard:
    """The site acknowledges gifts whoever is active."""

    def make(self, where: Where) -> str:
        Disarray(where.folder).make("write-guard", where.site, "off")
        return f"{where.site} takes gifts whoever is active"

    def take_back(self, where: Where) -> str:
        was = Disarray(where.folder).take_back("write-guard", where.site)
        return f"{where.site} {'minds again' if was else 'minded'} who is active"

    def look(self, where: Where) -> Looked:
        """A gift to a site that is not active; of the active one, which may take it, only what it says itself."""
        is_caused = bool(Disarray(where.folder).what("write-guard", where.site))
        told = asked(where, "api", "GET", "/role")
        if told is None:
            return Looked.ended(f"the API of {where.site}", is_caused=is_caused)
        taken = told.read(RoleTaken)
        if taken.role.active == where.site:
            says = f"{where.site}, which is active, says that it {'minds' if taken.guarded else 'does not mind'} who is"
            return Looked(is_caused=is_caused, is_shown=not taken.guarded, says=says)
        reply = asked(where, "api", "POST", "/gifts", {"id": f"guard-{uuid.uuid4().hex}", "amount": 1})
        is_taken = reply is not None and reply.status == 200
        says = f"{where.site}, which is not active, {'acknowledged' if is_taken else 'did not acknowledge'} a gift"
        return Looked(is_caused=is_caused, is_shown=is_taken, says=says)


class FailedChecks:
    """The GSLB's next checks of the site are answered with 503."""

    def make(self, where: Where) -> str:
        if not where.what.isdecimal() or not int(where.what):
            raise CommandFailed(f"a number of checks is expected, not {where.what!r}")
        ChecksFailing(Disarray(where.folder), where.site).ask_for(int(where.what))
        return f"the next {where.what} checks of {where.site} fail"

    def take_back(self, where: Where) -> str:
        was = ChecksFailing(Disarray(where.folder), where.site).take_back()
        return f"checks of {where.site} {'are answered again' if was else 'were answered'}"

    def look(self, where: Where) -> Looked:
        """How many have failed since, by the GSLB's own log; more than were asked for is no success."""
        checks = ChecksFailing(Disarray(where.folder), where.site)
        count, since_ns = checks.asked()
        if not count:
            return Looked(is_caused=False, is_shown=False, says=f"no check of {where.site} is made to fail")
        failed = _failed(where, since_ns)
        says = f"{failed} of {count} checks of {where.site} have failed"
        return Looked(is_caused=True, is_shown=checks.given() == failed == count, says=says)


def _failed(where: Where, since_ns: int) -> int:
    lines = (where.folder / "gslb.events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    return sum(
        each["event"] == "check_failed" and each["site"] == where.site and each["t_ns"] >= since_ns for each in events
    )
