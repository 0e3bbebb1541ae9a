"""From the containers that run to a sketch of the platform that they are."""

from collections import Counter
from collections.abc import Iterable, Sequence

from switchdrill.beginning.groups import shared_beginning
from switchdrill.beginning.sites import Guess, guess, tokens
from switchdrill.beginning.sketch import Sketch, SketchedLink, SketchedOperator, SketchedService, SketchedSite
from switchdrill.beginning.trade import Trade, health_path, trade_of, web_port
from switchdrill.containers.found import Found
from switchdrill.text import _

_ENTRIES = ("border", "front", "media", "app")
"""Who meets viewers first, outermost first."""


class Drawing:
    """One look at all containers of a platform."""

    def __init__(self, seen: Sequence[Found], *, engine: str) -> None:
        self._seen = seen
        self._engine = engine
        self._guess: Guess = guess(seen)
        self._trades = {each.name: trade_of(each) for each in seen}
        projects = {each.compose_project for each in seen} - {""}
        self._project = projects.pop() if len(projects) == 1 else ""
        self._names = self._service_names()

    def sketch(self) -> Sketch:
        called = self._project or shared_beginning(each.name for each in self._seen).strip("-_.")
        front = self._front()
        sketch = Sketch(id=_as_id(called or "my-platform"), title=called or _("my live platform"), engine=self._engine)
        sketch.project = self._project
        sketch.is_one_entry = front is not None
        sketch.sites = self._sites()
        sketch.services = [self._service(each) for each in self._seen]
        sketch.links = list(self._links())
        sketch.operators = self._operators(front)
        inner = [entry for site in self._guess.sites if (entry := self._entry_of(site, inner=True)) is not None]
        outer = front or next(iter(inner), None)
        sketch.port = web_port(outer) if outer is not None else 80
        if front is not None and inner and web_port(inner[0]) != sketch.port:
            sketch.sites_port = web_port(inner[0])
        sketch.health = next((path for each in [*inner, *self._seen] if (path := health_path(each))), "")
        return sketch

    def _kind(self, seen: Found) -> str:
        return self._trades[seen.name].kind

    def _site(self, seen: Found) -> str:
        return self._guess.site_of.get(seen.name, "")

    def _front(self) -> Found | None:
        """The one server in front of all sites, if there is exactly one."""
        outside = [each for each in self._seen if not self._site(each) and self._kind(each) == "front"]
        return outside[0] if len(outside) == 1 and self._guess.sites else None

    def _entry_of(self, site: str, *, inner: bool = False) -> Found | None:
        """Who meets viewers at this site first; `inner`: behind the server that only carries links."""
        kinds = [kind for kind in _ENTRIES if not (inner and kind == "border")]
        there = [each for each in self._seen if self._site(each) == site and self._kind(each) in kinds]
        return min(there, key=lambda each: (kinds.index(self._kind(each)), not each.published), default=None)

    def _sites(self) -> list[SketchedSite]:
        names = self._guess.sites
        serving = [name for name in names if self._entry_of(name) is not None]
        # Who meets no viewers, beside two who do, is there to be asked who is right.
        mute = set(names) - set(serving) if len(serving) > 1 else set()
        first = next((name for name in names if name not in mute), "")
        found = [
            self._sketched(name, "witness" if name in mute else "primary" if name == first else "standby")
            for name in names
        ]
        missing = [name for name in ("a", "b") if name not in names][: max(0, 2 - len(found))]
        for name in missing:
            found.append(
                SketchedSite(
                    name=name,
                    role="standby" if found else "primary",
                    address="",
                    decide=_("nothing tells what is a site here: label containers switchdrill.site=NAME, or write it"),
                    decide_address=_("where viewers reach this site; nothing tells"),
                )
            )
        return found

    def _sketched(self, name: str, role: str) -> SketchedSite:
        entry, border = self._entry_of(name), self._border_of(name)
        if role == "witness":
            entry = next(each for each in self._seen if self._site(each) == name)
        address, is_fixed = self._address(entry, name) if entry is not None else ("", False)
        why = {
            "labels": "",
            "projects": _("is this a site? guessed from Compose projects: {names}").format(names=self._members(name)),
            "names": _("is this a site? guessed from names: {names}").format(names=self._members(name)),
            "networks": _("is this a site? guessed from networks: {names}").format(names=self._members(name)),
            "nothing": "",
        }[self._guess.by]
        if entry is None or not address:
            decide = _("where viewers reach this site; nothing tells")
        elif is_fixed:
            decide = _("where viewers reach this site; guessed: {container}").format(container=entry.called)
        else:
            decide = _(
                "where viewers reach this site; guessed: {container}, which may have another address after a restart: "
                "give it an ipv4_address"
            ).format(container=entry.called)
        toxiproxy = f"http://{self._address(border, name)[0]}:8474" if border is not None else ""
        return SketchedSite(
            name=name, role=role, address=address, decide=why, decide_address=decide, toxiproxy=toxiproxy
        )

    def _border_of(self, site: str) -> Found | None:
        return next((each for each in self._seen if self._site(each) == site and self._kind(each) == "border"), None)

    def _address(self, seen: Found, site: str) -> tuple[str, bool]:
        """Where others than its own site reach it, and whether that stays."""
        others = Counter(network for each in self._seen if self._site(each) != site for network in each.network_names)
        joined = sorted((each for each in seen.networks if each.address), key=lambda each: -others[each.network])
        if joined:
            return joined[0].address, joined[0].is_fixed
        return ("127.0.0.1", True) if "host" in seen.network_names else ("", False)

    def _members(self, site: str) -> str:
        names = [each.called for each in self._seen if self._site(each) == site]
        return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")

    def _service_names(self) -> dict[str, str]:
        """`a.redis`: the site, and what its name has beside it; each once."""
        found: dict[str, str] = {}
        for each in self._seen:
            site, word = self._guess.site_of.get(each.name, ""), self._guess.words_of.get(each.name, "")
            rest = [part for part in tokens(each.called) if part != word] if word else []
            stem = each.service or ("-".join(rest) if rest else each.called)
            name = _as_id(f"{site}.{stem}" if site else stem)
            taken = Counter(found.values())
            number = next(number for number in range(1, len(self._seen) + 2) if not taken[_numbered(name, number)])
            found[each.name] = _numbered(name, number)
        return found

    def _service(self, seen: Found) -> SketchedService:
        is_alone = sum(1 for each in self._seen if each.compose_service == seen.compose_service) == 1
        by_compose = bool(self._project and seen.compose_service and seen.compose_project == self._project and is_alone)
        trade = self._trades[seen.name]
        return SketchedService(
            name=self._names[seen.name],
            site=self._site(seen),
            container=("compose", seen.compose_service) if by_compose else ("name", seen.name),
            is_told=self._guess.by == "labels" and bool(seen.site),
            remark=", ".join(filter(None, [trade.name, seen.image if not seen.image.startswith("sha256:") else ""])),
            ready=self._ready(seen, trade),
        )

    def _ready(self, seen: Found, trade: Trade) -> str:
        """Only where the address stays: another one tomorrow would be asked in vain."""
        address, is_fixed = self._address(seen, self._site(seen))
        if not address or not is_fixed:
            return ""
        path = health_path(seen)
        if path:
            return f'http: "http://{address}:{web_port(seen)}{path}"'
        return f'tcp: "{address}:{trade.port}"' if trade.kind == "store" else ""

    def _links(self) -> Iterable[SketchedLink]:
        """Inside a site from whom to whom, as trades usually go; between sites what keeps data, both ways."""
        for end in self._seen:
            trade, site = self._trades[end.name], self._site(end)
            port = trade.port if trade.kind in ("store", "media") else web_port(end)
            starts = {
                "store": [each for each in self._seen if self._kind(each) == "app" and self._site(each) == site],
                "app": [each for each in self._seen if self._kind(each) == "front" and self._site(each) in (site, "")],
                "front": [each for each in self._seen if self._kind(each) == "front" and not self._site(each)],
                "media": [],
            }.get(trade.kind)
            if starts is None or not site:
                continue
            for start in starts:
                yield SketchedLink(start=self._names[start.name], end=self._names[end.name], port=port)
            if trade.kind == "media":
                yield SketchedLink(start="publishers", end=self._names[end.name], port=port)
            for peer in self._seen if trade.kind == "store" else ():
                if self._trades[peer.name] == trade and self._site(peer) not in ("", site):
                    yield SketchedLink(start=self._names[peer.name], end=self._names[end.name], port=port)

    def _operators(self, front: Found | None) -> list[SketchedOperator]:
        if front is not None:
            address = self._address(front, "")[0]
            return [SketchedOperator(name="all", share="1.0", way=f"address: {address}" if address else "address:")]
        names = [each for each in self._seen if self._kind(each) == "names"]
        asked = [each for each in names if "recursor" in self._trades[each.name].name] or names
        at = [(each, address) for each in asked if (address := self._address(each, "")[0])]
        if not at:
            return [SketchedOperator(name="all", share="1.0", way="resolver:")]
        share = round(1 / len(at), 2)
        rest = round(1 - share * (len(at) - 1), 2)
        return [
            SketchedOperator(
                name=_as_id(each.called),
                share=f"{rest if number == 0 else share:g}",
                way=f'resolver: "{address}:53"',
            )
            for number, (each, address) in enumerate(at)
        ]


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _as_id(text: str) -> str:
    kept = "".join(each if each.isascii() and (each.isalnum() or each in "._-") else "-" for each in text)
    return kept.strip("-.") or "my-platform"
