"""Their own script: starts and stops the platform with plain docker, says whether all is well, brings it home.

`tv.py start IMAGE | stop | check | failback`. It knows nothing of switchdrill.
"""

import http.client
import socket
import subprocess
import sys
import time
from email.message import Message
from pathlib import Path

HERE = Path(__file__).resolve().parent
NET = "10.88.0"
SITES = {"east": 10, "west": 20}


def start(image: str) -> None:
    docker("network", "create", "--subnet", f"{NET}.0/24", "tv_default")
    for site, base in SITES.items():
        replica = [] if site == "east" else ["--replicaof", f"{NET}.13", "6379"]
        run(image, f"redis-{site}", base + 3, kept("redis.conf", "redis-server", *replica), f"tv.role=ledger-{site}")
        run(image, f"app-{site}", base + 2, ["python3", "/tv/app.py"])
        web = [
            "sh",
            "-c",
            "mkdir -p /srv/live /srv/part && chmod 777 /srv/live /srv/part && exec nginx -c /tv/nginx.conf",
        ]
        run(image, f"web-{site}", base + 1, web, add_host=f"app:{NET}.{base + 2}")
    for name, last in (("east", 14), ("west", 24), ("witness", 34)):
        run(image, f"sentinel-{name}", last, kept("sentinel.conf", "redis-server", then=["--sentinel"]))
    run(image, "publisher", 6, ["python3", "/tv/publisher.py"])
    wait("both sites to serve", lambda: all(map(serves, SITES)), 20)  # else the entry stays where it looked first
    run(image, "haproxy", 5, ["haproxy", "-W", "-db", "-f", "/tv/haproxy.cfg"])
    wait("all is well", lambda: not wrong(), 20)


def stop() -> None:
    names = docker("ps", "-aq", "--filter", "label=com.docker.compose.project=tv").split()
    if names:
        subprocess.run(["docker", "kill", *names], capture_output=True, check=False)
    for name in names:  # one by one
        docker("rm", "-f", name)
    if docker("network", "ls", "-q", "--filter", "name=^tv_default$"):
        docker("network", "rm", "tv_default")


def failback() -> None:
    """Everybody back to the east: its Redis follows, then leads; then the entry forgets where it stayed."""
    east, west = f"{NET}.13", f"{NET}.23"
    if master() == west:
        if role(13) == "master":  # it has just come home; the sentinels would take 8 s to tell it
            ask(east, 6379, f"REPLICAOF {west} 6379")
        wait("the east's Redis to follow", lambda: not wrong_replica(), 10)
        ask(west, 6379, "CLIENT PAUSE 3000 WRITE")
        wait("the sentinels to agree", lambda: ask(f"{NET}.34", 26379, "SENTINEL failover tv").startswith("+OK"), 10)
        wait("the east to lead", lambda: master() == east and role(13) == "master", 10)
        ask(west, 6379, f"REPLICAOF {east} 6379")
    ask(f"{NET}.5", 9999, "set server sites/web-west state maint")
    wait("the entry to send to the east", lambda: served_by() == "web-east", 10)
    ask(f"{NET}.5", 9999, "set server sites/web-west state ready")
    wait("all to be well", lambda: not wrong(), 10)


def wrong() -> str:
    """What is not as it should be; empty: nothing."""
    if master() != f"{NET}.13":
        return f"the sentinels call {master()} the master"
    return wrong_replica() or ("" if served_by() == "web-east" else f"the entry sends to {served_by() or 'nobody'}")


def wrong_replica() -> str:
    there = {last: role(last) for last in (13, 23)}
    told = ask(master(), 6379, "INFO replication") if master() else ""
    is_in_step = "connected_slaves:1" in told and "state=online" in told
    return "" if sorted(there.values()) == ["master", "slave"] and is_in_step else f"Redis is {there}"


def master() -> str:
    words = ask(f"{NET}.34", 26379, "SENTINEL get-master-addr-by-name tv").split()
    return next((word for word in words if word.startswith(NET)), "")


def role(last: int) -> str:
    told = ask(f"{NET}.{last}", 6379, "INFO replication")
    return next((line.partition(":")[2] for line in told.split() if line.startswith("role:")), "")


def served_by() -> str:
    return playlist_at(5).get("X-Served-By") or ""


def serves(site: str) -> bool:
    return len(playlist_at(SITES[site] + 1)) > 0


def playlist_at(last: int) -> Message:
    """The headers it comes with; empty when it does not come."""
    connection = http.client.HTTPConnection(f"{NET}.{last}", timeout=1)
    try:
        connection.request("GET", "/live/index.m3u8")
        answer = connection.getresponse()
        return answer.headers if answer.status == 200 else Message()
    except (OSError, http.client.HTTPException):
        return Message()
    finally:
        connection.close()


def ask(host: str, port: int, line: str) -> str:
    """One line to Redis, a sentinel or HAProxy, and what it says; empty when it does not."""
    try:
        with socket.create_connection((host, port), timeout=1) as client:
            client.sendall(f"{line}\r\n".encode())
            return client.recv(65536).decode(errors="replace")
    except OSError:
        return ""


def run(image: str, service: str, last: int, argv: list[str], label: str = "", add_host: str = "") -> None:
    more = [*(["--label", label] if label else []), *(["--add-host", add_host] if add_host else [])]
    labels = ["--label", "com.docker.compose.project=tv", "--label", f"com.docker.compose.service={service}"]
    where = ["--network", "tv_default", "--network-alias", service, "--ip", f"{NET}.{last}"]
    docker(
        "run", "-d", "--init", "--name", f"tv_{service}_1", *labels, *where, *more, "-v", f"{HERE}:/tv:ro", image, *argv
    )


def kept(config: str, *argv: str, then: tuple[str, ...] | list[str] = ()) -> list[str]:
    """A server that writes its own configuration: the roles of Redis survive a restart in it."""
    return [
        "sh",
        "-c",
        f'test -f /tmp/{config} || cp /tv/{config} /tmp; exec {argv[0]} /tmp/{config} "$@"',
        "sh",
        *argv[1:],
        *then,
    ]


def wait(what: str, condition: object, within_s: float) -> None:
    until = time.monotonic() + within_s
    while not condition():  # type: ignore[operator]
        if time.monotonic() > until:
            sys.exit(f"tv: {what}: not within {within_s:g} s; {wrong()}")
        time.sleep(0.1)


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"docker {' '.join(words)}: {done.stderr}")
    return done.stdout


def check() -> None:
    said = wrong()
    print(said or "tv: the east serves and writes, the west follows")
    sys.exit(1 if said else 0)


if __name__ == "__main__":
    {"start": start, "stop": stop, "check": check, "failback": failback}[sys.argv[1]](*sys.argv[2:])
