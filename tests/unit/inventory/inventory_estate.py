# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the inventory read, and what they read it into."""

from __future__ import annotations

from typing import Any

from ansible import template
from ansible.inventory.data import InventoryData

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import TAGS

HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# gone",
    "% set x = 1 %",
    "{7}",
    'it\'s "quoted" \\',
    "two\nlines",
    "🎥 Köln",
    "y" * 300,
    "!unsafe x",
    "null",
    "[1, 2]",
    "True",
]
PIPELINE = {
    "modelUUID": "459d2273-1514-431c-9d34-f5b72f3bfe20",
    "modelNMS": 0.5,
    "resizingMethod": "Letterbox",
    "Preprocessor": "",
    "Postprocessor": "{{ 1 + 1 }}",
    "chains": [],
}
SEED: dict[str, Any] = {
    "organisations": [{"name": "Retail"}, {"name": "Other"}],
    "accounts": [{"email": "robot@example.com", "password": "s3cret-word", "organisations": ["Retail", "Other"]}],
    "sites": [
        {
            "name": "Shop Amsterdam",
            "organisation": "Retail",
            "servers": [
                {"name": "Main", "devices": [{"name": "Entrance", "pipelines": [PIPELINE]}, "Till"]},
                {"name": "Old", "supports_pipelines": False, "devices": ["Yard"]},
            ],
        },
        {
            "name": "Shop Berlin",
            "organisation": "Retail",
            "servers": [{"name": "Main", "devices": ["Entrance", "Office"]}],
        },
        {"name": "Depot", "organisation": "Other", "online": False},
    ],
}


class Reading(InventoryData):
    """An inventory as the plugin left it, with the plugin's warnings."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def graph(self) -> dict[str, list[str]]:
        """The members of each group: groups, then hosts."""
        return {
            name: [child.name for child in group.child_groups] + [str(host.name) for host in group.hosts]
            for name, group in self.groups.items()
        }

    def variables(self, host: str) -> dict[str, Any]:
        return dict(self.hosts[host].vars)


def described(value: Any) -> Any:
    """What can be told apart of a value: also the order of keys, and whether text is trusted as a template."""
    if isinstance(value, str):
        return "text", str(value), template.is_trusted_as_template(value) if TAGS else hasattr(value, "__UNSAFE__")
    if isinstance(value, dict):
        return [(described(key), described(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [described(item) for item in value]
    return type(value).__name__.replace("_AnsibleTagged", "").lower(), value
