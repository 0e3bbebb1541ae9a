"""What a reader really sees, in Chromium: also where a server allows the page nothing at all."""

import asyncio

import pytest

from switchdrill_reports.shown.render import render

from . import results
from .browser import chromium, served

pytestmark = pytest.mark.needs_chromium

PAGES = {
    f"{state}.{language}.html": render(results.EVERY_STATE[state](), language)
    for state in results.EVERY_STATE
    for language in ("en", "zh")
}

# Real boxes of the charts' words, as the browser's own fonts make them.
_TOUCHING = """(() => {
  const found = [];
  for (const chart of document.querySelectorAll('svg[role=img]')) {
    const boxes = [...chart.querySelectorAll('text')].map(each => [each.textContent, each.getBoundingClientRect()]);
    if (!boxes.length || !boxes[0][1].width) continue;
    const paper = chart.getBoundingClientRect();
    boxes.forEach(([words, box], index) => {
      if (box.left < paper.left - 1 || box.right > paper.right + 1) found.push('outside: ' + words);
      for (const [others, other] of boxes.slice(index + 1)) {
        const apart = box.right <= other.left || other.right <= box.left || box.bottom <= other.top + 1
          || other.bottom <= box.top + 1;
        if (!apart) found.push(words + ' | ' + others);
      }
    });
  }
  return found;
})()"""


_FITTING = {360: ["narrow"], 700: ["narrow"], 701: ["medium"], 1000: ["medium"], 1001: ["wide"], 1400: ["wide"]}
_SHOWN = (
    "[...new Set([...document.querySelectorAll('.wide, .medium, .narrow')]"
    ".filter(each => each.checkVisibility()).map(each => each.className))]"
)


def test_the_page_obeys_its_own_policy_and_fits_every_width() -> None:
    async def look() -> list[object]:
        wrong: list[object] = []
        async with chromium() as page, served(PAGES, {}) as base:
            for name in PAGES:
                await page.open(f"{base}/{name}")
                for width in _FITTING:
                    await page.width(width)
                    if await page.ask("document.documentElement.scrollWidth") != width:
                        wrong.append((name, width, "scrolls sideways"))
                    kinds = await page.ask(_SHOWN)
                    if "refused" not in name and kinds != _FITTING[width]:
                        wrong.append((name, width, kinds))
                    touching = await page.ask(_TOUCHING)
                    if touching:
                        wrong.append((name, width, touching))
                if page.complaints():
                    wrong.append((name, page.complaints()))
                if await page.ask("getComputedStyle(document.querySelector('h2')).borderTopWidth") != "1px":
                    wrong.append((name, "the style block was not applied"))
        return wrong

    assert [] == asyncio.run(look())


def test_the_first_screen_is_enough_for_a_board() -> None:
    async def look() -> list[object]:
        wrong: list[object] = []
        async with chromium() as page, served(PAGES, {}) as base:
            for name in PAGES:
                await page.width(1280, 800)
                await page.open(f"{base}/{name}")
                for part in (".verdict", ".headline", ".facts"):
                    bottom = await page.ask(f"document.querySelector('{part}').getBoundingClientRect().bottom")
                    if not isinstance(bottom, int | float) or bottom > 800:
                        wrong.append((name, part, bottom))
        return wrong

    assert [] == asyncio.run(look())


def test_everything_can_be_read_where_no_style_and_no_script_is_allowed() -> None:
    policy = {"Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'self'"}

    async def look(headers: dict[str, str]) -> dict[str, tuple[object, object]]:
        seen: dict[str, tuple[object, object]] = {}
        async with chromium() as page, served(PAGES, headers) as base:
            for name in PAGES:
                await page.width(1280)
                await page.open(f"{base}/{name}")
                # Without styles a table cell is parted by a tab, with them by a line: only the words count.
                words = await page.ask("document.body.innerText.split(/\\s+/).join(' ')")
                charts = await page.ask(
                    "[...document.querySelectorAll('svg[role=img]')].filter(each => each.getClientRects().length)"
                    ".map(each => [...each.querySelectorAll('text')].map(one => one.textContent))"
                )
                seen[name] = (words, charts)
        return seen

    bare, dressed = asyncio.run(look(policy)), asyncio.run(look({}))

    for name in PAGES:
        assert dressed[name] == bare[name]
        assert len(str(bare[name][0])) > 700


def test_print_opens_every_table_and_carries_the_run_id() -> None:
    async def look() -> tuple[bytes, object, object]:
        async with chromium() as page, served(PAGES, {}) as base:
            await page.open(f"{base}/passed.en.html")
            await page.tell("Emulation.setEmulatedMedia", media="print")
            shown = await page.ask(
                "[...document.querySelectorAll('details table')].every(each => each.checkVisibility())"
            )
            return await page.pdf(), shown, await page.ask(_SHOWN)

    pdf, shown, charts = asyncio.run(look())

    assert pdf.startswith(b"%PDF-")
    assert shown is True
    assert ["medium"] == charts
