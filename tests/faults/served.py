"""Runs in a container: four processes that echo lines, over TCP and UDP, and write down what they were told."""

import os
import signal
import socket
import sys
import threading
from pathlib import Path

PORT = 7000


def main(heard: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_told: os._exit(0))
    listener = socket.create_server(("0.0.0.0", PORT), backlog=128)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("0.0.0.0", PORT))
    for _worker in range(3):
        if os.fork() == 0:
            break
    threading.Thread(target=echo, args=(datagrams,), daemon=True).start()
    while True:
        client, _address = listener.accept()
        threading.Thread(target=serve, args=(client, heard), daemon=True).start()


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
    main(sys.argv[1])
