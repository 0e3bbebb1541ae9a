"""A sketch as a platform.yaml: what was guessed, and on each line that a person must decide, what."""

import json
import re
from collections.abc import Iterator

from switchdrill.beginning.sketch import Sketch
from switchdrill.text import _

_COLUMN = 56
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*|\d{1,3}(?:\.\d{1,3}){3}")
_WORDS_OF_YAML = {"yes", "no", "true", "false", "null", "on", "off", "y", "n"}


def written(sketch: Sketch, *, origin: str) -> str:
    """The whole file. `origin`: from what, in one line for its first comment."""
    parts = (
        _head(sketch, origin),
        _docker(sketch),
        _sites(sketch),
        _entries(sketch),
        _operators(sketch),
        _rest(sketch),
    )
    blocks = ["\n".join(line.rstrip() for line in part) for part in parts]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _decide(code: str, what: str) -> str:
    return f"{code:<{_COLUMN}}  # decide: {what}"


def _remark(code: str, what: str) -> str:
    return f"{code:<{_COLUMN}}  # {what}" if what else code


def _text(value: str) -> str:
    """As a YAML value that is surely read as text."""
    return (
        value
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML
        else json.dumps(value, ensure_ascii=False)
    )


def _head(sketch: Sketch, origin: str) -> Iterator[str]:
    yield "# " + origin
    yield "# " + _("Each line with `decide:` waits for a person; when it is decided, take that comment away.")
    yield "# " + _(
        "`switchdrill lint platform.yaml` says what is missing. Nothing is broken while it says inject: false."
    )
    yield "schema: switchdrill.platform/v1"
    code = f"id: {_text(sketch.id)}"
    several = _("is it one platform? These look like several, and `init` takes one by its option: {groups}")
    names = "; ".join(each.says() for each in sketch.groups)
    yield _decide(code, several.format(groups=names)) if len(sketch.groups) > 1 else code
    yield f"title: {_text(sketch.title)}"
    yield _decide("production: false", _("true when anybody's real viewers are on it"))
    yield "inject: false"


def _docker(sketch: Sketch) -> Iterator[str]:
    facts = [("engine", sketch.engine), ("project", sketch.project)]
    told = ", ".join(f"{key}: {_text(value)}" for key, value in facts if value)
    if told:
        yield f"docker: {{{told}}}"


def _sites(sketch: Sketch) -> Iterator[str]:
    yield "sites:"
    for site in sketch.sites:
        yield _decide(f"  {_text(site.name)}:", site.decide) if site.decide else f"  {_text(site.name)}:"
        yield _decide(f"    role: {site.role}", _("primary, standby or witness"))
        yield _decide(f"    address: {_text(site.address) if site.address else ''}".rstrip(), site.decide_address)
        if sketch.is_one_entry:
            yield _decide(f"    serves_as: [{_text(site.name)}]", _("what `served_header` says in its answers"))
        if site.toxiproxy:
            said = _("lent to drills: only `enabled` and toxics named switchdrill-* are touched; its links need `hops`")
            yield _decide(f"    toxiproxy: {_text(site.toxiproxy)}", said)


def _entries(sketch: Sketch) -> Iterator[str]:
    yield "entries:"
    yield "  live:"
    yield _decide("    name: live.example", _("the name that players ask for"))
    yield _decide(f"    port: {sketch.port}", _("where every site serves playlists"))
    yield _decide("    path: /live/stream.m3u8", _("a playlist that is on air all the time, in plain HTTP"))
    yield _remark(
        "#    room: room1", _("where the picture has a mark; without one see PLATFORM.md, Your own HLS stream")
    )


def _operators(sketch: Sketch) -> Iterator[str]:
    yield "operators:"
    for each in sketch.operators:
        code = f"  {_text(each.name)}: {{share: {each.share}, {each.way}}}"
        said = _("how its viewers come in: `resolver: ADDRESS:53` that knows the name, or `address:` of one entry")
        if each.way.endswith(":"):
            code = f"  {_text(each.name)}: {{share: {each.share}}}"
        yield _decide(code, said)
    served = "header" if sketch.is_one_entry else "resolution"
    yield _decide(
        f"served_by: {served}",
        _("what tells a viewer which site serves: resolution, header (`served_header`), or the picture's own mark"),
    )
    if sketch.is_one_entry:
        yield _decide("served_header: X-Served-By", _("the header in which each site names itself"))


def _rest(sketch: Sketch) -> Iterator[str]:
    yield from _services(sketch)
    yield ""
    yield from _links(sketch)
    yield ""
    port = f", port: {sketch.sites_port}" if sketch.sites_port else ""
    yield "probes:"
    yield "  - {name: media, kind: hls, through: operators, entry: live, every: 100ms, timeout: 1s}"
    watch = f"  - {{name: watch, kind: hls, through: sites, entry: live{port}, every: 200ms, timeout: 1s}}"
    yield _decide(watch, _("where each site itself serves playlists")) if port else watch
    entry = f"entry: live{port}, path: {_text(sketch.health or '/healthz')}"
    yield _decide(
        f"  - {{name: ready, kind: http, through: sites, {entry}, every: 500ms, timeout: 1s}}",
        _("the page with which a site says that it could serve"),
    )
    yield ""
    yield _decide(
        "ledgers: {}",
        _("of numbered records, with a probe that writes there and `data` in the runbook: else no loss is measured"),
    )
    yield '#  gifts: {entry: live, write: /gifts, read: "/gifts?prefix={prefix}"}'
    yield (
        "#  in `probes`: - {name: gifts, kind: ledger, through: operators, entry: live, ledger: gifts,"
        " every: 100ms, timeout: 1s}"
    )
    yield ""
    yield _decide(
        "commands: {}",
        _("your own failback, fence, check and reset, as argv: PLATFORM.md, Commands, says what each must do"),
    )
    for name, words in (("failback", ', "{site}"'), ("fence", ', "{site}"'), ("check", ""), ("reset", "")):
        yield f'#  {name}: ["{{here}}/ctl", {name}{words}]'


def _services(sketch: Sketch) -> Iterator[str]:
    if not sketch.services:
        yield _decide("services: []", _("the platform's containers: faults act on them"))
        yield "#  - {name: a.origin, site: a, container: {name: a-origin}}"
        return
    yield "services:"
    for each in sketch.services:
        kind, value = each.container
        site = f", site: {_text(each.site)}" if each.site else ""
        ready = f", ready: {{{each.ready}}}" if each.ready else ""
        code = f"  - {{name: {_text(each.name)}{site}, container: {{{kind}: {_text(value)}}}{ready}}}"
        if each.is_told or each.site:
            yield _remark(code, each.remark)
        else:
            what = (
                _("is it part of a site? ({what})").format(what=each.remark)
                if each.remark
                else _("is it part of a site?")
            )
            yield _decide(code, what)


def _links(sketch: Sketch) -> Iterator[str]:
    if not sketch.links:
        yield _decide("links: []", _("who talks to whom: faults act on these paths"))
        yield "#  - {name: a.api--a.postgres, from: a.api, to: a.postgres, port: 5432}"
        return
    yield _decide("links:", _("which of these there are, and which are missing: guessed from images and ports"))
    for each in sketch.links:
        name = _text(f"{each.start}--{each.end}")
        yield f"  - {{name: {name}, from: {_text(each.start)}, to: {_text(each.end)}, port: {each.port}}}"
