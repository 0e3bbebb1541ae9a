"""What the door shows to a browser: the picture, where it comes from, and how to watch with a player.

A browser's own HLS player gives up for good when a site is lost, so a small script loads the source anew, again and
again with a bounded back-off, until pictures move.
"""

import html
from collections.abc import Iterable

from switchdrill.platform.model import Platform


def stream_page(platform: Platform, *, operator: str, stream: str, home: str) -> str:
    """The page at /. `stream`: the playlist's address for players; `home`: the door's own."""
    return _whole(
        f"<h1>{html.escape(platform.title or platform.id)}</h1>"
        f'<iframe src="/where?operator={operator}" width="640" height="40" style="border:0"></iframe>'
        f'<p><video src="/live.m3u8?operator={operator}" width="640" height="360" controls autoplay muted></video>'
        f'<p id="says" role="status"></p>'
        f"<p>With a player:</p>"
        f"<pre>ffplay -fflags nobuffer '{stream}'\nvlc '{stream}'\nmpv '{stream}'</pre>"
        f"<p>hls.js takes the same address, and so does a player that is given only <code>{home}</code>.</p>"
        f"<p>As seen through the resolver of: {_links(platform.operators)}</p>"
        f"<script>{_SCRIPT}</script>"
    )


def where_page(says: str) -> str:
    """One line that the page shows beside the picture; it loads itself again every second."""
    return _whole(f'<meta http-equiv="refresh" content="1"><p>{html.escape(says)}</p>')


def _links(operators: Iterable[str]) -> str:
    return " ".join(f'<a href="/?operator={name}">{name}</a>' for name in operators)


def _whole(body: str) -> str:
    head = '<meta charset="utf-8"><title>live</title><link rel="icon" href="data:,">'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


# `stalled` comes from some browsers only, and a player can hang without any event: what counts is that time moves.
_SCRIPT = """
const SHORTEST_MS = 500, LONGEST_MS = 4000, PATIENCE_MS = 3000, LOOK_MS = 500;
const video = document.querySelector("video");
const says = document.getElementById("says");
const source = video.getAttribute("src");
let backOff = SHORTEST_MS, waiting = 0, shown = 0, moved = performance.now(), reloads = 0;
function start() {
  waiting = 0;
  shown = 0;
  moved = performance.now();
  video.src = source;
  video.load();
  video.play().catch(() => {});
}
function again(why) {
  if (waiting) return;
  reloads += 1;
  says.textContent = `${why}; loading again (${reloads})`;
  waiting = setTimeout(start, backOff);
  backOff = Math.min(2 * backOff, LONGEST_MS);
}
function still() {
  return !video.paused && !document.hidden && performance.now() - moved > PATIENCE_MS + backOff;
}
if (video.canPlayType("application/vnd.apple.mpegurl")) {
  video.addEventListener("error", () => again("the stream broke off"));
  video.addEventListener("ended", () => again("the stream ended"));
  video.addEventListener("stalled", () => { if (still()) again("the stream stalled"); });
  video.addEventListener("timeupdate", () => {
    if (waiting || video.currentTime <= shown) return;
    if (shown) { backOff = SHORTEST_MS; says.textContent = ""; }
    shown = video.currentTime;
    moved = performance.now();
  });
  document.addEventListener("visibilitychange", () => { moved = performance.now(); });
  setInterval(() => { if (still()) again("the picture stands still"); }, LOOK_MS);
  if (video.error) again("the stream broke off"); else video.play().catch(() => {});
} else {
  says.textContent = "This browser does not play HLS by itself: watch with a player.";
}
"""
