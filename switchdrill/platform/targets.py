"""What the prober asks: each probe of a platform file, once for every operator, site or authority it goes through."""

from typing import Annotated, Literal

from pydantic import Field

from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.yamlfile import Strict


class Target(Strict):
    """One row of questions; its samples are one file, `samples/<name>.bin`."""

    name: str
    """`media.telecom`, `ready.a`, `dns.authority`."""
    probe: str
    kind: Literal["dns", "hls", "http", "ledger"]
    operator: str | None = None
    """Set when it goes as this operator's viewers do: by name through its resolver, or to its address."""
    site: str | None = None
    """Set when it goes to this site's address."""
    resolver: Annotated[tuple[str, int], Field(strict=False)] | None = None
    """Whom to ask for the name: an operator's resolver, or the authority. A plan has it as a list."""
    address: str | None = None
    """Where to connect, whatever the name; None: the resolver is asked."""
    source: str | None = None
    """The address that it is sent from; None: whichever the machine takes."""
    name_asked: str
    port: int
    path: str
    room: str | None = None
    ledger: str | None = None
    every_ns: int
    timeout_ns: int

    def asked_at(self) -> str:
        """What it asks and whom, for people: a URL, or a name and a resolver."""
        resolver = None if self.resolver is None else ":".join(map(str, self.resolver))
        if self.kind == "dns":
            return f"{self.name_asked} {resolver}"
        url = f"http://{self.address or self.name_asked}:{self.port}{self.path}"
        return url if resolver is None else f"{url} ({resolver})"

    @property
    def asks_who_writes(self) -> bool:
        """Whether it asks one site, and no other, to take a write: that a standby refuses is as it should be."""
        return self.kind == "ledger" and self.site is not None


def targets(platform: Platform) -> list[Target]:
    """Every target of `platform`, in the file's order. Sites of role `witness` serve nobody and are left out."""
    found: list[Target] = []
    for probe in platform.probes:
        entry = platform.entries[probe.entry]
        path = probe.path or entry.path
        if probe.kind == "ledger" and probe.ledger is not None:
            path = platform.ledgers[probe.ledger].write
        common = {
            "probe": probe.name,
            "kind": probe.kind,
            "name_asked": entry.name,
            "port": probe.port or entry.port,
            "path": path,
            "room": entry.room,
            "ledger": probe.ledger,
            "every_ns": probe.every,
            "timeout_ns": probe.timeout,
        }
        if probe.through == "operators":
            for name, operator in platform.operators.items():
                resolver = None if operator.resolver is None else split_endpoint(operator.resolver)
                way = {
                    "operator": name,
                    "resolver": resolver,
                    "address": operator.address,
                    "source": operator.source,
                }
                found.append(Target.model_validate({"name": f"{probe.name}.{name}", **way, **common}))
        elif probe.through == "sites":
            for name, site in platform.sites.items():
                if site.role != "witness":
                    found.append(
                        Target.model_validate(
                            {"name": f"{probe.name}.{name}", "site": name, "address": site.address, **common}
                        )
                    )
        elif platform.authority is not None:
            resolver = split_endpoint(platform.authority)
            found.append(Target.model_validate({"name": f"{probe.name}.authority", "resolver": resolver, **common}))
    return found
