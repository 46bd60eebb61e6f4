# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page as one file that loads nothing. Pure.

No attribute holds style or script, so that the policy of the page can name its one style and its one script by their
digests: nothing else would count, even if it got in.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

_WIDTH = re.compile(r'class="(?:[a-z]+[0-9]? )?g(\d+)"')


def document(*, title: str, head: str = "", style: str, marks: str = "", body: str, script: str) -> str:
    """All but ``style`` and ``script`` is HTML already. ``marks``: attributes of the body.

    An element of the class ``gN`` gets so many parts of the width of what it is in.
    """
    widths = sorted({int(each) for each in _WIDTH.findall(body)})
    style += "".join(f".g{each}{{flex-grow:{each}}}" for each in widths)
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; base-uri 'none'; "
        "form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"{head}<title>{title}</title>"
        f"<style>{style}</style></head><body{f' {marks}' if marks else ''}>\n{body}\n"
        f"<script>{script}</script></body></html>\n"
    )


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
