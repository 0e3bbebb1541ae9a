"""Danmaku goes round: within a room, at both sites, and no slow reader holds up the others."""

import asyncio

import aiohttp


async def next_text(socket):
    return (await socket.receive_json(timeout=3))["text"]


def test_a_message_reaches_the_readers_of_its_room_at_both_sites_and_nobody_else(shared):
    async def conversation():
        async with aiohttp.ClientSession() as session:

            def joined(site, room):
                return session.ws_connect(f"http://{shared.viewers(site, 18081)}/danmaku/{room}")

            async with (
                joined("a", "r1") as sender,
                joined("a", "r1") as near,
                joined("b", "r1") as far,
                joined("b", "r2") as other_room,
            ):
                for number in range(3):
                    await sender.send_json({"sender": "li", "text": f"来了 {number}"})
                heard = [[await socket.receive_json(timeout=3) for _ in range(3)] for socket in (near, far)]
                await other_room.send_json({"text": "only here"})
                return heard, await next_text(other_room)

    heard, elsewhere = asyncio.run(conversation())

    assert heard[0] == heard[1]
    assert [message["text"] for message in heard[0]] == ["来了 0", "来了 1", "来了 2"]
    numbers = [message["number"] for message in heard[0]]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert elsewhere == "only here"


def test_a_reader_that_does_not_read_is_dropped_and_holds_up_nobody(shared):
    async def conversation():
        address = shared.inside("a", 18081)
        async with aiohttp.ClientSession() as session:
            host, port = address.split(":")
            reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
            writer.write(
                f"GET /danmaku/slow HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
            )
            await reader.readuntil(b"\r\n\r\n")
            async with session.ws_connect(f"http://{address}/danmaku/slow") as sender:
                heard = 0
                for _ in range(200):
                    for _ in range(50):
                        await sender.send_json({"text": "x" * 900})
                    for _ in range(50):
                        await sender.receive(timeout=3)
                        heard += 1
                    if "dropped a reader" in (shared.state / "a.api.log").read_text(encoding="utf-8"):
                        break
            writer.transport.abort()
            return heard

    heard = asyncio.run(conversation())

    assert heard % 50 == 0
    assert "dropped a reader" in (shared.state / "a.api.log").read_text(encoding="utf-8")
