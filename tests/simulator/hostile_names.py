# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A seed of sites, servers and cameras with names that people do give, and that mean something else somewhere.

python -m simulator.hostile_names [DEVICES] > seed.yml
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

NAMES = (
    # Patterns of hosts
    *("!Office", "&Office", "~Office", "*", "Off*", "site_shop*", "Office?", "all", "ungrouped", "all:!Office"),
    *("Till 1", "Till all", "Till,Office", "a,b", "Office[0]", "[a-z]", "Entrance [1:3]", "@Office", "site_shop"),
    # Ports, addresses, and the controller
    *("Dock: north", "Dock: south", "localhost:22", "localhost", "127.0.0.1", "::1", "[::1]:22", "10.0.0.7", "a:b:c"),
    # Quotes, brackets, and what a shell takes
    *("Entrance (left)", "it's", 'say "hello"', "a\\b", "`id`", "$(id)", "a;b", "a|b", "#1", "50%", "a=b"),
    *("<b>", "{7}", "a$b"),
    # Options, paths and files
    *("-l all", "--limit=all", "-oProxyCommand=id", "..", ".", "../../etc/passwd", "/etc/passwd", "a/b", "CON"),
    # Templates, expressions and values
    *("{{ 7*7 }}", "{% if %}", "{# x", "#jinja2: x", "lookup('pipe', 'id')", "9**99999999", "True", "null", "1", "1e5"),
    *("[1, 2]", '{"a": 1}', "!vault x", "!unsafe x", "__ansible_unsafe", "omit", "nxai_device_name", "vault_password"),
    # Other scripts, and signs that show nothing or turn the text
    *("Köln", "Straße", "магазин", "東京", "한국", "مدخل", "🎥", "½", "é"),
    *("a\u00a0b", "a\u200bb", "\u202etfel", "\u3164", "e\u0301"),
    # Length, spaces and control characters
    *("x" * 600, "ж" * 300, " Office", "Office ", "two\nlines", "tab\there", "bell\x07", "\x7f", "-", "_"),
    *("Office", "office", "OFFICE"),
)  # fmt: skip
SITES = ("Shop", "shop!", "Shop*", "[DE] Shop 1", "!Shop", "магазин", "all", "Shop: 7", "x" * 300, "Shop ")
DEVICES_A_SERVER = 25


def seed(devices: int = len(NAMES) * 2) -> dict[str, Any]:
    """A world of so many cameras, at sites and on servers that are called no better."""
    names = _names(devices)
    sites: list[dict[str, Any]] = [{"name": name, "organisation": "Retail", "servers": []} for name in SITES]
    place = 0
    while chunk := list(islice(names, DEVICES_A_SERVER)):
        servers = sites[place % len(sites)]["servers"]
        servers.append({"name": f"{NAMES[place % len(NAMES)]}{'' if place < len(NAMES) else place}", "devices": chunk})
        place += 1
    return {
        "organisations": [{"name": "Retail"}],
        "accounts": [{"email": "robot@example.com", "password": "s3cret-word", "organisations": ["Retail"]}],
        "sites": [site for site in sites if site["servers"]],
    }


def _names(devices: int) -> Iterator[str]:
    """Each name again and again; from the third time on with a number, as people do."""
    for number in range(devices):
        turn, place = divmod(number, len(NAMES))
        yield NAMES[place] if turn < 2 else f"{NAMES[place]} {turn}"


if __name__ == "__main__":
    yaml.safe_dump(seed(*map(int, sys.argv[1:])), sys.stdout, allow_unicode=True)
