"""What an ordinary player sees at the door: one stream, whichever site it comes from."""

import json
import re
import subprocess
import threading
from itertools import pairwise

import av
import pytest

from switchdrill.clock import now_ns, pause, wait_until

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def door_of(platform):
    return f"{platform.net}.0.1:18000"


def playlist(platform, operator="telecom"):
    return platform.http("GET", door_of(platform), f"/live.m3u8?operator={operator}")


def addresses(text):
    """The address of each media sequence number."""
    first = int(re.search(r"^#EXT-X-MEDIA-SEQUENCE:(\d+)$", text, re.MULTILINE).group(1))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(enumerate(lines, start=first))


def wait_for_site(platform, site):
    wait_until(lambda: playlist(platform).headers.get("X-Site") == site, within_s=10, what=f"the door leads to {site}")


def steer_and_back(platform):
    """Planned: b, and when players were there for 2 s, a again."""
    assert platform.ctl("steer", "b").returncode == 0
    wait_for_site(platform, "b")
    pause(2)
    assert platform.ctl("reset").returncode == 0
    wait_for_site(platform, "a")


def test_a_number_keeps_its_address_over_a_switch_and_back(shared):
    """hls.js gives up for good when the same media sequence number comes back under another address."""
    named, sites, broken, refused = {}, set(), [], []
    switch = threading.Thread(target=steer_and_back, args=(shared,))
    switch.start()
    while switch.is_alive():
        answer = playlist(shared)
        if answer.status != 200:
            broken.append(answer)
            continue
        sites.add(answer.headers["X-Site"])
        for number, address in addresses(answer.body.decode()).items():
            named.setdefault(number, set()).add(address)
        newest = shared.http("GET", door_of(shared), "/" + addresses(answer.body.decode()).popitem()[1])
        refused += [newest.status] if newest.status != 200 else []
        pause(0.05)
    switch.join()
    shared.wait_until_whole()

    assert sites == {"a", "b"}
    assert broken == []
    assert refused == []
    assert len(named) >= 6
    assert {number: {f"live/telecom/{number}.ts"} for number in named} == named


def test_a_player_plays_through_a_switch_and_back(shared):
    """libavformat's own HLS client, the one inside ffplay, given nothing but what `switchdrill up` prints."""
    with av.open(f"http://{door_of(shared)}", timeout=5) as player:
        kind = player.format.name
        frames = []
        switch = threading.Thread(target=steer_and_back, args=(shared,))
        switch.start()
        for frame in player.decode(video=0):
            frames.append(frame.pts)
            if not switch.is_alive() or len(frames) > 25 * 60:
                break
    switch.join()
    shared.wait_until_whole()

    assert kind == "hls"
    assert len(frames) > 25 * 3
    assert {after - before for before, after in pairwise(frames)} == {3600}


def test_a_site_counts_its_gaps_but_the_door_tells_players_of_none(shared):
    """The count differs between sites, and a strict player gives up when it changes at a switch."""
    at_the_site = shared.playlist("a")
    at_the_door = playlist(shared, "unicom").body.decode()

    assert "#EXT-X-DISCONTINUITY-SEQUENCE:" in at_the_site
    assert "#EXT-X-DISCONTINUITY" not in at_the_door
    assert at_the_door.endswith(".ts\n")
    assert set(addresses(at_the_door).values()) == {f"live/unicom/{each}.ts" for each in addresses(at_the_door)}


def test_a_hung_site_is_said_quickly_and_in_a_way_that_players_retry(shared):
    newest = addresses(playlist(shared).body.decode()).popitem()[1]
    took_s = []
    shared.carriers.link("a.origin--viewers", "stalled")
    try:
        answers = []
        for path in ("/live.m3u8", f"/{newest}"):
            asked_ns = now_ns()
            answers.append(shared.http("GET", door_of(shared), path, timeout_s=5).status)
            took_s.append((now_ns() - asked_ns) / 1e9)
        ready = shared.http("GET", door_of(shared), "/healthz").status
    finally:
        shared.carriers.link("a.origin--viewers", "open")

    assert [504, 504] == answers
    assert max(took_s) < 2.0
    assert ready == 503
    assert playlist(shared).status == 200


def test_a_segment_that_the_site_does_not_have_yet_can_be_asked_for_again(shared):
    """hls.js retries after a 5xx and gives up for good after a 404."""
    newest = addresses(playlist(shared).body.decode()).popitem()[0]
    early = shared.http("GET", door_of(shared), f"/live/telecom/{newest + 30}.ts")

    assert (early.status, early.headers["X-Site"]) == (504, "a")


@pytest.mark.parametrize("path", ["/live/mobile/1.ts", "/live.m3u8?operator=mobile", "/?operator=mobile"])
def test_an_operator_that_is_not_there_is_said(shared, path):
    answer = shared.http("GET", door_of(shared), path)

    assert answer.status == 404
    assert b"there are telecom, unicom" in answer.body


def test_a_browser_gets_the_page_and_a_player_is_led_to_the_playlist(shared):
    page = shared.http("GET", door_of(shared), "/?operator=unicom", Accept=BROWSER)
    player = shared.http("GET", door_of(shared), "/", Accept="*/*")
    silent = shared.http("GET", door_of(shared), "/?operator=unicom")

    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f"ffplay -fflags nobuffer 'http://{door_of(shared)}/live.m3u8?operator=unicom'" in page.body.decode()
    assert (player.status, player.headers["Location"]) == (302, "/live.m3u8?operator=telecom")
    assert (silent.status, silent.headers["Location"]) == (302, "/live.m3u8?operator=unicom")
    assert page.headers["Vary"] == player.headers["Vary"] == "Accept"


def test_the_door_is_ready_only_when_a_player_can_begin(pictureless):
    before = wait_until(lambda: asked(pictureless, "/healthz"), within_s=10, what="the door answers")
    pictureless.start("publisher")
    wait_until(lambda: asked(pictureless, "/healthz") == 200, within_s=15, what="the door is ready")
    first = playlist(pictureless)

    assert before == 503
    assert first.status == 200
    assert len(addresses(first.body.decode())) >= 3


def asked(platform, path):
    """The status; 0 when nobody listens yet."""
    try:
        return platform.http("GET", door_of(platform), path).status
    except OSError:
        return 0


PLAYED = """
let clock = 0, timers = [];
const heard = {};
const video = {paused: false, currentTime: 0, error: null, loads: 0,
  getAttribute: () => "/live.m3u8", canPlayType: () => "maybe", play: () => Promise.resolve(),
  load() { this.loads += 1; this.currentTime = 0; }, addEventListener: (name, does) => { heard[name] = does; }};
const says = {textContent: ""};
let look = null;
const document = {hidden: false, querySelector: () => video, getElementById: () => says, addEventListener() {}};
const performance = {now: () => clock};
const setTimeout = (does, after) => timers.push([does, after]);
const setInterval = (does) => { look = does; };
{ SCRIPT }
const delays = [];
function fire() { const [does, after] = timers.shift(); delays.push(after); clock += after; does(); }
for (let time = 0; time < 6; time++) { heard.error(); heard.error(); fire(); }
const gaveUp = says.textContent;
for (const at of [0.5, 1.0]) { video.currentTime = at; heard.timeupdate(); }
const playing = says.textContent;
heard.ended(); fire();
look(); const patient = timers.length;
clock += 20000; look(); const impatient = timers.length;
console.log(JSON.stringify({delays, gaveUp, playing, patient, impatient, loads: video.loads, src: video.src}));
"""


@pytest.mark.needs_node
def test_the_page_loads_a_lost_stream_again_with_a_bounded_back_off(shared, tmp_path):
    """The script as the door serves it, with a video and a clock of its own."""
    page = shared.http("GET", door_of(shared), "/", Accept=BROWSER).body.decode()
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL).group(1)
    file = tmp_path / "page.js"
    file.write_text(f"(() => {{{PLAYED.replace('SCRIPT', script)}}})();", encoding="utf-8")
    ran = subprocess.run(["node", file], capture_output=True, text=True, timeout=20, check=False)

    assert ran.stderr == ""
    assert json.loads(ran.stdout) == {
        "delays": [500, 1000, 2000, 4000, 4000, 4000, 500],
        "gaveUp": "the stream broke off; loading again (6)",
        "playing": "",
        "patient": 0,
        "impatient": 1,
        "loads": 7,
        "src": "/live.m3u8",
    }
