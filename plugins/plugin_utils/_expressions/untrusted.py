# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of the cloud, such that no version of ansible-core takes it for a template or an expression."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ansible import context, template

# A dictionary with a key that begins so means something else to whatever reads JSON of ansible-core.
RESERVED = "__ansible_"
TEMPLATE = re.compile(r"\{[{%#]|\A#jinja2:")  # what ansible-core would look for a template behind
TAGS = hasattr(
    template, "trust_as_template"
)  # ansible-core 2.19 and newer: text is a template only where it is trusted
REMEMBERED = 1 << 16  # names of servers, statuses and versions come again and again

if TAGS:
    own_text = template.trust_as_template

    def _marked_text(text: str) -> str:
        return text

    def of_the_user(value: Any) -> Any:
        """What an expression made of the user's own words alone. Plain text is shown without a mark."""
        if isinstance(value, str):
            return value if TEMPLATE.search(value) else own_text(value)
        if isinstance(value, dict):
            return {key: of_the_user(item) for key, item in value.items()}
        return [of_the_user(item) for item in value] if isinstance(value, list) else value

    def holds_marked(value: Any) -> bool:
        return False

    def as_name(name: str) -> str:
        return str.__str__(name)

else:
    from ansible.utils.unsafe_proxy import wrap_var

    _marked_text = lru_cache(maxsize=REMEMBERED)(wrap_var)

    def own_text(text: str) -> str:
        """A text that this collection itself made."""
        return text

    def of_the_user(value: Any) -> Any:
        return value

    def holds_marked(value: Any) -> bool:
        """Whether ansible-core marks the result of a template that reads ``value``."""
        if isinstance(value, str):
            return hasattr(value, "__UNSAFE__")
        items = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
        return any(map(holds_marked, items))

    def as_name(name: str) -> str:
        """The name of a host or group. ``ansible-inventory`` would print a mark, and AWX takes none in a list."""
        plain = str.__str__(name)
        return plain if "graph" in context.CLIARGS else str(_marked_text(plain))


def marked(value: Any) -> Any:
    """``value``, of the cloud, with each text marked such that it is never evaluated, keys included."""
    if isinstance(value, str):
        return _marked_text(value)
    if isinstance(value, dict):
        # Most are texts: a call less for each counts, with 50,000 hosts.
        return {
            _marked_text(f"_{key}" if key.startswith(RESERVED) else key): _marked_text(item)
            if item.__class__ is str
            else marked(item)
            for key, item in value.items()
        }
    return [marked(item) for item in value] if isinstance(value, list) else value


def never_template(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables with ``marked`` values. Their names are the plugin's own."""
    return {name: _marked_text(value) if value.__class__ is str else marked(value) for name, value in variables.items()}


def has_reserved_key(value: Any) -> bool:
    """Whether ``marked`` renames a key in it."""
    if isinstance(value, dict):
        return any(key.startswith(RESERVED) or has_reserved_key(item) for key, item in value.items())
    return isinstance(value, list) and any(map(has_reserved_key, value))
