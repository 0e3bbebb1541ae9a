"""The role that this site goes by, as everything in its API sees it; the ledger has it on disk first."""

import logging
from collections.abc import Callable

from role import UNKNOWN, Role


class Standing:
    """The newest role that the ledger has adopted."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.role = UNKNOWN
        self._log = logging.getLogger(f"{site}.api")
        self._listeners: list[Callable[[], None]] = []

    def when_changed(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def learn(self, role: Role) -> None:
        """Call it with what the ledger goes by, whenever that may have changed."""
        if role.epoch <= self.role.epoch:
            return
        self.role = role
        down = f", {' and '.join(role.down)} down" if role.down else ""
        self._log.info("epoch %d: %s is active%s; this site is %s", role.epoch, role.active, down, self.plays)
        for listener in self._listeners:
            listener()

    @property
    def plays(self) -> str:
        if self.role.epoch == 0:
            return "unknown"
        return "active" if self.role.active == self.site else "standby"
