"""Tells people: asks both sites and the GSLB, and on each change prints one line in Alertmanager's webhook format.

The same is POSTed to ALARM_URL when that is set; what can't be delivered is told in the log, and not sent again.
"""

import asyncio
import json
import logging
import os
import sys

import aiohttp
from decree import part_of
from given import setting
from instants import date
from loops import run, until_stopped
from messages import GslbLine, SiteLine

EVERY_S = 2.0
CHECK_S = 1.5
POST_S = 2.0
IN_A_ROW = 2
"""So many times alike before it is told: one lost answer is no alarm."""
log = logging.getLogger("alarms")


class Alarm:
    """One thing that can be wrong."""

    def __init__(self, name: str, site: str) -> None:
        self.name = name
        self.site = site
        self.is_firing = False
        self._since = ""
        self._differs = 0

    def seen(self, trouble: str) -> str:
        """What to tell, as JSON; empty when nothing changed."""
        self._differs = self._differs + 1 if bool(trouble) != self.is_firing else 0
        if self._differs < IN_A_ROW:
            return ""
        self.is_firing, self._differs = bool(trouble), 0
        now = date().isoformat(timespec="milliseconds")
        self._since = now if self.is_firing else self._since
        status = "firing" if self.is_firing else "resolved"
        alert = {
            "status": status,
            "labels": {"alertname": self.name, "site": self.site, "severity": "critical"},
            "annotations": {"summary": trouble or "well again"},
            "startsAt": self._since,
            "endsAt": "0001-01-01T00:00:00Z" if self.is_firing else now,
        }
        whole = {"version": "4", "status": status, "receiver": "switchdrill", "groupKey": self.name, "alerts": [alert]}
        return json.dumps(whole)


async def _watch(session: aiohttp.ClientSession) -> None:
    lines = [SiteLine(site, f"http://{setting(f'OUTER_{site.upper()}')}:8091", session) for site in ("a", "b")]
    gslb = GslbLine(f"http://{setting('GSLB')}:8090", session)
    site_alarms = {line.site: Alarm("SiteDown", line.site) for line in lines}
    steered, silent = Alarm("SteeredAway", "a"), Alarm("GslbDown", "")
    while True:
        troubles = await asyncio.gather(*(line.check(CHECK_S) for line in lines))
        states = await gslb.states()
        told = [site_alarms[line.site].seen(trouble) for line, trouble in zip(lines, troubles, strict=True)]
        told.append(silent.seen("" if states else "the GSLB does not answer"))
        if states:
            answering = str(part_of(states, "answering"))
            told.append(steered.seen("" if answering in ("a", "") else f"viewers are sent to site {answering}"))
        for text in filter(None, told):
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
            await _post(session, text)
        await asyncio.sleep(EVERY_S)


async def _post(session: aiohttp.ClientSession, text: str) -> None:
    url = os.environ.get("ALARM_URL")
    if not url:
        return
    try:
        headers = {"Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=POST_S)
        async with session.post(url, data=text, headers=headers, timeout=timeout) as answer:
            log.info("told %s: %d", url, answer.status)
    except (TimeoutError, aiohttp.ClientError) as problem:
        log.warning("%s was not told: %s", url, problem or type(problem).__name__)


async def serve(stop: asyncio.Event) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        await until_stopped(stop, [_watch(session)])


if __name__ == "__main__":
    run(serve)
