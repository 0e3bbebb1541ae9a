"""What drills of Docker platforms need: an engine, images, no left-overs. Answers within some seconds."""

import queue
import shutil
import threading
from collections.abc import Iterator

from switchdrill import yamlfile
from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine
from switchdrill.doctor import left_behind
from switchdrill.doctor.need import Need
from switchdrill.errors import BadInput, SwitchdrillError
from switchdrill.platform.find import content_roots
from switchdrill.platform.mapped import project_of
from switchdrill.platform.model import Platform
from switchdrill.platform.net import MADE_UP
from switchdrill.state import state_home
from switchdrill.text import _

LIMIT_S = 6.0
"""For all questions together; an engine that hangs answers none of them, however long one waits."""


def needs() -> Iterator[Need]:
    """Each as soon as it is known. An engine that hangs in the midst of it is told as such, and not waited for."""
    told: queue.SimpleQueue[Need | None] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(told,), name="doctor", daemon=True).start()
    until_ns = now_ns() + int(LIMIT_S * NS_PER_S)
    has_answered = False
    while True:
        try:
            each = told.get(timeout=max(0.0, (until_ns - now_ns()) / NS_PER_S))
        except queue.Empty:
            yield _hung(has_answered=has_answered)
            return
        if each is None:
            return
        has_answered = True
        yield each


def _ask(told: "queue.SimpleQueue[Need | None]") -> None:
    try:
        engine = Engine(Endpoint())
        told.put(_engine(engine.version(), engine.endpoint))
    except SwitchdrillError as problem:
        told.put(_no_engine(problem))
        told.put(_image_tools(""))
        told.put(None)
        return
    try:
        told.put(_image_tools(engine.image_id(_BASE)))
        for need in [*_images(engine), *left_behind.needs(engine)]:
            told.put(need)
    except SwitchdrillError as problem:
        told.put(_no_engine(problem))
    told.put(None)


_BASE = "debian:bookworm-slim"


def _engine(version: str, endpoint: Endpoint) -> Need:
    found = _("engine {version}, {where}").format(version=version, where=endpoint.resolved())
    return Need(name=_("Docker engine"), is_met=True, found=found, purpose=_purpose(), is_needed=False)


def _purpose() -> str:
    return _("platforms of containers: `switchdrill up staging`, or your own; the embedded platform needs none")


def _no_engine(problem: SwitchdrillError) -> Need:
    return Need(
        name=_("Docker engine"),
        is_met=False,
        found="\n".join(filter(None, [problem.what, problem.where, problem.because])),
        purpose=_purpose(),
        mend=problem.now or "",
        is_needed=False,
    )


def _hung(*, has_answered: bool) -> Need:
    where = Endpoint().resolved()
    return Need(
        name=_("Docker engine"),
        is_met=False,
        found=(
            _("it has told its version, then it hung: no answer within {seconds:g} s")
            if has_answered
            else _("it takes connections and does not answer: waited {seconds:g} s")
        ).format(seconds=LIMIT_S)
        + f"\n{where}",
        purpose=_purpose(),
        mend=_("as root, start it anew:  systemctl restart docker   (or: kill dockerd, then start it again)"),
        is_needed=False,
    )


def _image_tools(base: str) -> Need:
    has_mmdebstrap = shutil.which("mmdebstrap") is not None
    found = _("mmdebstrap is here") if has_mmdebstrap else _("the engine has {image}").format(image=_BASE)
    is_met = has_mmdebstrap or bool(base)
    return Need(
        name=_("images' maker"),
        is_met=is_met,
        found=found if is_met else _("no mmdebstrap; a registry that answers will do as well, and is tried first"),
        purpose=_("makes the staging platform's image, where no registry can be reached"),
        mend="" if is_met else _("as root:  apt-get install mmdebstrap"),
        is_needed=False,
    )


def _images(engine: Engine) -> Iterator[Need]:
    """Of every platform that we ship and start with Docker; those of the same images together."""
    platforms: dict[tuple[str, ...], list[str]] = {}
    for file in sorted(each for root in content_roots()[:1] for each in (root / "platforms").glob("*/*.yaml")):
        try:
            platform = yamlfile.read(file, Platform, values={"net": MADE_UP})
            project = project_of(platform, file, state_home() / "any")
        except BadInput:
            continue  # a Compose file, or somebody's own: `lint` tells what is wrong with it
        if project is not None:
            images = {service.image for service in project.compose.services.values()}
            platforms.setdefault(tuple(sorted(images)), []).append(platform.id)
    for wanted, names in platforms.items():
        missing = [image for image in wanted if not engine.image_id(image)]
        yield Need(
            name=_("image"),
            is_met=not missing,
            found=_("{images}: not there").format(images=", ".join(missing)) if missing else ", ".join(wanted),
            purpose=_("every container of platform {name} runs it").format(name=" / ".join(names)),
            mend=_("switchdrill up {name}   (makes it first: a minute or two)").format(name=names[-1])
            if missing
            else "",
            is_needed=False,
        )
