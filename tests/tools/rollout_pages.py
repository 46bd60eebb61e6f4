# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""See how the pages of rollouts look: ``python -m tools.rollout_pages FOLDER [SAMPLE...]``.

It writes a page for each sample and, where Chromium is found,
takes pictures of a phone and a desk, by day and by night.
"""

from __future__ import annotations

import base64
import sys
import time
from pathlib import Path

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.page.document import as_html
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.report import as_report
from tools.chromium import Chromium, found
from tools.example_rollouts import SAMPLES

WIDTHS = (390, 1280)


def main(folder: Path, chosen: list[str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    pages = {}
    for name in chosen or SAMPLES:
        pages[name] = folder / f"{name}.html"
        pages[name].write_text(as_html(as_report(SAMPLES[name](time.time()))))
        print(f"{pages[name]}: {pages[name].stat().st_size:,} bytes")
    program = found()
    if program is None:
        print("No pictures: Chromium is not here.")
        return 0
    with Chromium(program, folder / "profile") as browser:
        for name, page in pages.items():
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    browser.look(width, scheme)
                    browser.open(page.as_uri())
                    wide = browser.value("document.documentElement.scrollWidth")
                    (folder / f"{name}-{width}-{scheme}.png").write_bytes(base64.b64decode(browser.picture()))
                    if wide > width:
                        print(f"{name} is {wide} wide at {width}")
            for line in browser.complaints():
                print(f"{name}: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
