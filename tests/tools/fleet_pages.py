# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""See how the page of the fleet looks: ``python -m tools.fleet_pages FOLDER [SAMPLE...]``.

It writes a page for each sample and, where Chromium is found, takes pictures of it, and of a site that is open, on a
phone and a desk, by day and by night.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from ansible_collections.nxai.cloud.plugins.module_utils._estate.page.document import as_html
from tools.chromium import Chromium, found
from tools.example_fleets import SAMPLES

WIDTHS = (390, 1440)


def main(folder: Path, chosen: list[str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    program = found()
    if program is None:
        print("No pictures: Chromium is not here.")
    for name in chosen or SAMPLES:
        page = folder / f"{name}.html"
        page.write_text(as_html(SAMPLES[name]()))
        print(f"{page}: {page.stat().st_size:,} bytes")
        if program is not None:
            with Chromium(program, folder / "profile") as browser:
                take_pictures(browser, page)
    return 0


def take_pictures(browser: Chromium, page: Path) -> None:
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            browser.look(width, scheme)
            for part, address in (("", page.as_uri()), ("-site", f"{page.as_uri()}#open-{first_key(page)}")):
                browser.open("about:blank")
                browser.open(address)
                wide = browser.value("document.documentElement.scrollWidth")
                picture = page.with_name(f"{page.stem}{part}-{width}-{scheme}.png")
                picture.write_bytes(base64.b64decode(browser.picture()))
                if wide > width:
                    print(f"{page.stem}{part} is {wide} wide at {width}")
    for line in browser.complaints():
        print(f"{page.stem}: {line}")


def first_key(page: Path) -> str:
    return page.read_text().partition('href="#open-')[2].partition('"')[0]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
