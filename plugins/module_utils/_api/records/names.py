# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether records show their names, and whether these are read where they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..._core.values import folded, text
from ..._http.operation import relied_on
from ..contract.lines import RECORDS, hint
from ..contract.translation import KEPT
from .records import Catalogue, Device, DeviceGroup, Model, RegistryDevice, Server, Site

_KINDS: dict[type, str] = {
    Model: "model",
    Catalogue: "catalogue",
    Site: "site",
    Server: "server",
    Device: "device",
    RegistryDevice: "registry_device",
    DeviceGroup: "group",
}


def unnamed(records: Iterable[Any]) -> tuple[int, str]:
    """How many of these do not show their name, which may be any; and for an error, the line that says where it is."""
    silent = [each for each in records if type(each) in _KINDS and text(folded(each.raw).get("name")) is None]
    line = RECORDS[_KINDS[type(silent[0])]]["name"] if silent else None
    return len(silent), hint(line.key) if line else ""


def line_of_ids(records: Iterable[Any]) -> str:
    """For an error, the line that says where models have their ids: rows of one may be its versions, or files."""
    models = any(isinstance(each, Model) for each in records)
    return f"If they are one, its id stands elsewhere. {hint(RECORDS['model']['id'].key)}" if models else ""


def named_elsewhere(records: Iterable[Any], wanted: str) -> str:
    """For an error, where what is the name of none stands in a row all the same, and the line; "" for nowhere."""
    for each in records:
        if type(each) not in _KINDS:
            continue
        key = RECORDS[_KINDS[type(each)]]["name"].key
        kept = each.raw.get(KEPT)
        for row, evidence in ((kept if isinstance(kept, dict) else {}, "your contract"), (each.raw, "")):
            place = next((name for name, value in row.items() if value == wanted), None)
            if place is not None:
                return f"It stands in {place} of a row. {relied_on(key, evidence) if evidence else hint(key)}"
    return ""
