"""What the agent has seen of the two sites: failures in a row, and whether the standby is in step. Pure: no clock."""

from dataclasses import dataclass, field

from messages import Word


@dataclass(slots=True)
class Observed:
    """One site."""

    failures: int = 0
    successes: int = 0
    was_up: bool = False
    trouble: str = "not checked yet"
    word: Word | None = None
    """Its newest answer; None when it did not answer the last time."""
    failing_since_s: float = 0.0
    """When the first of the failures in a row was seen."""

    def count(self, trouble: str, *, at_s: float) -> None:
        """One more health check."""
        if trouble and not self.failures:
            self.failing_since_s = at_s
        self.trouble = trouble
        self.failures = self.failures + 1 if trouble else 0
        self.successes = 0 if trouble else self.successes + 1
        self.was_up = self.was_up or not trouble


@dataclass(slots=True)
class InStep:
    """Whether the standby has what the active site had one round ago; judged only while the active one answers.

    So it stays as it was when the active site falls silent: nothing is acknowledged there any more.
    """

    active: str = ""
    is_so: bool = False
    rounds: int = 0
    """In a row, so or not so."""
    last_s: float = 0.0
    """When it was so for the last time; 0: never with this active site."""
    _lsn_before: int = field(default=0)

    def judge(self, active: str, leader: Word | None, follower: Word | None, *, at_s: float) -> None:
        """One more round of answers."""
        if active != self.active:
            self.active, self.is_so, self.rounds, self.last_s, self._lsn_before = active, False, 0, 0.0, 0
        if leader is None or leader.plays != "active" or not leader.lsn:
            return
        has_all = (
            follower is not None
            and follower.plays == "standby"
            and follower.redis == "slave"
            and follower.lsn >= self._lsn_before > 0
        )
        self._lsn_before = leader.lsn
        self.rounds = self.rounds + 1 if has_all == self.is_so else 1
        self.is_so = has_all
        self.last_s = at_s if has_all else self.last_s
