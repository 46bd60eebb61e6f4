# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a fleet of 10,000 cameras in Chromium, without a screen: how long until one sees it, and can use it.

    python tests/bench/fleet.py [TIMES]

Each is the median of so many runs (5), on a machine that may have other work: the first line says how much. Of a scroll
over 12,000 pixels, 200 at a time, a second or two after that: the time from frame to frame.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ansible_collections.nxai.cloud.plugins.module_utils._estate.page.document import as_html
from tools.chromium import Chromium, found
from tools.example_fleets import SAMPLES
from tools.workplace import ROOT

PAGES = {"200 sites of 50 cameras": "large", "2,000 sites of 5 cameras": "many", "1 site of 1,000 cameras": "one_shop"}
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
PAINTED = """new Promise(done => {
  const seen = entries => entries.forEach(each => each.name === "first-contentful-paint" && done(each.startTime));
  new PerformanceObserver(list => seen(list.getEntries())).observe({type: "paint", buffered: true});
})"""
# Until the next frame after the work is done.
TIMED = """new Promise(done => {{
  const begin = performance.now();
  {work};
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
}})"""
# A town: it hides seven of eight sites.
SEARCH = (
    "const s = document.getElementById('search'); if (s) { s.value = 'berlin'; s.dispatchEvent(new Event('input')); }"
)
CLEAR = "const s = document.getElementById('search'); if (s) { s.value = ''; s.dispatchEvent(new Event('input')); }"
FILTER = "const b = document.querySelector('[data-label]'); if (b) b.click()"
OPEN = "location.hash = document.querySelector('.t > a').hash"
BACK = "location.hash = ''"
SCROLL = """new Promise(done => {
  const frames = [];
  let last = performance.now(), left = 60;
  const next = () => {
    const now = performance.now();
    frames.push(now - last);
    last = now;
    if (left-- > 0) { scrollBy(0, 200); requestAnimationFrame(next); }
    else done(frames.sort((a, b) => a - b));
  };
  requestAnimationFrame(next);
})"""


def main(times: int) -> int:
    program = found()
    if program is None:
        print("not run: there is no Chromium on the path")
        return 0
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with TemporaryDirectory(prefix="nxai-bench-", dir=ROOT / ".cache") as folder:
        for title, sample in PAGES.items():
            measure(program, Path(folder), title, sample, times)
    return 0


def measure(program: str, folder: Path, title: str, sample: str, times: int) -> None:
    report = SAMPLES[sample]()
    begun = time.perf_counter()
    page = folder / f"{sample}.html"
    page.write_text(as_html(report))
    made = time.perf_counter() - begun
    memory = len(report.memory.as_bytes()) / 1e6
    print(f"{title}: {page.stat().st_size / 1e6:.1f} MB, made in {made:.1f} s; fleet.json {memory:.1f} MB")
    with Chromium(program, folder / "profile") as browser:
        for width in (1440, 390):
            browser.look(width)
            print(f"  {width} px: {', '.join(measured(browser, page, times))}")


def measured(browser: Chromium, page: Path, times: int) -> Sequence[str]:
    found: dict[str, list[float]] = {}
    for _time in range(times):
        browser.open("about:blank")
        browser.open(page.as_uri())
        found.setdefault("first paint", []).append(browser.value(PAINTED))
        found.setdefault("loaded", []).append(browser.value(LOADED))
        for name, work in (
            ("search", SEARCH),
            ("", CLEAR),
            ("filter", FILTER),
            ("", FILTER),
            ("open", OPEN),
            ("back", BACK),
        ):
            found.setdefault(name, []).append(browser.value(TIMED.format(work=work)))
        browser.value("new Promise(done => setTimeout(done, 1500))")
        frames = browser.value(SCROLL)
        found.setdefault("frames of a scroll, half of them up to", []).append(frames[30])
        found.setdefault("nine in ten", []).append(frames[54])
    return [f"{name} {statistics.median(each):.0f} ms" for name, each in found.items() if name]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
