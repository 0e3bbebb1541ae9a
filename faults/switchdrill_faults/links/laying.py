"""What a fault lays on a link's first proxy: laid, kept, and taken off; from the undo, whosesoever the server is.

A server of ours that obeys no more is killed and started again with the same proxies. Somebody else's is not: that it
obeys no more is told, with what to do.
"""

from pathlib import Path

from switchdrill.clock import now_ns, wait_until
from switchdrill.errors import CouldNotHeal, CouldNotStart, DeadlinePassed
from switchdrill.fault import PutBack
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.links import proxied
from switchdrill_faults.links.proxied import Place
from switchdrill_faults.toxiproxy import laid, records, wedged
from switchdrill_faults.toxiproxy.laid import Wanted
from switchdrill_faults.toxiproxy.proxy import AskedProxy
from switchdrill_faults.toxiproxy.rung import one_line
from switchdrill_faults.toxiproxy.table import not_accepting
from switchdrill_faults.toxiproxy.transport import ApiError, NotThere, StateUnknown

_TRIES = 3
_LOOK_S = 1.5
"""Shorter than the engine's own look at a carrier: a server that is restarted here is never told to have died."""
_COMES_ROUND_S = 3.0
"""A change that met clients who had left ends after 5 s in all by itself, and takes effect."""
_SEEN_NS: dict[str, int] = {}
"""When what an undo names was last seen in its place, by this process."""
_RESTARTED: dict[str, PutBack] = {}
"""What `lay` had to restart a server for, until `keep` tells it."""


def lay(undo: Undo, wanted: Wanted) -> None:
    """As wanted, within seconds whatever the server does. CouldNotStart; then some of it may be there."""
    begun_ns, was_restarted = now_ns(), False
    for _try in range(_TRIES):
        place = proxied.find(undo)
        try:
            laid.lay(place.api, place.name, wanted, is_live=is_live(undo) and not was_restarted)
        except (StateUnknown, NotThere) as problem:
            last = problem
            was_restarted |= _restarted(undo, place, problem)
            continue
        except ApiError as problem:
            raise _not_laid(undo, place, problem) from problem
        _SEEN_NS[_key(undo)] = now_ns()
        if was_restarted:
            said = "its Toxiproxy obeyed no more: it was killed and started anew with the same proxies"
            _RESTARTED[_key(undo)] = _put_back(undo, (begun_ns, begun_ns), said)
        return
    raise _not_laid(undo, place, last) from last


def turn(undo: Undo, *, is_open: bool) -> None:
    """Open the proxy, or close it; where its server is lost meanwhile there is nothing to turn. CouldNotStart."""
    for _try in range(_TRIES):
        if "record" in undo.facts and proxied.is_gone(undo):
            return
        place = proxied.find(undo)
        try:
            laid.set_open(place.api, place.name, is_open=is_open)
        except (StateUnknown, NotThere) as problem:
            last = problem
            _restarted(undo, place, problem)
            continue
        except ApiError as problem:
            raise _not_laid(undo, place, problem) from problem
        return
    raise _not_laid(undo, place, last) from last


def is_laid(undo: Undo, wanted: Wanted) -> bool:
    """Whether the server tells it as wanted. CouldNotStart when it tells nothing."""
    place = proxied.find(undo)
    try:
        told = laid.told(place.api, place.name)
    except ApiError as problem:
        raise _not_laid(undo, place, problem) from problem
    return told is not None and wanted.is_told_by(told)


def keep(undo: Undo, wanted: Wanted) -> list[PutBack]:
    """Lay again what has gone: with a server that was started anew, or by somebody's hand. CouldNotStart."""
    if "record" in undo.facts and proxied.is_gone(undo):
        return []  # lost as a whole, on purpose; or by itself, and then the watch tells it
    key, looked_ns = _key(undo), now_ns()
    place = proxied.find(undo)
    said = "it was gone from its proxy, and was laid again"
    try:
        told = laid.told(place.api, place.name, within_s=_LOOK_S)
        if told is None and place.record is None:
            return []  # its owner has taken the proxy away
        if told is not None and wanted.is_told_by(told):
            _SEEN_NS[key] = looked_ns
            restarted = _RESTARTED.pop(key, None)
            return [] if restarted is None else [restarted]
    except NotThere as problem:
        if place.record is None:
            return []  # it does not run: what is missing when it does again is found by a later look
        if not _restarted(undo, place, problem) and proxied.is_gone(undo):
            return []
    except ApiError as problem:
        if not _restarted(undo, place, problem) and proxied.is_gone(undo):
            return []
        said = "its Toxiproxy obeyed no more: it was killed and started anew, and the fault was laid again"
    gone_ns = (_SEEN_NS.get(key, looked_ns), now_ns())
    lay(undo, wanted)
    _RESTARTED.pop(key, None)
    return [_put_back(undo, gone_ns, said)]


def take_off(undo: Undo) -> str:
    """Our toxics off, the proxy as open as it was, and both seen. CouldNotHeal."""
    link, was_restarted = str(undo.facts["link"]), False
    for _try in range(_TRIES):
        if proxied.is_gone(undo):
            return f"the Toxiproxy of link {link} is gone, and what was laid there with it"
        place = proxied.find(undo)
        is_enabled = bool(undo.facts.get("is_enabled", True))
        try:
            was_made = _made_again(undo, place)
            did = laid.take_off(
                place.api, place.name, str(undo.facts["toxic"]), is_live=is_live(undo), is_enabled=is_enabled
            )
            wrong = _what_is_wrong(undo, place, is_enabled=is_enabled)
        except (StateUnknown, NotThere) as problem:
            last = one_line(problem)
            if place.record is not None:
                was_restarted |= _restarted(undo, place, problem)
            elif not _comes_round(place):
                break
            continue
        except ApiError as problem:
            raise _not_healed(undo, place, one_line(problem)) from problem
        if wrong:
            raise _not_healed(undo, place, wrong)
        if was_restarted:
            return f"link {link} is whole; its Toxiproxy obeyed no more, and was started anew with the same proxies"
        return f"link {link} " + ("is as it was before" if did or was_made else "was whole; nothing was done")
    raise _not_healed(undo, place, last)


def is_live(undo: Undo) -> bool:
    return bool(undo.facts.get("is_steady", False))


def _made_again(undo: Undo, place: Place) -> bool:
    """Whether somebody had deleted a proxy that we had made."""
    if "record" not in undo.facts or laid.told(place.api, place.name) is not None:
        return False
    asked = records.read_proxies(records.proxies_path(Path(str(undo.facts["record"]))))
    for each in asked:
        if each.name == place.name:
            laid.make(place.api, each)
    return True


def _what_is_wrong(undo: Undo, place: Place, *, is_enabled: bool) -> str:
    """Why the link is not whole, as its server tells it, and as a client of a server of ours sees it; else empty."""
    told = laid.told(place.api, place.name)
    if told is None:
        return "" if "api" in undo.facts else _("proxy {name} is not there any more").format(name=place.name)
    left = [each.name for each in told.toxics if each.name.startswith(str(undo.facts["toxic"]))]
    if left:
        return _("proxy {name} has toxics: {toxics}").format(name=place.name, toxics=", ".join(left))
    if told.enabled != is_enabled:
        return _("proxy {name} is disabled").format(name=place.name)
    asked = AskedProxy(name=told.name, listen=told.listen, upstream=told.upstream)
    return "\n".join(not_accepting([asked])) if place.record is not None else ""


def _restarted(undo: Undo, place: Place, problem: ApiError) -> bool:
    """Whether this call restarted it; False also when somebody else just has. CouldNotStart when it is not ours."""
    if place.path is None or place.record is None:
        raise _not_laid(undo, place, problem) from problem
    return wedged.restart(place.path, place.record)


def _comes_round(place: Place) -> bool:
    """Whether somebody else's server answers again, in a while."""

    def answers() -> bool:
        try:
            laid.told(place.api, place.name, within_s=_LOOK_S)
        except ApiError:
            return False
        return True

    try:
        return wait_until(answers, within_s=_COMES_ROUND_S, what=_("a Toxiproxy server that is not ours"))
    except DeadlinePassed:
        return False


def _put_back(undo: Undo, gone_ns: tuple[int, int], said: str) -> PutBack:
    return PutBack(undo=undo, target=undo.target, gone_ns=gone_ns, again_ns=now_ns(), said=said)


def _key(undo: Undo) -> str:
    return f"{undo.facts.get('record', undo.facts.get('api'))} {undo.facts['proxy']} {undo.facts['toxic']}"


def _not_laid(undo: Undo, place: Place, problem: ApiError) -> CouldNotStart:
    is_wedged = isinstance(problem, StateUnknown)
    return CouldNotStart(
        _("{target} can't be changed").format(target=undo.target),
        where=f"{place.api}, {place.name}",
        because=one_line(problem),
        now=_("its Toxiproxy is not ours and obeys no more: restart it, then drill again")
        if is_wedged and place.record is None
        else None,
    )


def _not_healed(undo: Undo, place: Place, because: str) -> CouldNotHeal:
    return CouldNotHeal(
        _("{target} could not be brought back").format(target=undo.target),
        where=f"{place.api}, {place.name}",
        because=because,
        now=_(
            "see that this Toxiproxy runs and has its proxies; restart it if it does not answer; then:  {command}"
        ).format(command="switchdrill heal --all"),
        meanwhile=_("what passes the link is cut or slow"),
    )
