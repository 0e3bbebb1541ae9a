"""Which containers are together a site: by their labels, else by what their names or their networks have in common."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from switchdrill.beginning.trade import trade_of
from switchdrill.containers.found import Found

MOST = 4
"""More alternatives than that are names of services, not of sites."""
_WORDS = {
    "primary", "standby", "main", "backup", "active", "passive", "east", "west", "north", "south", "left", "right",
    "blue", "green", "dc", "az", "idc", "site", "local", "remote", "master", "slave",
}  # fmt: skip
_FIRST = ("primary", "main", "active", "master", "a", "1", "s1", "dc1", "left", "blue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Where every container belongs."""

    by: Literal["labels", "projects", "names", "networks", "nothing"]
    site_of: Mapping[str, str]
    """Container -> site; one that is in none is missing."""
    words_of: Mapping[str, str]
    """Container -> the word of its name that tells its site; empty unless `by` names."""

    @property
    def sites(self) -> list[str]:
        """The one that is most probably the primary first."""
        names = sorted(set(self.site_of.values()))
        return sorted(names, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def guess(seen: Sequence[Found]) -> Guess:
    labelled = {each.name: _name(each.site) for each in seen if each.site}
    if labelled:
        return Guess(by="labels", site_of=labelled, words_of={})
    projects = _by_projects(seen)
    if projects:
        return Guess(by="projects", site_of={name: _name(each) for name, each in projects.items()}, words_of={})
    words = _by_names(seen)
    if words:
        return Guess(by="names", site_of={name: _name(word) for name, word in words.items()}, words_of=words)
    networks = _by_networks(seen)
    if networks:
        return Guess(by="networks", site_of={name: _name(each) for name, each in networks.items()}, words_of={})
    return Guess(by="nothing", site_of={}, words_of={})


def tokens(name: str) -> list[str]:
    """`web1-eu` is web, 1, eu."""
    return re.findall(r"[A-Za-z]+|\d+", name)


def _name(word: str) -> str:
    """A site's name in a platform's file: letters first, so that YAML takes it for no number."""
    kept = re.sub(r"[^A-Za-z0-9_.-]+", "-", word).strip("-.") or "site"
    return f"s{kept}" if kept[0].isdigit() else kept


def _by_projects(seen: Sequence[Found]) -> dict[str, str]:
    """One Compose project a site: they have services of the same names."""
    services: dict[str, set[str]] = defaultdict(set)
    for each in seen:
        if each.compose_project:
            services[each.compose_project].add(each.compose_service)
    if not 1 < len(services) <= MOST or not set.intersection(*services.values()):
        return {}
    return {each.name: each.compose_project for each in seen if each.compose_project}


def _by_names(seen: Sequence[Found]) -> dict[str, str]:
    """Names that differ in one word, pair by pair, for the same kind of server: that word is the site's."""
    alike: dict[tuple[str, ...], dict[str, Found]] = defaultdict(dict)
    for each in seen:
        words = tokens(each.called)
        for place in range(len(words) if len(words) > 1 else 0):
            alike[(*words[:place], "*", *words[place + 1 :])][words[place]] = each
    pairs = [
        words
        for words in alike.values()
        if 1 < len(words) <= MOST and len({(trade_of(each).name or each.image) for each in words.values()}) == 1
    ]
    best: frozenset[str] = frozenset()
    most = (0, False, 0)
    for pair in pairs:
        wanted = frozenset(pair)
        count = sum(1 for other in pairs if set(other) <= wanted)
        score = (count, all(map(_is_a_sites, wanted)), -len(wanted))
        if score > most and (count > 1 or score[1]):
            best, most = wanted, score
    return {
        each.name: found for each in seen if (found := next((word for word in tokens(each.called) if word in best), ""))
    }


def _is_a_sites(word: str) -> bool:
    return word.isdigit() or len(word) == 1 or word.lower() in _WORDS


def _by_networks(seen: Sequence[Found]) -> dict[str, str]:
    """Networks that split the containers: each is in one of them, or in none, or between them."""
    members: dict[str, set[str]] = defaultdict(set)
    for each in seen:
        for network in each.network_names:
            members[network].add(each.name)
    apart = [name for name, inside in members.items() if len(inside) > 1 and len(inside) < len(seen)]
    for count in range(min(MOST, len(apart)), 1, -1):
        for chosen in combinations(sorted(apart), count):
            lonely = {
                each.name: next(iter(each.network_names & set(chosen)))
                for each in seen
                if len(each.network_names & set(chosen)) == 1
            }
            if set(lonely.values()) == set(chosen) and len(lonely) > len(seen) / 2:
                return lonely
    return {}
