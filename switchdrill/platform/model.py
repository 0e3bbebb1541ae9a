"""platform.yaml: sites, services, links, entry points, probes. Data only; nothing here touches a platform."""

import ipaddress
from collections.abc import Collection
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from switchdrill.duration import Duration, PositiveDuration
from switchdrill.naming import Line, Prose
from switchdrill.naming import Name as Name
from switchdrill.platform import disorder
from switchdrill.platform.address import Address, Endpoint
from switchdrill.platform.certificate import Certificate
from switchdrill.platform.entry import Entry as Entry
from switchdrill.platform.entry import Operator
from switchdrill.platform.header import HeaderName
from switchdrill.platform.link import Link
from switchdrill.platform.names import AUTHORITY, Front
from switchdrill.platform.probe import Ledger, Probe
from switchdrill.platform.service import MARKS, Docker, Service, refuse_unknown_marks
from switchdrill.platform.site import Site
from switchdrill.platform.stop_condition import StopCondition
from switchdrill.text import _, marked
from switchdrill.yamlfile import Misplaced, SourceFile, Strict

SHARES_MAY_MISS = 0.01
"""Of 1: thirds are written as 0.33."""
_OF_A_SITE = ("failback", "fence", "steer")
Written = TypeVar("Written")


class Detector(Strict):
    """The platform's own rule for declaring a site down, in its own figures; lint compares them with the runbook's."""

    every: PositiveDuration
    consecutive_failures: int = Field(ge=1)
    timeout: PositiveDuration
    pacing: Literal["fixed", "sequential"]
    ttl: Duration
    """Of the names it answers."""


class Events(Strict):
    """A log of the platform's own, one JSON object a line with `t_ns` (CLOCK_MONOTONIC), `event` and `site`."""

    name: Name
    file: Line
    detected: Line | None = None
    """The `event` that says: this site is declared down."""
    steer_commanded: Line | None = None
    """The `event` that says: viewers are from now on sent to this site."""


class Platform(Strict):
    """A whole platform file."""

    explained_in = "KEYS.md (docs/keys.md)"
    schema_: Literal["switchdrill.platform/v1"] = Field(alias="schema")
    id: Name
    title: Line = ""
    production: bool
    inject: bool
    """Faults are refused while this is false, and while `production` is true."""
    docker: Docker | None = None
    """The platform's containers; None: it has none, or none that we may touch."""
    sites: dict[Name, Site] = Field(min_length=1)
    services: list[Service] = []
    links: list[Link] = []
    entries: dict[Name, Entry]
    operators: dict[Name, Operator]
    authority: Endpoint | None = None
    """The GSLB's DNS, asked directly."""
    names: list[Front] = []
    """What stands in front of resolvers, and of the authority: where answers can be disturbed."""
    served_by: Literal["resolution", "header", "picture"] = "resolution"
    """How a viewer knows which site serves him: by the address that he was told, by a header of each answer, or by the
    mark in the picture."""
    served_header: HeaderName | None = None
    """Of `served_by: header`: the one whose value is one of a site's `serves_as`."""
    detector: Detector | None = None
    probes: list[Probe] = Field(min_length=1)
    ledgers: dict[Name, Ledger] = {}
    events: list[Events] = []
    certificates: list[Certificate] = []
    commands: dict[Literal["failback", "fence", "steer", "check", "reset"], list[Prose]] = {}
    """argv; marks are filled in as for services, and `{site}` where it acts on one. What each must do, how long it has,
    and what its exit code says: docs/platforms.md."""
    disorders: dict[disorder.Known, disorder.Disorder] = {}
    """What the platform can put in disorder by its own commands, for faults that only it can make."""
    stop_conditions: list[StopCondition] = []
    """When a drill is to end at once: all is healed, and it is INCOMPLETE."""
    settings: dict[str, str | int | float | bool] = {}
    """Read by the platform's own services; the framework does not look."""
    state: str | None = None
    """Written by the engine: where its processes, logs and Toxiproxy records are, and this file."""
    carried: Literal["ours", "foreign", "nobody"] = "ours"
    """Written by the engine: whether its links pass Toxiproxy servers of ours, or somebody else's one. `nobody`: a
    platform that others have started, and that names no Toxiproxy of theirs."""
    gateways: list[Address] = []
    """Written by the engine: addresses that this machine has once the networks of the Compose file are made."""

    @field_validator("commands")
    @classmethod
    def _known_marks(cls, commands: dict[str, list[str]]) -> dict[str, list[str]]:
        """Which site is said to those that act on one; the others would get the mark as it stands."""
        for name, argv in commands.items():
            known = (*MARKS, "site") if name in _OF_A_SITE else MARKS
            for part in argv:
                try:
                    refuse_unknown_marks(part, known)
                except ValueError as problem:
                    raise Misplaced(str(problem), name) from problem
        return commands

    @field_validator("sites")
    @classmethod
    def _distinct(cls, sites: dict[str, Site]) -> dict[str, Site]:
        primaries = [name for name, site in sites.items() if site.role == "primary"]
        if len(primaries) > 1:
            raise ValueError(_("only one site is the primary, not {names}").format(names=", ".join(primaries)))
        at: dict[object, str] = {}
        for name, site in sites.items():
            other = at.setdefault(ipaddress.ip_address(site.address), name)
            if other != name:
                raise ValueError(
                    _("sites {first} and {second} have the same address: which one serves would be unknown").format(
                        first=other, second=name
                    )
                )
        return sites

    @field_validator("operators")
    @classmethod
    def _whole(cls, operators: dict[str, Operator]) -> dict[str, Operator]:
        if AUTHORITY in operators:
            raise ValueError(_("{name} is the GSLB's own DNS, and no operator's name").format(name=AUTHORITY))
        total = sum(each.share for each in operators.values())
        if operators and abs(total - 1) > SHARES_MAY_MISS:
            raise ValueError(_("the operators' shares are {total:g} together, not 1").format(total=total))
        return operators

    @field_validator("state", "carried", "gateways")
    @classmethod
    def _written_by_the_engine(cls, value: Written, info: ValidationInfo) -> Written:
        """What the engine writes, it writes beside its processes' logs: in a file of the folder that `state` names."""
        if not value or not isinstance(info.context, SourceFile):
            return value
        state = value if info.field_name == "state" else info.data.get("state")
        if state is None or Path(str(state)).resolve() != info.context.path.resolve().parent:
            raise ValueError(_("this is written by the engine, into files of its own; leave it out"))
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for number, link in enumerate(self.links):
            for place, hop in enumerate(link.hops):
                _known(marked("site"), hop.site, self.sites, at=("links", number, "hops", place, "site"))
        for number, service in enumerate(self.services):
            if service.site is not None:
                _known(marked("site"), service.site, self.sites, at=("services", number, "site"))
            self._container_is_told(number, service)
        self._ends_are_containers()
        for disordered, each in self.disorders.items():
            for place, site in enumerate(each.sites):
                _known(marked("site"), site, self.sites, at=("disorders", disordered, "sites", place))
        for name, ledger in self.ledgers.items():
            _known(marked("entry"), ledger.entry, self.entries, at=("ledgers", name, "entry"))
        for number, probe in enumerate(self.probes):
            _known(marked("entry"), probe.entry, self.entries, at=("probes", number, "entry"))
            if probe.kind == "ledger":
                _known(marked("ledger"), probe.ledger or "(none)", self.ledgers, at=("probes", number, "ledger"))
            if probe.through == "authority" and (self.authority is None or probe.kind != "dns"):
                raise Misplaced(
                    _("probe {probe}: only DNS is asked at the authority, and `authority` must be set").format(
                        probe=probe.name
                    ),
                    *("probes", number, "through"),
                )
        for number, certificate in enumerate(self.certificates):
            names = [service.name for service in self.services]
            _known(marked("service"), certificate.service, names, at=("certificates", number, "service"))
        self._names_stand_once()
        self._ways_are_apart()
        self._nobody_is_asked_for_nothing()
        self._operators_are_nobody_else()
        self._who_serves_is_told()
        self._fronts_are_somewhere()
        return self

    def _fronts_are_somewhere(self) -> None:
        """Each stands where somebody is asked, once; its dnsdist is a service of this platform."""
        asked = [name for name in (*self.operators, AUTHORITY) if self.asked_at(name) is not None]
        services = [service.name for service in self.services]
        seen: set[str] = set()
        for number, front in enumerate(self.names):
            _known(marked("resolver"), front.resolver, asked, at=("names", number, "resolver"))
            if front.resolver in seen:
                raise Misplaced(
                    _("the name {name} stands twice").format(name=front.resolver), "names", number, "resolver"
                )
            seen.add(front.resolver)
            if front.dnsdist is not None:
                _known(marked("service"), front.dnsdist.service, services, at=("names", number, "dnsdist", "service"))

    def _nobody_is_asked_for_nothing(self) -> None:
        """Viewers who connect straight to an address have nobody who could be asked for a name."""
        straight = [name for name, operator in self.operators.items() if operator.address is not None]
        for number, probe in enumerate(self.probes):
            if straight and probe.kind == "dns" and probe.through == "operators":
                raise Misplaced(
                    _("probe {probe}: operator {operator} has an address, and no resolver that could be asked").format(
                        probe=probe.name, operator=straight[0]
                    ),
                    *("probes", number, "through"),
                )

    def _operators_are_nobody_else(self) -> None:
        """What an operator's viewers are sent from is theirs alone: with it nothing else is lost."""
        ends = [end for link in self.links for hop in link.hops for end in (hop.listen, hop.upstream)]
        ends += [end for front in self.names if front.relay for end in (front.relay.control, front.relay.upstream)]
        ends += [each.resolver for each in self.operators.values() if each.resolver is not None]
        taken = dict.fromkeys([site.address for site in self.sites.values()] + [end.rpartition(":")[0] for end in ends])
        for name, operator in self.operators.items():
            if operator.source is None:
                continue
            if operator.source in taken:
                raise Misplaced(
                    _("somebody else is at {address} already, so its viewers could not be told from others").format(
                        address=operator.source
                    ),
                    *("operators", name, "source"),
                )
            taken[operator.source] = None

    def _who_serves_is_told(self) -> None:
        by_header = self.served_by == "header"
        if by_header and self.served_header is None:
            raise Misplaced(_("`served_header` is missing: which header names the serving site"), "served_by")
        if not by_header and self.served_header is not None:
            raise Misplaced(_("nobody reads a header unless `served_by` is `header`"), "served_header")
        said: dict[str, str] = {}
        for name, site in self.sites.items():
            if site.serves_as and not by_header:
                raise Misplaced(_("nobody reads a header unless `served_by` is `header`"), "sites", name, "serves_as")
            for value in site.serves_as or [name] if by_header else []:
                other = said.setdefault(value, name)
                if other != name:
                    raise Misplaced(
                        _("{value!r} is site {other} already: which one serves would be unknown").format(
                            value=value, other=other
                        ),
                        *("sites", name, *(("serves_as",) if site.serves_as else ())),
                    )
        for name, operator in self.operators.items():
            if self.served_by == "resolution" and operator.address and self.site_at(operator.address) is None:
                raise Misplaced(
                    _("no site is at this address, so nothing tells who serves: say `served_by: header`, or `picture`"),
                    *("operators", name, "address"),
                )

    def _container_is_told(self, number: int, service: Service) -> None:
        container = service.container
        if container is None:
            return
        if container.placed is not None and self.state is None:
            raise Misplaced(
                _("this is written by the engine, into files of its own; leave it out"),
                *("services", number, "container", "placed"),
            )
        if container.compose is not None and (self.docker is None or self.docker.project is None):
            raise Misplaced(
                _("a Compose service is looked for in a project: say which in `docker: {project: ...}`"),
                *("services", number, "container", "compose"),
            )

    def _ends_are_containers(self) -> None:
        """Of a link that passes no Toxiproxy: `to` must be one of ours, `from` may be anybody."""
        containers = [each.name for each in self.services if each.container is not None]
        for number, link in enumerate(self.links):
            if link.port is not None:
                _known(marked("container service"), link.to, containers, at=("links", number, "to"))

    def _ways_are_apart(self) -> None:
        """Two proxies can't listen at one address, and one that calls itself calls for ever."""
        seen: dict[str, str] = {}
        for number, link in enumerate(self.links):
            for place, hop in enumerate(link.hops):
                other = seen.setdefault(hop.listen, link.name)
                if other != link.name or hop.listen == hop.upstream:
                    raise Misplaced(
                        _("{address} is listened at already, by link {name}").format(address=hop.listen, name=other),
                        *("links", number, "hops", place, "listen" if other != link.name else "upstream"),
                    )

    def _names_stand_once(self) -> None:
        """Links, probes, services and stop conditions are told apart by name, in records and in file names."""
        named: list[tuple[str, str, int]] = [
            *(
                (name, "links", number)
                for number, link in enumerate(self.links)
                for name in link.hop_names() or [link.name]
            ),
            *((probe.name, "probes", number) for number, probe in enumerate(self.probes)),
            *((service.name, "services", number) for number, service in enumerate(self.services)),
            *((each.name, "stop_conditions", number) for number, each in enumerate(self.stop_conditions)),
        ]
        seen: set[str] = set()
        for name, part, number in named:
            if name in seen:
                raise Misplaced(_("the name {name} stands twice").format(name=name), part, number, "name")
            seen.add(name)

    def site_with_role(self, role: str) -> str:
        """The site that plays `role`; a site's own name answers itself. KeyError when there is none."""
        if role in self.sites:
            return role
        for name, site in self.sites.items():
            if site.role == role:
                return name
        raise KeyError(role)

    def in_site_names(self, dotted: str) -> str:
        """`primary.api` -> `a.api`; what begins with no role stays as it is."""
        first, dot, rest = dotted.partition(".")
        try:
            return f"{self.site_with_role(first)}.{rest}" if dot else dotted
        except KeyError:
            return dotted

    def is_started_by_us(self) -> bool:
        """Whether anything of it is a program or a container of ours; else others have started it."""
        has_compose = self.docker is not None and self.docker.compose is not None
        return has_compose or any(service.run for service in self.services)

    def is_carried_by_us(self) -> bool:
        """Whether any link needs a Toxiproxy server of ours."""
        return any(self.sites[hop.site].toxiproxy is None for link in self.links for hop in link.hops)

    def way_back(self, to: str = "primary") -> list[str] | None:
        """argv that sends everybody back to the site that plays `to`; None: this platform has no such command."""
        argv = self.commands.get("failback")
        return None if argv is None else [part.replace("{site}", self.site_with_role(to)) for part in argv]

    def served_values(self) -> dict[str, str]:
        """Each value of the served header that names a site, and that site."""
        return {value: name for name, site in self.sites.items() for value in site.serves_as or [name]}

    def is_resolved(self) -> bool:
        """Whether anybody's viewers are told by a resolver where to go, and keep that for a while."""
        return any(each.resolver is not None for each in self.operators.values()) or not self.operators

    def asked_at(self, resolver: str) -> str | None:
        """Where an operator's resolver, or `authority`, is asked; None: nobody is."""
        if resolver == AUTHORITY:
            return self.authority
        return self.operators[resolver].resolver if resolver in self.operators else None

    def site_at(self, address: str) -> str | None:
        """The site that viewers reach at `address`."""
        return next((name for name, site in self.sites.items() if site.address == address), None)


def _known(what: str, name: str, among: Collection[str], *, at: tuple[str | int, ...]) -> None:
    if name not in among:
        known = ", ".join(sorted(among)) or "-"
        raise Misplaced(
            _("there is no {what} {name!r}; there are {known}").format(what=_(what), name=name, known=known), *at
        )
