# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How things are identified: under which member, and in which form."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, refusal
from .rewrites import CATALOGUE, DEVICE, LISTS, MODEL, SERVER, SITE, Row, added, dropped, member, moved, rows
from .variant import ADAPTED, STOPS, WORKS, Variant

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ANY = re.compile(_UUID, re.IGNORECASE)
_API = ("/cpt/", "/dev/")


def _spelt(show: Callable[[str], str], known: str, strict: bool = True) -> Rewrite:
    """Every UUID of the APIs is shown as ``show`` makes it, and understood in that form (the pattern ``known``).

    With ``strict`` nothing else is understood. The layer remembers what it has shown. A tenth of a UUID is no UUID.
    """
    form = re.compile(known)

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if not asked.path.startswith(_API):
            return await ask(asked)
        shown: dict[str, str] = asked.memory.setdefault("shown", {})
        body = asked.body.decode("latin-1")
        if strict and (_foreign(asked.path, shown) or _foreign(body, shown)):
            return refusal(404, "There is no such thing")
        path = form.sub(lambda found: shown.get(found.group(), found.group()), asked.path)
        body = form.sub(lambda found: shown.get(found.group(), found.group()), body)
        query = {name: shown.get(value, value) for name, value in asked.query.items()}
        answer = await ask(asked.copy(path=path, body=body.encode("latin-1"), query=query))

        def changed(found: re.Match[str]) -> str:
            made = show(found.group())
            shown[made] = found.group()
            return made

        if answer.headers.get("content-type") == "application/json":
            answer.body = _ANY.sub(changed, answer.body.decode("latin-1")).encode("latin-1")
        return answer

    return rewrite


def _foreign(text: str, shown: dict[str, str]) -> bool:
    """Whether there is a UUID in it that was shown in another form. In a text for people (documentation) is none."""
    return any(found not in shown for found in _ANY.findall(text) if found.strip("0-"))


def _number(uuid: str) -> str:
    return str(zlib.crc32(uuid.lower().encode()) + 10**9)


def _as_number(body: bytes) -> bytes:
    """Numbers, not texts of digits, for ids."""
    return re.sub(rb'"(\d{10})"', rb"\1", body)


def _integers() -> Rewrite:
    """Models and catalogues have integers for ids, also in paths and in pipelines."""
    spelt = _spelt(_number, r"\b\d{10}\b", strict=False)

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await spelt(asked.copy(body=re.sub(rb"(?<=[:\[,]) ?(\d{10})(?=[,}\]])", rb'"\1"', asked.body)), ask)
        if asked.path.startswith(_API):
            answer.body = _as_number(answer.body)
        return answer

    return rewrite


def _nxid(change: Callable[[str], str], exact: bool) -> Rewrite:
    """The NxIDs of devices in another form; with ``exact`` the PUT wants them so too."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation == "put_pipelines":
            data = asked.data
            if exact and any(each != change(each.lower()) for each in data["Devices"]):
                return refusal(422, "No devices are applicable", Field={"Devices": "are not known"})
            data["Devices"] = [_braced(each) for each in data["Devices"]]
            asked = asked.copy()
            asked.data = data
        return await ask(asked)

    shown = member(DEVICE, "NxID", change)
    return lambda asked, ask: rewrite(asked, lambda inner: shown(inner, ask))


def _braced(nxid: str) -> str:
    return "{" + nxid.strip("{}").lower() + "}"


def _restless() -> Rewrite:
    """Upper and lower case by turns."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation == "list_devices":
            turn = asked.memory["turn"] = asked.memory.get("turn", 0) + 1
            answer.data = [{**row, "NxID": row["NxID"].upper() if turn % 2 else row["NxID"]} for row in answer.data]
        return answer

    return rewrite


def _beside(row: Row) -> Row:
    """The id that paths take is CloudSystemID; UUID is the database's own."""
    return {**row, "CloudSystemID": row["UUID"], "UUID": f"{row['UUID'][:-4]}0000"}


def _behind(row: Row) -> Row:
    """The id that paths take is UUID; ID is a number of the database, and SystemID that of the media server."""
    return {"ID": zlib.crc32(row["Name"].encode()), "SystemID": f"{row['UUID'][:-4]}0000", **row}


def _ids(name: str, differs: str, *rewrites: Rewrite, outcome: str = "", **fields: Any) -> Variant:
    return Variant(name, "ids", differs, rewrites, outcome, {"fields": fields} if fields else {})


VARIANTS = (
    _ids("model-id", "models have ID", moved(MODEL, "UUID", "ID"), outcome=WORKS),
    _ids("model-id-lower", "models have id", moved(MODEL, "UUID", "id"), outcome=WORKS),
    _ids(
        "model-function-uuid",
        "models have FunctionUUID",
        moved(MODEL, "UUID", "FunctionUUID"),
        outcome=ADAPTED,
        model={"id": "FunctionUUID"},
    ),
    _ids(
        "model-id-nested",
        "models have their id in Meta.UUID",
        moved(MODEL, "UUID", "Meta.UUID"),
        outcome=ADAPTED,
        model={"id": "Meta.UUID"},
    ),
    _ids(
        "model-both",
        "models have a number ID beside UUID",
        rows(MODEL, lambda row: {"ID": 17, "id": 17, **row}),
        outcome=WORKS,
    ),
    _ids("catalogue-id", "catalogues have Id", moved(CATALOGUE, "UUID", "Id"), outcome=WORKS),
    _ids(
        "catalogue-uuid",
        "catalogues have CatalogueUUID",
        moved(CATALOGUE, "UUID", "CatalogueUUID"),
        outcome=ADAPTED,
        catalogue={"id": "CatalogueUUID"},
    ),
    _ids("site-cloud-system-id", "sites have cloudSystemId", moved(SITE, "UUID", "cloudSystemId"), outcome=WORKS),
    _ids(
        "site-system-uuid",
        "sites have SystemUUID",
        moved(SITE, "UUID", "SystemUUID"),
        outcome=ADAPTED,
        site={"id": "SystemUUID"},
    ),
    _ids(
        "site-cloud-id",
        "sites have cloudId, as the VMS calls it",
        moved(SITE, "UUID", "cloudId"),
        outcome=ADAPTED,
        site={"id": "cloudId"},
    ),
    _ids("site-two-ids", "sites have UUID, and CloudSystemID, which paths take", rows(SITE, _beside), outcome=WORKS),
    _ids(
        "site-three-ids",
        "sites have ID, SystemID, and UUID, which paths take",
        rows(SITE, _behind),
        outcome=ADAPTED,
        site={"id": "UUID"},
    ),
    _ids("server-id", "servers have ServerId", moved(SERVER, "UUID", "ServerId"), outcome=WORKS),
    _ids("server-guid", "servers have Guid", moved(SERVER, "UUID", "Guid"), outcome=ADAPTED, server={"id": "Guid"}),
    _ids(
        "server-braces", "ids of servers in braces", member(SERVER, "UUID", lambda uuid: f"{{{uuid}}}"), outcome=WORKS
    ),
    _ids(
        "device-id",
        "devices have ID",
        dropped(DEVICE, "V2"),
        moved(DEVICE, "NxID", "ID"),
        outcome=ADAPTED,
        device={"id": "ID"},
    ),
    _ids(
        "device-uuid",
        "devices have DeviceUUID",
        dropped(DEVICE, "V2"),
        moved(DEVICE, "NxID", "DeviceUUID"),
        outcome=ADAPTED,
        device={"id": "DeviceUUID"},
    ),
    _ids(
        "device-v2",
        "devices have their id in V2.id alone, and the PUT takes that",
        _nxid(lambda nxid: nxid, exact=False),
        dropped(DEVICE, "NxID"),
        outcome=ADAPTED,
        device={"id": "V2.id"},
    ),
    _ids(
        "device-two-ids",
        "devices have a UUID of the database beside NxID",
        rows(DEVICE, lambda row: {"UUID": f"{row['NxID'][1:-5]}0000", "ID": 4, **row}),
        outcome=WORKS,
    ),
    _ids("nxid-upper", "NxIDs in upper case, and the PUT wants them so", _nxid(str.upper, exact=True), outcome=WORKS),
    _ids(
        "nxid-bare",
        "NxIDs without braces, and the PUT wants them so",
        _nxid(lambda nxid: nxid.strip("{}"), exact=True),
        outcome=WORKS,
    ),
    _ids(
        "nxid-bare-free",
        "NxIDs without braces, the PUT takes either",
        _nxid(lambda nxid: nxid.strip("{}"), exact=False),
        outcome=WORKS,
    ),
    _ids("nxid-restless", "NxIDs in upper and lower case by turns", _restless(), outcome=WORKS),
    _ids(
        "upper",
        "all UUIDs in upper case, and only so",
        _spelt(str.upper, _UUID.replace("a-f", "A-F")),
        outcome=WORKS,
    ),
    _ids(
        "upper-free",
        "all UUIDs in upper case, either case is understood",
        _spelt(str.upper, f"(?i:{_UUID})", strict=False),
        outcome=WORKS,
    ),
    _ids(
        "no-dashes",
        "all UUIDs without dashes",
        _spelt(lambda uuid: uuid.replace("-", ""), r"\b[0-9a-f]{32}\b", strict=False),
        outcome=WORKS,
    ),
    _ids(
        "ulid",
        "ids like 01h4 and 24 letters in place of UUIDs",
        _spelt(lambda uuid: f"01h4{uuid.replace('-', '')[:22]}", r"\b01h4[0-9a-f]{22}\b", strict=False),
        outcome=WORKS,
    ),
    _ids(
        "no-dashes-strict",
        "the same, and only so",
        _spelt(lambda uuid: uuid.replace("-", ""), r"\b[0-9a-f]{32}\b"),
        outcome=WORKS,
    ),
    _ids(
        "urn",
        "urn:uuid: before each UUID",
        _spelt(lambda uuid: f"urn:uuid:{uuid}", rf"urn:uuid:{_UUID}", strict=False),
        outcome=WORKS,
    ),
    _ids("integers", "integers in place of UUIDs", _integers(), outcome=WORKS),
    _ids(
        "model-no-id-yet",
        "a model that is being converted has no id",
        rows(MODEL, lambda row: row if row["Status"] == "ok" else {**row, "UUID": ""}),
        outcome=STOPS,
    ),
    _ids(
        "zero-ids",
        "every record has ParentUUID, the zero UUID",
        added((*LISTS, "get_model"), ParentUUID="00000000-0000-0000-0000-000000000000"),
        outcome=WORKS,
    ),
)
