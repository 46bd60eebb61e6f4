# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory as an entry of Ansible's cache: its contents, ready, under a key that holds no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ...module_utils._http.settings import CONNECTION_FIELDS
from .contents import Contents

FORMAT = 4  # to be raised whenever the contents, or the way they are made, change
# Whose answer it is: of the credentials, only those that say whose they are.
ACCOUNT = tuple(each.name for each in CONNECTION_FIELDS if each.account)
# The options that decide what is made of it.
DECISIVE = (
    *("hosts", "sites", "online_only", "hostnames", "duplicates", "include_raw", "filters", "group_by", "strict"),
)


def account_key(options: Mapping[str, Any]) -> str:
    """The same for the same account. With a bare token, whose account it is remains unknown."""
    return _digest({name: options.get(name) for name in (*ACCOUNT, "include_raw")})


def cache_key(options: Mapping[str, Any]) -> str:
    """The same for the same contents, whatever file asks."""
    return "nxai_devices_" + _digest([FORMAT, {name: options.get(name) for name in (*ACCOUNT, *DECISIVE)}])


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def pack(contents: Contents, key: str) -> dict[str, Any]:
    """An entry for ``key``. The contents are one text: no cache plugin can take API data for a type of its own."""
    return {"format": FORMAT, "key": key, "contents": contents.to_json()}


def unpack(entry: Any, key: str) -> Contents | None:
    """The contents of an entry, or None without one. ValueError for an entry of another format, key or shape."""
    if entry is None:
        return None
    if not isinstance(entry, dict) or entry.get("format") != FORMAT or entry.get("key") != key:
        raise ValueError("its entry is of another kind or version")
    try:
        return Contents.from_json(entry["contents"])
    except (ValueError, KeyError, TypeError):
        raise ValueError("its entry is damaged") from None
