"""A headless Chromium, asked over its own protocol: what a reader sees of a page, also where no script may run."""

import asyncio
import base64
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
    "--remote-debugging-port=0",
)  # fmt: skip
_WITHIN_S = 30.0


class Page:
    """One open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.events: list[dict] = []

    async def tell(self, method: str, **parameters: object) -> dict:
        """Send one command and return its result; what the page reports meanwhile is kept in `events`."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=_WITHIN_S)
            if message.get("id") == self._number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    async def open(self, url: str) -> None:
        """Load a page; `events` then hold what was reported of this one only."""
        self.events.clear()
        await self.tell("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(await self._socket.receive_json(timeout=_WITHIN_S))

    async def width(self, pixels: int, height: int = 800) -> None:
        await self.tell(
            "Emulation.setDeviceMetricsOverride", width=pixels, height=height, deviceScaleFactor=1, mobile=False
        )

    async def ask(self, expression: str) -> object:
        """The value of an expression; works where the page itself may not run scripts, as the developer's tools do."""
        answer = await self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", "script failed"))
        return answer["result"].get("value")

    async def picture(self, *, whole: bool = False) -> bytes:
        shot = await self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(shot["data"])

    async def pdf(self) -> bytes:
        printed = await self.tell("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(printed["data"])

    def complaints(self) -> list[str]:
        """What the browser blocked or found wrong."""
        return [event["params"]["entry"]["text"] for event in self.events if event["method"] == "Log.entryAdded"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Page]:
    """A fresh browser with one page; ended, with its profile, on the way out."""
    with tempfile.TemporaryDirectory(prefix="switchdrill-chromium-") as profile:
        process = await asyncio.create_subprocess_exec(
            str(CHROMIUM), *_FLAGS, f"--user-data-dir={profile}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = await asyncio.wait_for(_port(Path(profile) / "DevToolsActivePort"), _WITHIN_S)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    target = next(each for each in await answer.json() if each["type"] == "page")
                async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    page = Page(socket)
                    for domain in ("Page", "Runtime", "Log"):
                        await page.tell(f"{domain}.enable")
                    yield page
                    await page.tell("Browser.close")
            await asyncio.wait_for(process.wait(), _WITHIN_S)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            # Its children write to the profile for a moment longer.
            await asyncio.sleep(0.2)


async def _port(file: Path) -> int:
    while True:
        if file.is_file() and "\n" in (text := file.read_text()):
            return int(text.splitlines()[0])
        await asyncio.sleep(0.05)


@asynccontextmanager
async def served(pages: Mapping[str, str], headers: Mapping[str, str]) -> AsyncIterator[str]:
    """The pages on loopback, with these headers; yields the base URL."""

    async def answer(request: web.Request) -> web.Response:
        text = pages.get(request.match_info["name"])
        if text is None:
            raise web.HTTPNotFound
        return web.Response(text=text, content_type="text/html", headers=headers)

    application = web.Application()
    application.router.add_get("/{name}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
