# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list of sites that is empty, sites that show nothing, and what a second list says of both."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.device import DeviceApi
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import SiteOffLine, SiteReader
from ansible_collections.nxai.cloud.plugins.module_utils._models.usage import find_use

ONE, TWO = (f"0b0e7f4c-1111-4222-8333-44445555666{digit}" for digit in "12")
MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
CLOUD = {
    "systems": [
        {"id": ONE, "name": "HQ", "stateOfHealth": "online"},
        {"id": TWO, "name": "Depot", "stateOfHealth": "offline"},
    ]
}
DEVICE = {"NxID": "{0c0c0c0c-1111-4111-8111-111111111111}", "Name": "Door", "nxAI": {"pipelines": []}}
SEEN = [{"UUID": each, "Name": each[-1], "UpdatedAt": "2026-11-01T10:00:00Z"} for each in (ONE, TWO)]


@pytest.fixture
def cloud(new_server: Any) -> Any:
    return new_server()


@pytest.fixture
def api(new_transport: Any, cloud: Any) -> DeviceApi:
    return DeviceApi(new_transport(cloud_url=cloud.url))


class TestNoSites:
    def test_those_of_the_identity_provider_are_taken(self, server: Any, cloud: Any, api: Any, reply: Any) -> None:
        server.answer(reply(data=[]))
        cloud.answer(reply(data=CLOUD), reply(data=CLOUD))
        for _time in (1, 2):  # from the second time on there at once
            assert [site.name for site in api.list_sites()] == ["HQ", "Depot"]
        assert (len(server.requests), len(cloud.requests)) == (1, 2)
        assert api._transport.findings.found["operations.list_sites.path"] == "/cdb/systems"
        assert not api.doubt_of_no_sites

    def test_where_both_have_none_there_are_none(self, server: Any, cloud: Any, api: Any, reply: Any) -> None:
        server.answer(reply(data=[]), reply(data=[]))
        cloud.answer(reply(data={"systems": []}), reply(data={"systems": []}))
        assert api.list_sites() == [] and not api.doubt_of_no_sites
        assert find_use(api, [MODEL]).devices == {MODEL: []}
        assert "operations.list_sites.path" not in api._transport.findings.found

    @pytest.mark.parametrize("status", [403, 404])
    def test_without_a_second_list_it_is_not_known(
        self, server: Any, cloud: Any, api: Any, reply: Any, status: int
    ) -> None:
        server.answer(reply(data=[]))
        cloud.answer(reply(status))
        with pytest.raises(Unexpected, match=f"lists no site, and .*HTTP {status}") as caught:
            find_use(api, [MODEL])
        assert "operations.list_sites.path" in caught.value.advice

    def test_nor_without_cloud_url_and_that_is_said_once(self, server: Any, new_transport: Any, reply: Any) -> None:
        said: list[str] = []
        transport = new_transport()
        transport.voice = type(transport.voice)(warn=said.append)
        api = DeviceApi(transport)
        server.answer(reply(data=[]), reply(data=[]), reply(data=[]))
        assert api.list_sites() == api.list_sites() == []
        assert len(said) == 1 and "cloud_url is not set" in said[0] and "operations.list_sites.path" in said[0]
        with pytest.raises(NxaiError, match="lists no site"):
            find_use(api, [MODEL])

    def test_the_list_of_the_identity_provider_is_its_own_witness(
        self, cloud: Any, new_transport: Any, reply: Any
    ) -> None:
        contract = {"operations": {"list_sites": {"api": "cloud", "path": "/cdb/systems"}}}
        api = DeviceApi(new_transport(cloud_url=cloud.url, contract=contract))
        cloud.answer(reply(data={"systems": []}))
        assert api.list_sites() == [] and not api.doubt_of_no_sites


class TestNothingShown:
    """``handle`` answers by path: sites are read side by side."""

    @pytest.fixture
    def devices(self, server: Any, reply: Any) -> dict[str, Any]:
        """By the id of a site what it shows, or the status of an error."""
        shown: dict[str, Any] = {}

        def handle(request: Any) -> Any:
            data = SEEN if request.path.endswith("/systems") else shown[request.path.split("/")[3]]
            if isinstance(data, int):
                return reply(data)
            return reply(data=data, headers={"X-Pagination-Records": str(len(data))})

        server.handle = handle
        return shown

    def test_where_no_site_shows_a_device_no_use_is_known(self, api: Any, devices: dict[str, Any]) -> None:
        devices.update({ONE: [], TWO: []})
        with pytest.raises(Unexpected, match="none of the 2 sites shows a device") as caught:
            find_use(api, [MODEL])
        assert "operations.list_devices.path" in caught.value.advice
        assert len(caught.value.result["unread_sites"]) == 2

    @pytest.mark.parametrize(("state", "off_line"), [("offline", True), ("online", False), ("", False)])
    def test_the_second_list_says_whether_a_site_that_is_not_found_is_off_line(
        self, cloud: Any, api: Any, reply: Any, devices: dict[str, Any], state: str, off_line: bool
    ) -> None:
        devices.update({ONE: [DEVICE], TWO: 404})
        told = reply(data={"systems": [{"id": TWO, "name": "Depot", "stateOfHealth": state}]})
        cloud.answer(told, told)
        reader = SiteReader(api, 1)
        _devices, error = reader.read(reader.all(), api.list_devices)
        assert isinstance(error, NxaiError)
        assert isinstance(error, SiteOffLine) is off_line
        if off_line:
            assert [each["site"] for each in find_use(api, [MODEL]).unread] == [TWO]
        else:
            with pytest.raises(NxaiError, match="404"):
                find_use(api, [MODEL])
