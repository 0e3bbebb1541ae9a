"""Pushes the picture to both sites by HTTP PUT: a second's segment, then the playlist. No mark is in it."""

import http.client
import io
import queue
import threading
import time
from fractions import Fraction

import av

RATE, WIDTH, HEIGHT, LISTED = 25, 160, 96, 6
SITES = ("10.88.0.11", "10.88.0.21")


def segment(number: int) -> bytes:
    """One second, H.264 in MPEG-TS; its time stamps go on from the one before."""
    out = io.BytesIO()
    with av.open(out, "w", format="mpegts") as container:
        video = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "tune": "zerolatency"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame_number in range(RATE):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            bar = (number * RATE + frame_number) * 3 % WIDTH
            line = bytes(220 if abs(each - bar) < 10 else 60 for each in range(frame.planes[0].line_size))
            frame.planes[0].update(line * HEIGHT)
            for colour in frame.planes[1:]:
                colour.update(b"\x80" * colour.buffer_size)
            frame.pts, frame.time_base = number * RATE + frame_number, Fraction(1, RATE)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return out.getvalue()


def push(site: str, waiting: "queue.Queue[tuple[int, bytes]]") -> None:
    """A site that does not take it is tried again with the next one; the other site does not wait for it."""
    there: list[int] = []
    while True:
        number, data = waiting.get()
        there = [*there, number][-LISTED:] if not there or there[-1] == number - 1 else [number]
        listed = "".join(f"#EXTINF:1.000,\n{each}.ts\n" for each in there)
        playlist = f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{there[0]}\n{listed}"
        connection = http.client.HTTPConnection(site, timeout=1)
        try:
            for name, body in ((f"{number}.ts", data), ("index.m3u8", playlist.encode())):
                connection.request("PUT", f"/live/{name}", body)
                connection.getresponse().read()
        except (OSError, http.client.HTTPException) as problem:
            there = []
            print(f"{site}: {problem!r}", flush=True)
        finally:
            connection.close()


def main() -> None:
    queues: list[queue.Queue[tuple[int, bytes]]] = []
    for site in SITES:
        queues.append(queue.Queue(maxsize=1))
        threading.Thread(target=push, args=(site, queues[-1]), daemon=True).start()
    begun, number = time.monotonic(), 0
    while True:
        data = segment(number)
        for waiting in queues:
            if waiting.full():
                continue
            waiting.put((number, data))
        number += 1
        time.sleep(max(0.0, begun + number - time.monotonic()))


main()
