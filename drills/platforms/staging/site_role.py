"""What this site may do: the newest decree, and whether the agent still counts on this site.

The active site takes writes only while it has heard from the agent within the last LEASE_S. The agent takes longer than
that to put another in its place, so a site that was cut off has stopped by itself before anybody replaces it: what it
acknowledged until then has had a second to reach the standby, and nothing is ever acknowledged at two places.

FENCING=off leaves all that out, for drills that show what it is for: a site believes what stands in its configuration
until it is told otherwise, and needs nobody's word to go on.

A site whose guard is in disorder (`write-guard`) goes further: it takes itself for the active one, whatever it is told,
and so do its databases, which obey it.
"""

from dataclasses import dataclass, field

import disarray
from decree import NOBODY, Decree
from instants import now_s, wall_ms

LEASE_S = 3.0
MOST_LATE_S = 1.5
"""A word that was under way longer, by the sites' common time of day, says nothing about now."""


@dataclass(slots=True)
class SiteRole:
    """One site's own view."""

    site: str
    peer: str
    decree: Decree = NOBODY
    is_fenced: bool = True
    """False: FENCING=off."""
    _heard_s: float = field(default=-LEASE_S)

    def learn(self, decree: Decree, *, issued_ms: int) -> bool:
        """Take the agent's word; False when it is older than what is known."""
        if decree.epoch < self.decree.epoch:
            return False
        self.decree = decree
        if abs(wall_ms() - issued_ms) < MOST_LATE_S * 1000:
            self._heard_s = now_s()
        return True

    @property
    def is_guarded(self) -> bool:
        """False: in disorder, it minds nobody's word."""
        return not disarray.what("write-guard")

    @property
    def is_named(self) -> bool:
        """By the newest word that was heard."""
        return self.decree.active == self.site

    @property
    def is_active(self) -> bool:
        return self.is_named or not self.is_guarded

    @property
    def is_known(self) -> bool:
        return self.decree.epoch > 0 or not self.is_guarded

    def why_no_writes(self) -> str:
        """Why this site may not take writes now; empty when it may."""
        if not self.is_known:
            return "fenced: it has not heard from the agent since it started"
        if not self.is_active:
            return f"{self.decree.active or 'nobody'} is active, epoch {self.decree.epoch}"
        if not self.is_fenced or not self.is_guarded:
            return ""
        silent_s = now_s() - self._heard_s
        return f"fenced: the agent was not heard for {silent_s:.1f} s" if silent_s > LEASE_S else ""
