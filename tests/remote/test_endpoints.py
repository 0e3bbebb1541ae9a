"""An engine elsewhere: reached by TLS and by ssh, its containers mapped; and what is said when it can't be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from switchdrill import yamlfile
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine
from switchdrill.errors import Refused
from switchdrill.platform.mapped import mapped
from switchdrill.platform.model import Platform
from tests.remote import certificates
from tests.remote.conftest import Far, Sites
from tests.remote.shell import PORT

pytestmark = pytest.mark.needs_second_engine


@pytest.fixture(autouse=True)
def _own_ssh(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", far.path())


@pytest.mark.parametrize("way", ["tls", "ssh"])
def test_containers_of_an_engine_elsewhere_are_mapped_with_their_addresses(way: str, sites: Sites) -> None:
    platform = mapped(yamlfile.read(sites.written(way), Platform), None)
    placed = [each.container.placed for each in platform.services if each.container]

    assert [("a-front", [sites.address("a-front")]), ("a-back", [sites.address("a-back")])] == [
        (each.name, each.addresses) for each in placed[:2] if each
    ]
    assert all(each is not None and each.engine == sites.far.endpoint(way) for each in placed)
    assert "good" == sites.sees("a-front")


def test_a_certificate_authority_of_the_environment_does_not_overrule_the_engines(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(far.tls / "cert.pem"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    engine = Engine(far.endpoint("tls"))

    assert engine.version()
    engine.close()


def _other_authority(far: Far, folder: Path) -> Endpoint:
    """The client trusts somebody else than the engine's authority."""
    theirs = certificates.authority(folder, "theirs")
    mine = certificates.authority(folder, "mine")
    return Endpoint(url=far.tcp, tls=str(certificates.client_folder(mine, folder / "client", trusts=theirs)))


def _stranger(far: Far, folder: Path) -> Endpoint:
    """The client's own certificate is signed by somebody whom the engine does not know."""
    mine = certificates.authority(folder, "mine")
    tls = certificates.client_folder(mine, folder / "client")
    (tls / "ca.pem").write_bytes((far.tls / "ca.pem").read_bytes())
    return Endpoint(url=far.tcp, tls=str(tls))


def _nobody_there(far: Far, folder: Path) -> Endpoint:
    return Endpoint(url=f"tcp://{far.second.address}:2375")


def _without_tls(far: Far, folder: Path) -> Endpoint:
    return Endpoint(url=far.tcp)


def _unknown_host(far: Far, folder: Path) -> Endpoint:
    Path(far.shell.path).parent.joinpath("known").rename(folder / "known")
    return Endpoint(url=far.shell.url)


def _unknown_user(far: Far, folder: Path) -> Endpoint:
    return Endpoint(url=far.shell.url.replace("root@", "nobody@"))


def _no_shell_there(far: Far, folder: Path) -> Endpoint:
    return Endpoint(url=far.shell.url.replace(str(PORT), "2223"))


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (_other_authority, "certificate verify failed"),
        (_stranger, "SSL"),
        (_nobody_there, "Connection refused"),
        (_without_tls, "HTTP request to an HTTPS server"),
        (_unknown_host, "Host key verification failed"),
        (_unknown_user, "Permission denied"),
        (_no_shell_there, "Connection refused"),
    ],
)
def test_what_keeps_an_engine_from_being_reached_is_said_at_once(
    far: Far, tmp_path: Path, wrong: Callable[[Far, Path], Endpoint], because: str
) -> None:
    endpoint = wrong(far, tmp_path)
    try:
        with pytest.raises(NoEngine) as problem:
            Engine(endpoint)
    finally:
        if (tmp_path / "known").exists():
            (tmp_path / "known").rename(Path(far.shell.path).parent / "known")

    assert because in (problem.value.because or "")
    assert "\n" not in (problem.value.because or "").strip()
    assert endpoint.url == problem.value.where
    assert f"docker -H {endpoint.url}" in (problem.value.now or "")


@pytest.mark.parametrize(
    ("services", "says"),
    [
        ({"a_front": "name: a-frond"}, "service a.front matches no container"),
        ({"a_front": "label: tv.part"}, "matches more than one container: a-back, a-front, b-front"),
        ({"a_front": "name: a-front", "a_back": "label: tv.part=a-front"}, "are the same container, a-front"),
    ],
)
def test_a_mapping_that_is_not_one_container_each_is_refused(sites: Sites, services: dict[str, str], says: str) -> None:
    platform = yamlfile.read(sites.written("tls", **services), Platform)

    with pytest.raises(Refused) as problem:
        mapped(platform, None)

    assert says in problem.value.what
    assert "`container`" in (problem.value.now or "")


def test_a_container_that_does_not_run_is_told_before_anything_is_broken(sites: Sites) -> None:
    sites.far.second.docker("pause", "a-back")
    with pytest.raises(Refused, match=r"a-back of service a\.back does not run") as problem:
        mapped(yamlfile.read(sites.written("tls"), Platform), None)

    assert "it is paused" == problem.value.because
