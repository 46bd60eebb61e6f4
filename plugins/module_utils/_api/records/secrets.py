# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in pipelines: a service may show anything in their place, and to send that back would destroy them. Pure.

``believed.py`` finds masks that show what they are, such as ``***``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..._core.values import plain
from .assignment import Unknown
from .records import Device

LINE = "assignment.shown_whole"
_SECRET = re.compile(
    r"pass(?:word|wd|phrase|code)|secret|credential|token$|api_?key|(?:private|access|auth|signing|encryption)_?key|^pin$"
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def without_secrets(devices: Iterable[Device], shown: Collection[str]) -> list[Device]:
    """The same devices; of those with a pipeline that holds a secret it is not known what runs.

    ``shown``: names of members that are shown as they are.
    """
    names = frozenset(map(plain, shown))
    return [_unknown(each, names) for each in devices]


def _unknown(device: Device, shown: frozenset[str]) -> Device:
    known = device.assignment or ()
    secret = next((name for each in known for name in _secrets(each.wire) if plain(name) not in shown), "")
    if not secret:
        return device
    reason = (
        f"a pipeline has {secret}, which is named like a secret, so that the service may show something in its place."
        f" If it is shown as it is, {LINE} of the contract file says so"
    )
    return replace(device, assignment=None, unknown=Unknown(reason, partial=True))


def _secrets(pipeline: Mapping[str, Any]) -> Iterator[str]:
    waiting: list[Any] = [pipeline]
    while waiting:
        outer = waiting.pop()
        if isinstance(outer, list):
            waiting += outer
        elif isinstance(outer, Mapping):
            yield from (str(key) for key, value in outer.items() if _may_hide(value) and _is_secret(str(key)))
            waiting += [value for value in outer.values() if isinstance(value, (list, Mapping))]


def _may_hide(value: Any) -> bool:
    """A number is no text that was replaced, unless it is a flag."""
    return value is None or isinstance(value, (str, bool))


@lru_cache(maxsize=2048)
def _is_secret(name: str) -> bool:
    return _SECRET.search("_".join(_WORDS.split(name)).lower()) is not None
