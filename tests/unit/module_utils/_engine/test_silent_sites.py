# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites that are only at the identity provider, and sites that do not show what they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.device import DeviceApi
from ansible_collections.nxai.cloud.plugins.module_utils._api.page import NoList
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    Incomplete,
    NxaiError,
    Refused,
    Unexpected,
)
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import (
    NoSuchSite,
    SiteOffLine,
    SiteReader,
    is_off_line,
)
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import relied_on

ONE, TWO, GONE = (f"0b0e7f4c-1111-4222-8333-44445555666{digit}" for digit in "123")
ROWS = [
    {"id": ONE, "name": "HQ", "status": "activated", "stateOfHealth": "online", "version": "6.1"},
    {"id": TWO, "name": "Depot", "status": "activated", "stateOfHealth": "offline"},
]


class TestElsewhere:
    @pytest.fixture
    def cloud(self, new_server: Any) -> Any:
        return new_server()

    @pytest.fixture
    def api(self, new_transport: Any, cloud: Any) -> DeviceApi:
        return DeviceApi(new_transport(cloud_url=cloud.url))

    def test_after_a_404_the_identity_provider_is_asked(self, server: Any, cloud: Any, api: Any, reply: Any) -> None:
        server.answer(reply(404))
        cloud.answer(reply(data={"systems": ROWS}), reply(data={"systems": ROWS}))
        for _time in (1, 2):  # from the second time on there at once
            assert [(site.id, site.name, site.online) for site in api.list_sites()] == [
                (ONE, "HQ", True),
                (TWO, "Depot", False),
            ]
        assert (server.paths(), cloud.paths()) == (["GET /dev/systems"], ["GET /cdb/systems"] * 2)
        assert cloud.requests[0].query == {}
        found = dict(api._transport.findings.found)
        assert found.pop("fields.answer.rows") == ["", "systems"]
        assert found == {"operations.list_sites.api": "cloud", "operations.list_sites.path": "/cdb/systems"}

    @pytest.mark.parametrize("status", [400, 401, 403, 405, 500, 501])
    def test_not_after_anything_else(self, server: Any, cloud: Any, api: Any, reply: Any, status: int) -> None:
        server.answer(*[reply(status)] * 3)
        with pytest.raises(Refused, match=f"HTTP {status}"):
            api.list_sites()
        assert cloud.requests == []

    def test_where_it_has_none_either_both_are_said(self, server: Any, cloud: Any, api: Any, reply: Any) -> None:
        for _time in (1, 2):
            server.answer(reply(404, {"Message": "no route"}))
            cloud.answer(reply(403, {"resultCode": "forbidden"}))
            with pytest.raises(Refused) as caught:
                api.list_sites()
            assert caught.value.tried == f"GET {server.url}/dev/systems" and caught.value.status == 404
            assert "no route" in caught.value.answer
            assert f"GET {cloud.url}/cdb/systems was tried, too: HTTP 403 Forbidden: forbidden" in caught.value.answer
            assert "operations.list_sites.path (inferred)" in caught.value.advice
        assert len(cloud.requests) == 2
        assert api._transport.findings.found == {}

    def test_not_without_cloud_url(self, server: Any, transport: Any, reply: Any) -> None:
        server.answer(reply(404))
        with pytest.raises(Refused):
            DeviceApi(transport).list_sites()
        assert len(server.requests) == 1

    def test_not_where_the_contract_says_where_they_are(
        self, server: Any, cloud: Any, new_transport: Any, reply: Any
    ) -> None:
        server.answer(reply(404))
        contract = {"operations": {"list_sites": {"path": "/sites"}}}
        with pytest.raises(Refused):
            DeviceApi(new_transport(cloud_url=cloud.url, contract=contract)).list_sites()
        assert cloud.requests == []


def site(online: bool | None, identifier: str = ONE) -> Site:
    told = {} if online is None else {"online": online}
    return Site.from_api({"id": identifier, "name": "HQ", **told})


def refusal(status: int, text: str = "") -> Refused:
    return Refused("GET /x", f"HTTP {status}: {text}", status=status)


NULL = NoList("GET /x", "null")
WORDS = "The system is offline"


class TestOffLine:
    @pytest.mark.parametrize(
        "error",
        [refusal(404), refusal(409), refusal(422), refusal(500), refusal(503), NULL, Unexpected("GET /x", "a message")],
        ids=str,
    )
    def test_a_site_that_is_listed_so_may_say_it_in_any_way(self, error: NxaiError) -> None:
        assert is_off_line(site(False), error)

    @pytest.mark.parametrize(
        "error",
        [refusal(401), refusal(403, WORDS), refusal(429), AnswerLost("GET /x", "b"), Incomplete("GET /x", "c")],
        ids=str,
    )
    def test_but_not_in_these(self, error: NxaiError) -> None:
        assert not is_off_line(site(False), error)

    @pytest.mark.parametrize(
        "error", [refusal(404), refusal(409, WORDS), refusal(503, "It is not connected"), NULL], ids=str
    )
    def test_of_one_whose_listing_does_not_tell(self, error: NxaiError) -> None:
        assert is_off_line(site(None), error)
        assert not is_off_line(site(True), error)

    @pytest.mark.parametrize(
        "error", [refusal(409), refusal(503), refusal(500, WORDS), Unexpected("GET /x", WORDS)], ids=str
    )
    def test_but_without_words_it_is_not_known(self, error: NxaiError) -> None:
        assert not is_off_line(site(None), error)


class Api:
    """Lists these sites, and of each what it is told to."""

    def __init__(self, sites: list[Site], **holds: Any) -> None:
        self.sites, self.holds, self.listed = sites, holds, 0

    def list_sites(self) -> list[Site]:
        self.listed += 1
        return self.sites

    def site_as_sent(self, site_id: str) -> str:
        return site_id

    def list_devices(self, site_id: str) -> list[str]:
        found = self.holds["one" if site_id == ONE else "two"]
        if isinstance(found, NxaiError):
            raise found
        return list(found)


class TestReader:
    def read(self, api: Any, *wanted: Site) -> list[Any]:
        return SiteReader(api, 2).read(wanted, api.list_devices)

    @pytest.mark.parametrize("online", [None, False])
    @pytest.mark.parametrize("error", [refusal(404), NULL], ids=str)
    def test_a_site_that_may_be_off_line_is(self, online: bool | None, error: NxaiError) -> None:
        sites = [site(online), site(True, TWO)]
        one, two = self.read(Api(sites, one=error, two=["Door"]), *sites)
        assert isinstance(one, SiteOffLine) and "look at the site HQ: it is off-line" in str(one)
        assert two == ["Door"]

    def test_where_no_site_shows_anything_the_call_may_be_wrong(self) -> None:
        """Nothing says then that the service has such a listing at all."""
        sites = [site(None), site(None, TWO)]
        found = self.read(Api(sites, one=refusal(404), two=NULL), *sites)
        assert [type(each) for each in found] == [Refused, NoList]
        assert "The list of sites has HQ, and not as off-line." in found[0].advice
        assert "fields.site.status (inferred)" in found[0].advice

    def test_one_that_is_listed_as_off_line_needs_no_other(self) -> None:
        sites = [site(False)]
        assert [type(each) for each in self.read(Api(sites, one=refusal(404)), *sites)] == [SiteOffLine]

    @pytest.mark.parametrize(
        ("listed", "kind"), [([site(False)], SiteOffLine), ([site(True)], Refused), ([], NoSuchSite)]
    )
    def test_one_that_was_given_by_its_id_is_looked_up(self, listed: list[Site], kind: type) -> None:
        api = Api(listed, one=refusal(404))
        assert [type(each) for each in self.read(api, Site.from_api({"id": ONE}))] == [kind]
        assert api.listed == 1

    def test_a_listing_of_sites_that_fails_does_not_hide_what_happened(self) -> None:
        class Broken(Api):
            def list_sites(self) -> list[Site]:
                raise Unexpected("GET /systems", "null")

        [found] = self.read(Broken([], one=refusal(404)), Site.from_api({"id": ONE}))
        assert isinstance(found, NoSuchSite)

    def test_a_line_that_is_named_is_enough(self) -> None:
        known = Refused("GET /x", "HTTP 404", f"Look. {relied_on('operations.list_servers.path', 'inferred')}", 404)
        assert self.read(Api([site(True)], one=known), site(True)) == [known]

    def test_other_errors_stay_what_they_are(self) -> None:
        sites = [site(None), site(True, TWO)]
        make: Callable[..., Any] = lambda **holds: self.read(Api(sites, **holds), *sites)  # noqa: E731
        lost, forbidden = AnswerLost("GET /x", "gone"), refusal(403)
        assert make(one=lost, two=forbidden) == [lost, forbidden]
