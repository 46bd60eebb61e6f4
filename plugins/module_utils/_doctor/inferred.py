# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of the contract that are inferred, that no contract file gives, and that a reading relied on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._api.contract.contract import Contract
from .._api.contract.lines import LINES, RECORDS, WORDS_OF, Line
from .._api.contract.translation import path_of, value_at
from .._fleet.reading import Fleet

Row = Mapping[str, Any]
_LISTINGS = {
    "catalogue": "list_catalogues",
    "model": "list_models",
    "site": "list_sites",
    "server": "list_servers",
    "device": "list_devices",
}


def inferred_in_use(contract: Contract, fleet: Fleet) -> Iterator[Line]:
    """A call is relied on where it was answered, and a place or a word where a row has it."""
    for record, rows in _rows(fleet).items():
        path = LINES[f"operations.{_LISTINGS[record]}.path"]
        if rows and contract.operations[_LISTINGS[record]].evidence == path.evidence == "inferred":
            yield path
        for name, line in RECORDS[record].items():
            if _is_open(line) and f"{record}.{name}" not in contract.fields and _is_in(rows, line.default):
                yield line
        for word in WORDS_OF.get(record, ()):
            line = LINES[f"words.{word}"]
            if (
                _is_open(line)
                and word not in contract.words
                and _says(rows, RECORDS[record]["status"].default, line.default)
            ):
                yield line


def _is_open(line: Line) -> bool:
    return line.evidence == "inferred"


def _rows(fleet: Fleet) -> dict[str, list[Row]]:
    return {
        "catalogue": [each.raw for each in fleet.catalogues or ()],
        "model": [each.raw for each in fleet.models or ()],
        "site": [each.raw for each in fleet.sites or ()],
        "server": [server.raw for _site, server in fleet.servers or ()],
        "device": [device.raw for _site, device in fleet.devices or ()],
    }


def _is_in(rows: Iterable[Row], places: Iterable[str]) -> bool:
    paths = list(map(path_of, places))
    return any(value_at(row, path) is not None for row in rows for path in paths)


def _says(rows: Iterable[Row], places: Iterable[str], words: Iterable[str]) -> bool:
    paths = list(map(path_of, places))
    return any(str(value_at(row, path)).lower() in words for row in rows for path in paths)
