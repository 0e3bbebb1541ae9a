"""The name server of the platform that stays up: every name is at one address. `namer.py ADDRESS PORT`."""

import socketserver
import sys
import threading

import dns.message
import dns.rdatatype
import dns.rrset


def answer(wire: bytes) -> bytes:
    query = dns.message.from_wire(wire)
    response = dns.message.make_response(query)
    if query.question[0].rdtype == dns.rdatatype.A:
        response.answer.append(dns.rrset.from_text(query.question[0].name, 1, "IN", "A", "192.0.2.10"))
    return response.to_wire()


class Datagram(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, back = self.request
        back.sendto(answer(wire), self.client_address)


class Stream(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while len(head := self.rfile.read(2)) == 2:
            told = answer(self.rfile.read(int.from_bytes(head, "big")))
            self.wfile.write(len(told).to_bytes(2, "big") + told)


class Streams(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    at = (sys.argv[1], int(sys.argv[2]))
    with socketserver.ThreadingUDPServer(at, Datagram) as datagrams, Streams(at, Stream) as streams:
        threading.Thread(target=datagrams.serve_forever, daemon=True).start()
        streams.serve_forever()
