# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of sites from earlier runs, for when they are offline or the cloud does not answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from ...module_utils._api.records.assignment import Known, Unknown, read_assignment
from ...module_utils._api.records.records import Device, Server

FORMAT = 2  # to be raised whenever an entry changes its shape
# The fields that records are made of (``_api/records.py``), in lower case. Nothing else of an answer is kept.
FIELDS = frozenset(
    (
        *("uuid", "id", "nxid", "cloudsystemid", "systemid", "serverid", "name", "status", "version", "enabled"),
        *("online", "stateofhealth", "updatedat", "lastupdated", "organisation", "catalogues"),
        *("server", "aipluginversion", "pluginversion", "runtime", "supports", "pipelines"),
    )
)
_WHOLE = frozenset({"catalogues"})


@dataclass(frozen=True)
class Remembered:
    """Rows as the cloud returned them ``at`` a time (RFC 3339), cut down to what is needed."""

    at: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class RememberedSite:
    """What a site held ``at`` a time (RFC 3339)."""

    at: str
    servers: list[Server]
    devices: list[Device]


@dataclass(frozen=True)
class LastKnown:
    """Entries of a cache, under names of one account. ``whole`` keeps records as received.

    A foreign or damaged entry is as good as none. Without a cache nothing is known, and nothing kept.
    """

    store: MutableMapping[str, Any] | None
    account: str
    whole: bool = False

    def get(self, name: str) -> Remembered | None:
        try:
            at, rows = self._entry(name)
            return Remembered(at, _records(rows))
        except Exception:  # pylint: disable=broad-exception-caught  # cache plugins document none
            return None

    def get_site(self, site_id: str) -> RememberedSite | None:
        try:
            at, kept = self._entry(f"site {site_id}")
            servers = [Server.from_api(row) for row in _records(kept["servers"])]
            return RememberedSite(at, servers, [_device(each) for each in _records(kept["devices"])])
        except Exception:  # pylint: disable=broad-exception-caught  # as above
            return None

    def put(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._keep(name, lambda: [self._cut(row) for row in rows])

    def put_site(self, site_id: str, servers: Iterable[Server], devices: Iterable[Device]) -> None:
        """Of a device also what was read of its pipelines: the row that is left of it may no longer say that."""

        def device(each: Device) -> dict[str, Any]:
            known = None if each.assignment is None else [pipeline.to_wire() for pipeline in each.assignment]
            unknown = [each.unknown.reason, each.unknown.shape] if each.unknown else None
            return {"row": self._cut(each.raw), "pipelines": known, "unknown": unknown}

        self._keep(
            f"site {site_id}",
            lambda: {
                "servers": [self._cut(each.raw) for each in servers],
                "devices": [device(each) for each in devices],
            },
        )

    def _entry(self, name: str) -> tuple[str, Any]:
        """The time and the data of an entry. Raises anything for what is no entry of that name."""
        entry: Any = None if self.store is None else self.store.get(self._key(name))
        if (entry["format"], entry["name"]) != (FORMAT, name):
            raise ValueError(name)
        return str(entry["at"]), json.loads(entry["rows"])

    def _keep(self, name: str, data: Callable[[], Any]) -> None:
        """As one text, in which no cache plugin can take API data for a type of its own."""
        if self.store is None:
            return
        at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.store[self._key(name)] = {"format": FORMAT, "name": name, "at": at, "rows": json.dumps(data())}

    def _cut(self, row: Mapping[str, Any]) -> Any:
        return row if self.whole else _essence(row)

    def _key(self, name: str) -> str:
        """A digest: the name may hold an id as the cloud gave it, and keys become names of files."""
        return f"nxai_known_{sha256(f'{self.account} {name}'.encode()).hexdigest()}"


def _records(rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("no list of records")
    return rows


def _device(kept: Mapping[str, Any]) -> Device:
    """The device as it was read from the cloud."""
    found = (
        Unknown(str(kept["unknown"][0]), str(kept["unknown"][1]))
        if kept["unknown"]
        else read_assignment(
            {"nxAI": {"pipelines": kept["pipelines"]}}, is_model=bool
        )  # it was judged when it was read
    )
    return replace(
        Device.from_api(kept["row"]),
        assignment=found.pipelines if isinstance(found, Known) else None,
        unknown=found if isinstance(found, Unknown) else None,
    )


def _essence(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if key.lower() in FIELDS}
        return {
            key: item if key.lower() in _WHOLE and isinstance(item, list) else _essence(item)
            for key, item in kept.items()
        }
    return [_essence(item) for item in value] if isinstance(value, list) else value
