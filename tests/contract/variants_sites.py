# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites and servers: where they are listed, and how their state shows; how a site looks that is off-line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, refusal
from .rewrites import (
    DEVICE,
    SERVER,
    SITE,
    Row,
    after,
    answers,
    dropped,
    elsewhere,
    member,
    moved,
    rows,
    web_page,
    wrapped,
)
from .variant import ADAPTED, STOPS, WORKS, row_of
from .world import FOREIGN

_AT_CDB = {
    "operations": {"list_sites": {"api": "cloud", "path": "/cdb/systems"}},
    "fields": {"answer": {"rows": ["systems", ""]}},
}


def _no_sites(answer: Callable[[], Told]) -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        return answer() if asked.operation == "list_sites" else await ask(asked)

    return rewrite


def _off_line(answer: Callable[[], Told], operations: tuple[str, ...] = ("list_servers", "list_devices")) -> Rewrite:
    """What is asked of the site that is off-line gets this answer. Its listing is the only one that is empty."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        found = await ask(asked)
        return answer() if asked.operation in operations and found.good and found.data == [] else found

    return rewrite


def _stale(pipelines: Any) -> Rewrite:
    """A site that is off-line still shows its camera, as it was or without what it runs. A PUT there gets 422."""
    cellar = {"NxID": "{0c0c0c0c-1111-4111-8111-111111111111}", "Name": "Cellar", "Enabled": True, **pipelines}

    def shown(asked: Asked, answer: Told) -> None:
        if asked.query.get("Offset", "0") == "0":  # behind the last row of any other site there is nothing, too
            answer.data = answer.data or [cellar]

    return after(DEVICE, shown)


def _no_state(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("Status", "UpdatedAt")}


def _timeless(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "Status"} | {"UpdatedAt": "2026-11-01T10:00:00Z"}


_site = row_of("sites")
_server = row_of("servers")
_SITES = (
    _site(
        "sites-cdb-404",
        "sites only at /cdb/systems, 404 at /dev/systems",
        _no_sites(lambda: refusal(404, "Not Found")),
        outcome=WORKS,
        **_AT_CDB,
    ),
    _site(
        "sites-cdb-405",
        "the same, with 405",
        _no_sites(lambda: refusal(405, "Method Not Allowed")),
        outcome=ADAPTED,
        **_AT_CDB,
    ),
    _site(
        "sites-cdb-403", "the same, with 403", _no_sites(lambda: refusal(403, "Forbidden")), outcome=ADAPTED, **_AT_CDB
    ),
    _site(
        "sites-cdb-501",
        "the same, with 501",
        _no_sites(lambda: refusal(501, "Not Implemented")),
        outcome=ADAPTED,
        **_AT_CDB,
    ),
    _site(
        "sites-cdb-page",
        "the same, with 404 and a web page",
        _no_sites(lambda: web_page(404)),
        outcome=WORKS,
        **_AT_CDB,
    ),
    _site(
        "sites-path",
        "sites at /dev/sites",
        elsewhere("GET /dev/sites", "GET /dev/systems", 405),
        outcome=ADAPTED,
        operations={"list_sites": {"path": "/sites"}},
    ),
    _site(
        "sites-singular",
        "sites at /dev/system",
        elsewhere("GET /dev/system", "GET /dev/systems", 405),
        outcome=ADAPTED,
        operations={"list_sites": {"path": "/system"}},
    ),
    _site("sites-wrapped", "sites inside systems", wrapped("systems", SITE), outcome=WORKS),
    _site(
        "sites-empty-at-dev",
        "/dev/systems is there and always empty; /cdb/systems has them",
        answers(SITE, lambda _data: []),
        outcome=WORKS,
        **_AT_CDB,
    ),
    _site(
        "site-name",
        "the name is SystemName",
        moved(SITE, "Name", "SystemName"),
        outcome=ADAPTED,
        fields={"site": {"name": "SystemName"}},
    ),
    _site(
        "site-label",
        "the name is Info.Label",
        moved(SITE, "Name", "Info.Label"),
        outcome=ADAPTED,
        fields={"site": {"name": "Info.Label"}},
    ),
    _site(
        "site-online-flag",
        "Online: true in place of Status",
        rows(SITE, lambda row: {**_no_state(row), "Online": row["Status"] == "online"}),
        outcome=WORKS,
    ),
    _site(
        "site-is-online",
        "isOnline: true in place of Status",
        rows(SITE, lambda row: {**_no_state(row), "isOnline": row["Status"] == "online"}),
        outcome=WORKS,
    ),
    _site(
        "site-health",
        "stateOfHealth in place of Status",
        rows(SITE, lambda row: {**_no_state(row), "stateOfHealth": row["Status"]}),
        outcome=WORKS,
    ),
    _site("site-capital-words", "Online and Offline", member(SITE, "Status", str.capitalize), outcome=WORKS),
    _site(
        "site-other-words",
        "connected and disconnected, and no zero time",
        rows(
            SITE, lambda row: {**_no_state(row), "Status": {"online": "connected"}.get(row["Status"], "disconnected")}
        ),
        outcome=WORKS,
        words={"online": ["connected"], "offline": ["disconnected"]},
    ),
    _site("site-no-state", "nothing says whether a site is on-line", rows(SITE, _no_state), outcome=WORKS),
    _site("site-times-same", "nothing says it, and all have a proper time", rows(SITE, _timeless), outcome=WORKS),
    _site(
        "site-null-time",
        "no Status, and null for the time of a site that is off-line",
        rows(
            SITE, lambda row: {**_timeless(row), "UpdatedAt": None if row["Status"] == "offline" else row["UpdatedAt"]}
        ),
        outcome=WORKS,
    ),
    _site(
        "site-epoch",
        "no Status, and 1970 for a site that is off-line",
        rows(
            SITE,
            lambda row: {
                **_timeless(row),
                "UpdatedAt": "1970-01-01T00:00:00Z" if row["Status"] == "offline" else row["UpdatedAt"],
            },
        ),
        outcome=WORKS,
    ),
    _site(
        "site-unix-time",
        "times as seconds since 1970",
        rows(SITE, lambda row: {**row, "UpdatedAt": 1764230400 if row["Status"] == "online" else -62135596800}),
        outcome=WORKS,
    ),
    _site(
        "offline-404",
        "the site that is off-line answers 404",
        _off_line(lambda: refusal(404, "There is no such system")),
        outcome=WORKS,
    ),
    _site("offline-409", "it answers 409", _off_line(lambda: refusal(409, "The system is offline")), outcome=WORKS),
    _site("offline-422", "it answers 422", _off_line(lambda: refusal(422, "The system is offline")), outcome=WORKS),
    _site("offline-500", "it answers 500", _off_line(lambda: refusal(500, "system is not reachable")), outcome=WORKS),
    _site("offline-503", "it answers 503", _off_line(lambda: refusal(503, "The system is offline")), outcome=WORKS),
    _site("offline-504-page", "it answers 504 with a web page", _off_line(lambda: web_page(504)), outcome=WORKS),
    _site("offline-null", "it answers null", _off_line(lambda: Told(200, b"null")), outcome=WORKS),
    _site("offline-204", "it answers 204", _off_line(lambda: Told(204)), outcome=WORKS),
    _site("offline-empty-body", "it answers 200 with nothing", _off_line(lambda: Told(200, b"")), outcome=WORKS),
    _site(
        "offline-message",
        "it answers 200 with a Message in place of a list",
        _off_line(lambda: refusal(200, "The system is offline")),
        outcome=WORKS,
    ),
    _site(
        "offline-404-unseen",
        "it answers 404, and nothing says that it is off-line",
        rows(SITE, _timeless),
        _off_line(lambda: refusal(404, "There is no such system")),
        outcome=WORKS,
    ),
    _site(
        "offline-stale",
        "it shows its camera as it was",
        _stale({"nxAI": {"pipelines": [{"modelUUID": FOREIGN}]}}),
        outcome=WORKS,
    ),
    _site(
        "offline-stale-none",
        "it shows its camera with an empty list",
        _stale({"nxAI": {"pipelines": []}}),
        outcome=WORKS,
    ),
    _site("offline-stale-unknown", "it shows its camera without nxAI", _stale({}), outcome=WORKS),
    _site(
        "offline-not-listed",
        "it is not listed",
        rows(SITE, lambda row: row if row["Status"] == "online" else None),
        outcome=WORKS,
    ),
    _site(
        "site-forbidden",
        "one site may be listed and not read",
        _off_line(lambda: refusal(403, "Forbidden")),
        outcome=STOPS,
    ),
)

_SERVERS = (
    _server(
        "servers-path",
        "servers at /dev/system/{id}/server",
        elsewhere("GET /dev/system/{site_id}/server", "GET /dev/system/{site_id}/servers"),
        outcome=ADAPTED,
        operations={"list_servers": {"path": "/system/{site_id}/server"}},
    ),
    _server(
        "servers-plural-path",
        "servers at /dev/systems/{id}/servers",
        elsewhere("GET /dev/systems/{site_id}/servers", "GET /dev/system/{site_id}/servers"),
        outcome=ADAPTED,
        operations={"list_servers": {"path": "/systems/{site_id}/servers"}},
    ),
    _server(
        "servers-not-there",
        "no listing of servers at all",
        elsewhere("GET /dev/none", "GET /dev/system/{site_id}/servers"),
        outcome=STOPS,
    ),
    _server(
        "server-name",
        "the name is ServerName",
        moved(SERVER, "Name", "ServerName"),
        outcome=WORKS,
        fields={"server": {"name": "ServerName"}},
    ),
    _server(
        "server-plugin-nested",
        "the plugin's version is in Plugin.Version",
        moved(SERVER, "AIPluginVersion", "Plugin.Version"),
        outcome=WORKS,
    ),
    _server(
        "embedded-text",
        "a device has the name of its server as text",
        member(DEVICE, "Server", lambda server: server["Name"]),
        outcome=WORKS,
    ),
    _server("embedded-absent", "a device says nothing of its server", dropped(DEVICE, "Server"), outcome=WORKS),
    _server(
        "embedded-null",
        "a device has null for its server",
        member(DEVICE, "Server", lambda _server: None),
        outcome=WORKS,
    ),
    _server(
        "supports-absent",
        "nothing says what a server supports",
        dropped((*DEVICE, *SERVER), "Supports", "Server.Supports"),
        outcome=WORKS,
    ),
    _server(
        "supports-list",
        "Supports is a list of words",
        member(DEVICE, "Server.Supports", lambda _value: ["Pipelines"]),
        outcome=WORKS,
    ),
    _server(
        "supports-text",
        "Supports.Pipelines is the text true",
        member(DEVICE, "Server.Supports.Pipelines", lambda value: str(value).lower()),
        outcome=WORKS,
    ),
    _server(
        "status-capital",
        "Running",
        member((*DEVICE, *SERVER), "Status", str.capitalize),
        member(DEVICE, "Server.Status", str.capitalize),
        outcome=WORKS,
    ),
    _server(
        "status-online",
        "online in place of running",
        member(SERVER, "Status", lambda _word: "online"),
        member(DEVICE, "Server.Status", lambda _word: "online"),
        outcome=ADAPTED,
        words={"running": ["running", "online"]},
    ),
    _server("status-number", "2 in place of running", member(DEVICE, "Server.Status", lambda _word: 2), outcome=WORKS),
)

VARIANTS = (*_SITES, *_SERVERS)
