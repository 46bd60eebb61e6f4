# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of sites from earlier runs, for when they are offline or the cloud does not answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

FORMAT = 1  # to be raised whenever an entry changes its shape
# The fields that records are made of (``_api/records.py``), in lower case. Nothing else of an answer is kept.
FIELDS = frozenset(
    (
        *("uuid", "id", "nxid", "cloudsystemid", "systemid", "serverid", "name", "status", "version", "enabled"),
        *("online", "stateofhealth", "updatedat", "lastupdated", "organisation", "catalogues"),
        *("server", "aipluginversion", "pluginversion", "runtime", "supports", "nxai", "pipelines"),
        *("servers", "devices"),
    )
)
_WHOLE = frozenset({"pipelines", "catalogues"})


@dataclass(frozen=True)
class Remembered:
    """Rows as the cloud returned them ``at`` a time (RFC 3339), cut down to what is needed."""

    at: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class LastKnown:
    """Entries of a cache, under names of one account. ``whole`` keeps records as received.

    A foreign or damaged entry is as good as none. Without a cache nothing is known, and nothing kept.
    """

    store: MutableMapping[str, Any] | None
    account: str
    whole: bool = False

    def get(self, name: str) -> Remembered | None:
        if self.store is None:
            return None
        try:
            entry: Any = self.store.get(self._key(name))
            if (entry["format"], entry["name"]) != (FORMAT, name):
                return None
            rows = json.loads(entry["rows"])
            return Remembered(str(entry["at"]), rows) if _are_records_of(name, rows) else None
        except Exception:  # pylint: disable=broad-exception-caught  # cache plugins document none
            return None

    def put(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the rows as one text, in which no cache plugin can take API data for a type of its own."""
        if self.store is None:
            return
        kept = json.dumps(rows if self.whole else [_essence(row) for row in rows])
        at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.store[self._key(name)] = {"format": FORMAT, "name": name, "at": at, "rows": kept}

    def _key(self, name: str) -> str:
        """A digest: the name may hold an id as the cloud gave it, and keys become names of files."""
        return f"nxai_known_{sha256(f'{self.account} {name}'.encode()).hexdigest()}"


def _are_records_of(name: str, rows: Any) -> bool:
    """Whether it is a list of mappings, and for a site one mapping with a list of servers and one of devices."""
    if name.startswith("site "):
        (row,) = rows
        return _are_records(row["servers"]) and _are_records(row["devices"])
    return _are_records(rows)


def _are_records(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _essence(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if key.lower() in FIELDS}
        return {
            key: item if key.lower() in _WHOLE and isinstance(item, list) else _essence(item)
            for key, item in kept.items()
        }
    return [_essence(item) for item in value] if isinstance(value, list) else value
