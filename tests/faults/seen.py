"""What a client sees, from here or inside a container: run as a program it prints one word for each address."""

import socket
import sys
import time

PORT = 7000


def tcp(host: str, port: int = PORT, *, within_s: float = 0.6) -> str:
    """good; silent (connects, no answer); unreached (the connect times out); refused; closed."""
    try:
        client = socket.create_connection((host, port), timeout=within_s)
    except TimeoutError:
        return "unreached"
    except ConnectionRefusedError:
        return "refused"
    except OSError as problem:
        return f"error {problem.errno}"
    with client:
        return talk(client)


def talk(client: socket.socket) -> str:
    try:
        client.sendall(b"hello\n")
        return "good" if client.recv(100) == b"hello\n" else "closed"
    except TimeoutError:
        return "silent"
    except OSError:
        return "closed"


def drain(host: str, count: int, *, within_s: float) -> int:
    """How many of `count` bytes that it was asked for it has sent by then."""
    got = 0
    with socket.create_connection((host, PORT), timeout=5) as client:
        client.sendall(b"send %d\n" % count)
        client.settimeout(within_s / 5)
        ends_at = time.monotonic() + within_s
        while got < count and time.monotonic() < ends_at:
            try:
                got += len(client.recv(1 << 20))
            except TimeoutError:
                continue
    return got


def udp(host: str, port: int = PORT, *, within_s: float = 0.3) -> str:
    """good, silent, refused, or `eperm` when the sender himself is told no."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(within_s)
        client.connect((host, port))
        try:
            client.send(b"hello\n")
            return "good" if client.recv(100) == b"hello\n" else "closed"
        except TimeoutError:
            return "silent"
        except PermissionError:
            return "eperm"
        except ConnectionRefusedError:
            return "refused"


if __name__ == "__main__":
    for address in sys.argv[1:]:
        print(tcp(address), udp(address))
