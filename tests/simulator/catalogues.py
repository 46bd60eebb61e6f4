# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Compute API: catalogues."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from . import views
from .answers import Refusal, outcome
from .identifiers import new_uuid
from .operations import Call
from .records import Catalogue

COLUMNS = {"Name": lambda item: item.name, "UUID": lambda item: item.uuid}


def _find(call: Call, to_change: bool = False) -> Catalogue:
    item = call.world.catalogues.get(call.path["uuid"].lower())
    if item is None or item not in call.world.visible_catalogues(call.view):
        raise Refusal(404, "There is no such catalogue")
    if to_change and item.owner not in call.view.owners:
        raise Refusal(403, "The catalogue belongs to somebody else")
    return item


async def list_catalogues(call: Call) -> Response:
    rows = call.world.visible_catalogues(call.view)
    return call.page(rows, lambda item: views.catalogue(call.world, item), COLUMNS)


async def create_catalogue(call: Call) -> dict[str, Any]:
    item = Catalogue(new_uuid(), call.body["Name"], call.view.acting)
    call.world.catalogues[item.uuid] = item
    return outcome("Ok", item.uuid)


async def get_catalogue(call: Call) -> dict[str, Any]:
    return views.catalogue(call.world, _find(call))


async def rename_catalogue(call: Call) -> dict[str, Any]:
    item = _find(call, to_change=True)
    item.name = call.body["Name"]
    return outcome("Ok", item.uuid)


async def delete_catalogue(call: Call) -> dict[str, Any]:
    item = _find(call, to_change=True)
    if any(item.uuid in model.catalogues for model in call.world.models.values()):
        raise Refusal(409, "Only an empty catalogue can be deleted", {"UUID": "has functions in it"})
    del call.world.catalogues[item.uuid]
    return outcome("Done", item.uuid)
