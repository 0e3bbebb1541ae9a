"""Another time of day in a container: two files in its /etc that take effect when it is started anew."""

from switchdrill.clock import wait_until, wall_s
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.engine import Engine, EngineError, Held, NoSuchContainer
from switchdrill.errors import CouldNotHeal, CouldNotStart, DeadlinePassed, Refused
from switchdrill.fault import Counted
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker import box, breaking, home
from switchdrill_faults.docker.box import Box
from switchdrill_faults.docker.process import is_ours_to_enter
from switchdrill_faults.services import sign, skew

_PRELOAD = "/etc/ld.so.preload"
_OFFSET = "/etc/faketimerc"
_MAY_MISS_S = 5
_SEEN_S = 5.0


class ContainerSkew:
    """From an undo alone. Which library it is stands in the undo once the container has been looked at."""

    def __init__(self, undo: Undo) -> None:
        self._box = box.read(undo)[0]
        self._library = str(undo.facts["library"])
        self._by_s = int(str(undo.facts["by_s"]))

    @staticmethod
    def facts_of(undo: Undo, *, where: str) -> dict[str, Fact]:
        """On paper nothing. Refused when the library is not in its image, or would skew more than the time of day."""
        one = box.read(undo)[0]
        try:
            found = _library_in(one)
            preloaded = one.engine().read_file(one.name, _PRELOAD)
            is_clear = f"{skew.ONLY_TIME_OF_DAY}=1" in _environment(one)
        except (NoSuchContainer, NoEngine):
            return {"library": ""}
        except EngineError as problem:
            raise Refused(
                _("the clock of container {name} can't be skewed").format(name=one.name),
                where=where,
                because=problem.because or str(problem),
            ) from problem
        why = now = ""
        if preloaded is not None and preloaded.content.strip():
            why = _("it has an /etc/ld.so.preload already")
        elif not found:
            why = _("libfaketime is not in its image")
            now = _("install it there: Debian's package is called libfaketime")
        elif not is_clear:
            why = _("its monotonic clock would jump as well, and every wait with it")
            now = _("set {name}=1 in its environment").format(name=skew.ONLY_TIME_OF_DAY)
        if why:
            raise Refused(
                _("the clock of container {name} can't be skewed").format(name=one.name),
                where=where,
                because=why,
                now=now or None,
            )
        return {"library": found}

    def set(self) -> None:
        """CouldNotStart when it does not run; EngineError."""
        if not self._library:
            raise CouldNotStart(_("container {name} was not there when this was planned").format(name=self._box.name))
        engine = self._box.engine()
        engine.write_file(self._box.name, _OFFSET, _file(f"{self._by_s:+d}\n"))
        engine.write_file(self._box.name, _PRELOAD, _file(f"{self._library}\n"))
        breaking.restart([self._box], grace_s=sign.GRACE_S)

    def counted(self) -> Counted:
        """What its first process has loaded, and what time a program tells that is started in it."""
        name, engine = self._box.name, self._box.engine()
        try:
            is_loaded = skew.is_loaded(_maps(self._box, engine))
            told = engine.execute(name, ["date", "+%s"]).said
        except EngineError as problem:
            return Counted(ok=False, said=f"{name}: {problem.because or problem.what}")
        off_s = int(told) - wall_s() if told.isdecimal() else 0
        is_off = abs(off_s - self._by_s) <= _MAY_MISS_S
        has = "has libfaketime" if is_loaded else "has no libfaketime"
        return Counted(ok=is_loaded and is_off, said=f"{name} {has}, and is {off_s:+d} s off")

    def unset(self) -> str:
        """What was done; empty when nothing had to be. CouldNotHeal."""
        did = ""
        if home.is_gone_with_its_platform([self._box]) or home.insist(self._box, self._box.found) is None:
            return ""  # its way home tells it
        preloaded = home.insist(self._box, lambda engine: engine.read_file(self._box.name, _PRELOAD))
        if preloaded is not None and skew.LIBRARY.encode() in preloaded.content:
            # An empty one does nothing, and can be written whatever the container is doing.
            home.insist(self._box, lambda engine: engine.write_file(self._box.name, _PRELOAD, _file("")))
            did = "tells the right time again"
        home.kill_frozen([self._box])
        home.start([self._box])
        if skew.is_loaded(self._maps()):
            home.insist(self._box, lambda engine: engine.restart(self._box.name, grace_s=sign.GRACE_S))
            did = "tells the right time again"
        if did:
            home.insist(self._box, lambda engine: engine.execute(self._box.name, ["rm", "-f", _PRELOAD, _OFFSET]))
        try:
            maps = wait_until(self._maps, within_s=_SEEN_S, what=f"the first process of {self._box.name}")
        except DeadlinePassed:
            maps = ""  # nobody can tell, so nothing is proven
        if not maps or skew.is_loaded(maps):
            raise CouldNotHeal(
                _("container {name} still tells another time").format(name=self._box.name),
                where=self._box.where.resolved(),
                now=_("remove {file} in it, then:  docker restart {name}").format(file=_PRELOAD, name=self._box.name),
            )
        return did

    def _maps(self) -> str:
        return home.insist(self._box, lambda engine: _maps(self._box, engine))


def _maps(one: Box, engine: Engine) -> str:
    """Of its first process. Its own user may read them; root in a container may not read another user's."""
    found = engine.get(one.name)
    if is_ours_to_enter(found):
        return skew.maps_of(found.pid)
    said = engine.execute(one.name, ["cat", "/proc/1/maps"], user="")
    return "" if said.code else said.said


def _library_in(one: Box) -> str:
    names = " ".join(f"{folder}/{skew.LIBRARY}" for folder in skew.FOLDERS)
    line = f'for each in {names}; do test -e "$each" && echo "$each"; done'
    said = one.engine().execute(one.name, ["sh", "-c", line]).said
    return next((each for each in said.splitlines() if each.startswith("/") and each.endswith(skew.LIBRARY)), "")


def _environment(one: Box) -> list[str]:
    told = one.engine().use("inspect", lambda client: client.api.inspect_container(one.name))
    return [str(each) for each in told["Config"].get("Env") or []]


def _file(text: str) -> Held:
    return Held(text.encode(), 0o644, 0, 0)
