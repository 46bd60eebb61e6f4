# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of the cloud, marked such that no version of ansible-core takes it for a template."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ansible import template

# Text that does nothing even where a playbook takes it for a template or, as assert does, for an expression:
# without brackets, pipes and quotes there is no call, no filter and no lookup. An NxID has braces of its own.
HARMLESS = re.compile(r"(?![%#])[^][{}()|'\"]*|\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}")
TAGS = hasattr(
    template, "trust_as_template"
)  # ansible-core 2.19 and newer: text is a template only where it is trusted
REMEMBERED = 1 << 16  # names of servers, statuses and versions come again and again

if TAGS:

    @lru_cache(maxsize=REMEMBERED)
    def _marked(text: str) -> str:
        return template.trust_as_template(text) if HARMLESS.fullmatch(text) else text

else:
    from ansible.utils.unsafe_proxy import wrap_var

    @lru_cache(maxsize=REMEMBERED)
    def _marked(text: str) -> str:
        return text if HARMLESS.fullmatch(text) else wrap_var(text)


def never_template(value: Any) -> Any:
    """``value`` with each text marked such that it is never taken for a template.

    Harmless text is not left or marked unsafe: ``ansible-inventory --list`` would print it as
    ``{"__ansible_unsafe": TEXT}``, and that is how AWX would show it.
    """
    if isinstance(value, str):
        return _marked(value)
    if isinstance(value, dict):
        # Most are texts: a call less for each counts, with 50,000 hosts.
        return {key: _marked(item) if item.__class__ is str else never_template(item) for key, item in value.items()}
    if isinstance(value, list):
        return [never_template(item) for item in value]
    return value
