"""What is read of an engine's answer to `inspect`; no engine is asked."""

from switchdrill.containers.found import Found, read_found


def told(**config: object) -> Found:
    return read_found(
        {
            "Id": "0123456789abcdef",
            "Name": "/p-web-1",
            "Image": "sha256:1",
            "State": {"Status": "running", "Pid": 7, "StartedAt": "2026-11-21T03:12:05Z", "ExitCode": 0},
            "Config": {
                "Image": "nginx",
                "Labels": {"com.docker.compose.project": "p", "com.docker.compose.service": "web"},
                **config,
            },
            "HostConfig": {"NetworkMode": "n"},
            "Mounts": [
                {"Type": "bind", "Source": "/srv/hls", "Destination": "/data"},
                {"Type": "volume", "Name": "kept", "Source": "/var/lib/docker/volumes/kept/_data"},
                {"Type": "tmpfs", "Source": "", "Destination": "/cache"},
            ],
            "NetworkSettings": {
                "Ports": {"8080/tcp": [{"HostPort": "80"}], "53/udp": [{"HostPort": "53"}], "22/tcp": None},
                "Networks": {
                    "z": {"IPAddress": "", "IPAMConfig": {"IPv4Address": "10.0.1.2"}, "Aliases": ["0123456789ab", "w"]},
                    "a": {"IPAddress": "10.0.0.2", "IPAMConfig": None, "Aliases": None},
                },
            },
        }
    )


def test_ports_are_tcp_and_inside_and_those_that_are_published_come_first() -> None:
    found = told(ExposedPorts={"22/tcp": {}, "8080/tcp": {}, "53/udp": {}})

    assert ((8080, 22), (8080,)) == (found.ports, found.published)


def test_one_that_docker_removes_when_it_ends_is_known_as_that() -> None:
    told_by_engine = {
        "Id": "1", "Name": "/x", "Image": "i", "Config": {"Image": "i", "Labels": None},
        "State": {"Status": "running", "Pid": 7, "StartedAt": "2026-11-21T03:12:05Z", "ExitCode": 0},
        "NetworkSettings": {"Networks": {}},
    }  # fmt: skip
    assert read_found({**told_by_engine, "HostConfig": {"AutoRemove": True}}).vanishes
    assert not read_found({**told_by_engine, "HostConfig": {"AutoRemove": False}}).vanishes


def test_what_it_runs_and_how_it_is_checked_are_one_line_each() -> None:
    checked = told(Entrypoint=["run.sh"], Cmd=["-v", "web"], Healthcheck={"Test": ["CMD", "curl", "http://x/up"]})

    assert ("run.sh -v web", "curl http://x/up") == (checked.command, checked.health)
    assert ("", "") == (told(Entrypoint=None, Cmd=None).command, told(Healthcheck={"Test": ["NONE"]}).health)


def test_folders_are_those_of_the_engines_machine() -> None:
    assert {"/srv/hls", "/var/lib/docker/volumes/kept/_data"} == told().folders


def test_networks_are_told_by_name_with_addresses_that_stay() -> None:
    found = told()

    assert [("a", "10.0.0.2", False, ()), ("z", "10.0.1.2", True, ("w",))] == [
        (each.network, each.address, each.is_fixed, each.aliases) for each in found.networks
    ]
    assert ("p", "web", "web", "", "") == (
        found.compose_project, found.compose_service, found.called, found.site, found.service,
    )  # fmt: skip
