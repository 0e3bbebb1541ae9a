"""In a container, or here: four processes that echo lines, over TCP and UDP, and write down what they were told."""

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

PORT = 7000
TLS_PORT = 7443


def main(heard: str, host: str = "0.0.0.0", pem: str = "") -> None:
    signal.signal(signal.SIGTERM, lambda *_told: os._exit(0))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, PORT))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((host, PORT))
    listens, all_there = os.pipe()
    for _worker in range(3):
        if os.fork() == 0:
            os.close(all_there)
            os.read(listens, 1)
            break
    else:
        if pem:
            greet(host, Path(pem))
        listener.listen(128)  # whoever can connect finds all of them
        os.close(all_there)
    threading.Thread(target=echo, args=(datagrams,), daemon=True).start()
    while True:
        client, _address = listener.accept()
        threading.Thread(target=serve, args=(client, heard), daemon=True).start()


def greet(host: str, pem: Path) -> None:
    """TLS handshakes, with a certificate that is read again on SIGHUP; whom to tell stands beside it."""
    now = [read(pem)]

    def read_again(*_told: object) -> None:
        try:
            now[0] = read(pem)
        except OSError as problem:  # the former one stays in place, as with servers
            sys.stderr.write(f"{pem}: {problem}\n")

    signal.signal(signal.SIGHUP, read_again)
    pem.with_suffix(".pid").write_text(str(os.getpid()))
    listener = socket.create_server((host, TLS_PORT))

    def shake() -> None:
        while True:
            client, _address = listener.accept()
            try:
                now[0].wrap_socket(client, server_side=True).close()
            except OSError:
                client.close()

    threading.Thread(target=shake, daemon=True).start()


def read(pem: Path) -> "ssl.SSLContext":
    """A new one each time: half a certificate would be shown to nobody."""
    import ssl  # its libraries are not in the containers' image

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def serve(client: socket.socket, heard: str) -> None:
    try:
        for line in client.makefile("rb"):
            with Path(heard).open("ab") as log:
                log.write(line)
            if line.startswith(b"send "):
                client.sendall(b"x" * int(line.split()[1]))
            client.sendall(line)
    except OSError:
        pass
    client.close()


def echo(datagrams: socket.socket) -> None:
    while True:
        data, sender = datagrams.recvfrom(2048)
        datagrams.sendto(data, sender)


if __name__ == "__main__":
    main(*sys.argv[1:])
