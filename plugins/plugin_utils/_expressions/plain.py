# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain data: texts, numbers, booleans, null, and lists and mappings of these, with no template in them.

For the same plain data, a pure expression gives the same result. What is not plain is left to ansible-core.
"""

from __future__ import annotations

from typing import Any

from .untrusted import TAGS, TEMPLATE

if TAGS:
    from ansible.template import is_trusted_as_template, trust_as_template

    UNTRUSTED: type[str] = str
    TEXTS = frozenset({str, type(trust_as_template("text"))})
else:
    from ansible.utils.unsafe_proxy import AnsibleUnsafeText

    UNTRUSTED = AnsibleUnsafeText
    TEXTS = frozenset({str, AnsibleUnsafeText})

    def is_trusted_as_template(value: object) -> bool:
        return not isinstance(value, AnsibleUnsafeText)


SCALARS = frozenset({bool, int, float, type(None)})


class Unsure(Exception):
    """Only ansible-core knows for certain what this gives."""


def fingerprint(value: Any) -> Any:
    """Hashable, and the same only for the same value, type and trust. Unsure for what is not plain data."""
    kind = type(value)
    if kind is UNTRUSTED:  # nearly all are, and what follows takes long
        return value, False
    if kind in TEXTS:
        trusted = is_trusted_as_template(value)
        if trusted and TEMPLATE.search(value):
            raise Unsure
        return value, trusted
    if kind in SCALARS:
        return kind, value
    if isinstance(value, dict):
        return kind, tuple([(fingerprint(key), fingerprint(item)) for key, item in value.items()])
    if isinstance(value, list):
        return kind, tuple([fingerprint(item) for item in value])
    raise Unsure


def copied(value: Any) -> Any:
    """A list or mapping of its own for each host, as ``--yaml`` would write one that is shared by reference."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value
