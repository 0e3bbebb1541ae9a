"""A certificate that expires under a service: what a client's handshake shows, and what lies on its disk afterwards."""

import socket
import ssl

import pytest

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotHeal, Refused
from switchdrill.platform.address import split_endpoint
from switchdrill_faults import CertificateExpired, ServiceKill
from switchdrill_faults.services import former
from tests.faults.programs import Programs


def test_a_client_that_verifies_is_told_that_it_has_expired_until_it_is_healed(programs: Programs) -> None:
    fault = CertificateExpired(service="primary.web")
    undos = fault.plan(programs.start())
    programs.pem.chmod(0o640)
    former, told = programs.pem.read_bytes(), programs.pem.stat()
    verifying = _client_that_trusts(programs.pem.read_text())
    assert "good" == _handshake(programs, verifying)
    assert not fault.counted(undos).ok

    fault.inject(undos)

    wait_until(lambda: fault.counted(undos).ok, within_s=5, what="its proof", saw=lambda: fault.counted(undos).said)
    assert "valid until 2020-04-01" in fault.counted(undos).said
    expired = _client_that_trusts(programs.pem.read_text())
    expired.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    assert "certificate has expired" == _handshake(programs, expired)
    said = [fault.heal(undos[0]) for _twice in range(2)]
    assert "former certificate again" in said[0]
    assert "nothing was done" in said[1]
    assert former == programs.pem.read_bytes()
    after = programs.pem.stat()
    assert (told.st_mode, told.st_uid, told.st_gid) == (after.st_mode, after.st_uid, after.st_gid)
    assert "good" == _handshake(programs, verifying)
    assert ["a.pem"] == [each.name for each in programs.state.glob("a.pem*")]


def test_a_service_that_was_killed_meanwhile_comes_home_with_its_former_certificate(programs: Programs) -> None:
    fault = CertificateExpired(service="a.web")
    undos = fault.plan(programs.start())
    verifying = _client_that_trusts(programs.pem.read_text())
    fault.inject(undos)
    kill = ServiceKill(service="a.web")
    kill.inject(kill.plan(programs.platform))

    fault.heal(undos[0])

    assert "good" == _handshake(programs, verifying)


def test_a_service_that_does_not_read_it_again_could_not_be_healed(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(former, "_RELOADED_S", 0.5)
    fault = CertificateExpired(service="a.web")
    undos = fault.plan(programs.start())
    fault.inject(undos)
    broken = undos[0].model_copy(update={"facts": {**undos[0].facts, "reload": ["false"]}})

    with pytest.raises(CouldNotHeal) as raised:
        fault.heal(broken)

    assert "switchdrill heal --all" in str(raised.value)
    assert "former certificate again" in fault.heal(undos[0])


def test_a_service_without_one_is_refused_with_those_that_have(programs: Programs) -> None:
    with pytest.raises(Refused) as refused:
        CertificateExpired(service="b.web").plan(programs.platform)

    assert "certificates are known of a.web" in str(refused.value)


def test_a_platform_without_any_is_refused(programs: Programs) -> None:
    with pytest.raises(Refused) as refused:
        CertificateExpired(service="b.web").plan(programs.platform.model_copy(update={"certificates": []}))

    assert "no service of this platform serves TLS" in str(refused.value)


def test_a_machine_without_openssl_is_refused(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    programs.start()
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(Refused) as refused:
        CertificateExpired(service="a.web").plan(programs.platform)

    assert "no openssl" in str(refused.value)


def _client_that_trusts(pem: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=pem[: pem.index("-----BEGIN PRIVATE")])
    return context


def _handshake(programs: Programs, client: ssl.SSLContext) -> str:
    at = split_endpoint(programs.platform.certificates[0].at)
    try:
        with socket.create_connection(at, timeout=2) as plain, client.wrap_socket(plain, server_hostname="live.test"):
            return "good"
    except ssl.SSLCertVerificationError as problem:
        return problem.verify_message
