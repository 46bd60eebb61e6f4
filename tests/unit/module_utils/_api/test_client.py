# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Device API and the client as a whole."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.device import DeviceApi

SITE = "0b0e7f4c-1111-4222-8333-444455556666"
NXID = "459d2273-1514-431c-9d34-f5b72f3bfe20"
ONE = {"X-Pagination-Records": "1"}


def test_the_verbs_of_the_device_api(server, transport, reply):
    api = DeviceApi(transport)
    server.answer(
        reply(data=[{"UUID": SITE, "Name": "HQ", "UpdatedAt": "0001-01-01T00:00:00Z"}], headers=ONE),
        reply(data=[{"UUID": NXID, "Name": "srv"}], headers=ONE),
        reply(data=[{"NxID": f"{{{NXID}}}", "Name": "Lobby"}], headers=ONE),
        reply(body=b""),
    )
    assert [(site.name, site.online) for site in api.list_sites()] == [("HQ", False)]
    assert [item.name for item in api.list_servers(SITE)] == ["srv"]
    assert [device.id for device in api.list_devices(SITE)] == [f"{{{NXID}}}"]
    api.put_pipelines(SITE, [NXID.upper()], iter([NXID]), ({"modelUUID": NXID},))
    assert server.paths() == [
        "GET /dev/systems",
        f"GET /dev/system/{SITE}/servers",
        f"GET /dev/system/{SITE}/devices",
        f"PUT /dev/system/{SITE}/devices/pipelines",
    ]
    assert server.requests[3].json == {
        "Devices": [NXID.upper()],  # as it was given
        "Functions": [NXID],
        "Pipelines": [{"modelUUID": NXID}],
    }


def test_a_read_only_client_cannot_write(server):
    with Client.from_options({"api_url": server.url, "token": "abc"}, read_only=True) as client:
        with pytest.raises(AssertionError, match="put_pipelines"):
            client.device.put_pipelines(SITE, [NXID], [], [])
        with pytest.raises(AssertionError, match="delete_model"):
            client.compute.delete_model(NXID)
    assert server.requests == []


def test_threads_share_a_client(server, reply):
    server.handle = lambda request: reply(data=[{"NxID": NXID, "Name": request.path}], headers=ONE)
    found = []
    with Client.from_options({"api_url": server.url, "token": "abc"}) as client:

        def work(number):
            found.append((number, client.device.list_devices(f"site-{number}")[0].name))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.transport.requests_sent == 24
    assert sorted(found) == [(number, f"/dev/system/site-{number}/devices") for number in range(24)]
