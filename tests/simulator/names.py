# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names for generated things: as one finds them, or as one fears them."""

from __future__ import annotations

CAMERAS = (
    "Entrance", "Exit", "Till 1", "Till 2", "Till 3", "Self checkout", "Aisle 1", "Aisle 2", "Aisle 3", "Stock room",
    "Loading bay", "Car park", "Car park north", "Bakery", "Fresh food", "Wine shelf", "Office", "Safe", "Corridor",
    "Staff entrance", "Lift", "Stairs", "Roof", "Back yard", "Help desk",
)  # fmt: skip
MODELS = (
    "People counter", "Queue length", "Face locator", "Basket detector", "Vehicle detector", "Shelf gaps",
    "Helmet check", "Smoke and fire", "Plate reader", "Fall detector",
)  # fmt: skip
HOSTILE = (
    "{{ 7*7 }}",
    "{% raw %}",
    "{braces}",
    'it\'s "quoted"',
    "two\nlines",
    "tab\tand \\ backslash",
    "../../etc/passwd",
    "$(id) `id` ; rm -rf .",
    "camera \U0001f4f7 caf\u00e9 \u5165\u53e3",
    "\u202eright to left",
    " leading and trailing ",
    "- yaml: [item]",
    "!vault |",
    "twin",
    "twin",
    "0",
    "null",
    "x" * 300,
)

# What a program that is given a name could take for something else: an option, a template, a pattern, a page, a line.
OPTION_LIKE = (
    "-oProxyCommand=touch hostile-was-here; echo", "-e@/etc/passwd", "--help", "-", "@/etc/passwd",
    "{{ lookup('pipe', 'touch hostile-was-here') }}", "#jinja2: variable_start_string: '['", "{# comment #}",
    "9**99999999",
    "lookup('pipe', 'touch hostile-was-here')", "ansible_connection", "vault_nxai_password", "localhost", "all",
    "ungrouped",
    "host[1:999999]", "*", "!all", "&all", "~.*", "a:b", "a,b", "..", "~root",
    "\x1b[2J\x1b]0;title\x07", "nul\x00byte", "\x85\u2028\u2029", "\u202a\u2066\u200f\ufeff", "\x9b31m",
    "\r\nX-Injected: yes",
    "<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", "javascript:alert(1)", "&lt;&#x3c;",
    "\ud800", "\udfff\ud800", "y" * 100_000, "",
)  # fmt: skip


def site_name(index: int, count: int, hostile: bool) -> str:
    if hostile:
        return HOSTILE[index % len(HOSTILE)]
    return f"Shop {index + 1:0{max(3, len(str(count)))}d}"


def name_of(names: tuple[str, ...], index: int, hostile: bool) -> str:
    """The names in turn; from the second round on with its number, but hostile ones come again as they are."""
    if hostile:
        return HOSTILE[index % len(HOSTILE)]
    name, turn = names[index % len(names)], index // len(names)
    return f"{name} ({turn + 1})" if turn else name
