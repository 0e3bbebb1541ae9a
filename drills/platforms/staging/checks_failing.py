"""Health checks that fail because they were asked to: exactly so many, across restarts of the API that answers them."""

import disarray

GSLB = "gdnsd-monitor"
"""What gdnsd calls itself when it checks: the agent asks the same question, and is not meant."""
ASKED = "failed-checks"
"""`COUNT SINCE_NS`; and how many have failed since then, likewise."""
GIVEN = "failed-checks.given"


def fails_this_one(user_agent: str) -> bool:
    """One more was asked; it fails if it is the GSLB's, and among those."""
    if user_agent != GSLB:
        return False
    asked = disarray.what(ASKED)
    given = given_of(asked, disarray.what(GIVEN))
    count, since_ns = _numbers(asked)
    if given >= count:
        return False
    disarray.note(GIVEN, f"{given + 1} {since_ns}")
    return True


def asked_in(asked: str) -> int:
    """How many shall fail; 0: none."""
    return _numbers(asked)[0]


def given_of(asked: str, given: str) -> int:
    """How many of them have failed."""
    (_count, since_ns), (number, given_since_ns) = _numbers(asked), _numbers(given)
    return number if since_ns == given_since_ns else 0


def _numbers(line: str) -> tuple[int, int]:
    count, _space, since_ns = line.partition(" ")
    return int(count or 0), int(since_ns or 0)
