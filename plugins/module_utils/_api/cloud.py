# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verbs of the identity provider's host, beside signing in: whom the account may act for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import Unexpected
from .._http.operation import Operation
from .._http.transport import Transport
from .contract.contract import KNOWN, Contract
from .contract.operations import LIST_CHANNEL_PARTNERS, LIST_ORGANISATIONS
from .pages import all_pages
from .records.records import Organisation


@dataclass(frozen=True)
class Party:
    """An organisation or a channel partner. ``kind``: as ``act_as`` takes it."""

    kind: str
    id: str
    name: str

    @classmethod
    def from_api(cls, raw: Mapping[str, Any], record: str, contract: Contract = KNOWN) -> Party:
        """``record``: organisation or channel_partner. Raises ``Unexpected`` for one without its id."""
        found = Organisation.from_api(dict(raw))
        if not found.id:
            hint = contract.hint(f"fields.{record}.id")
            raise Unexpected(f"Read the {record.replace('_', ' ')}s of the account", "one of them has no id", hint)
        return cls("organization" if record == "organisation" else record, found.id, found.name)

    @property
    def act_as(self) -> dict[str, str]:
        return {"kind": self.kind, "id": self.id}


class CloudApi:
    """Errors are those of ``Transport.send`` and ``all_pages``. That its lists come inside of an object is known."""

    def __init__(self, transport: Transport, contract: Contract = KNOWN) -> None:
        self._transport = transport
        self._contract = contract

    def list_organisations(self) -> list[Party]:
        return self._list("organisation", LIST_ORGANISATIONS)

    def list_channel_partners(self) -> list[Party]:
        return self._list("channel_partner", LIST_CHANNEL_PARTNERS)

    def _list(self, record: str, operation: Operation) -> list[Party]:
        rows = all_pages(
            lambda paging: self._transport.send(operation, query=paging),
            self._transport.sent_as(operation).page_size,
            record,
            self._contract,
        )
        return [Party.from_api(row, record, self._contract) for row in rows]
