# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What first contact finds out of scopes, of whom one acts for, and of totals; and where it asks instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from first_contact_world import WORLD, Meet, contract
from module_runs import RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._http.answer import Answer
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served

Send = Callable[..., Any]
ONE_PARTY = (
    WORLD.replace("partners: [Partner]\n", "").replace(", partner: Partner", "").replace(", partners: [Partner]", "")
)


@pytest.fixture
def meet(cloud: Served, run_module: RunModule, tmp_path: Path) -> Meet:
    cloud.reset(seed=WORLD)
    return lambda **options: run_module("nxai_first_contact", **{"dir": str(tmp_path), **options})


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Transport, Any, Any, Send], Any]], None]:
    """Put something around each call: it gets transport, operation, members, and how to send."""
    usual = Transport.send

    def put(change: Callable[[Transport, Any, Any, Send], Any]) -> None:
        def sends(self: Transport, operation: Any, **members: Any) -> Any:
            return change(self, operation, members, lambda: usual(self, operation, **members))

        monkeypatch.setattr(Transport, "send", sends)

    return put


class TestAScope:
    @pytest.fixture
    def asked(self, around: Any, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
        """What is sent to a provider that gives nothing without a scope."""
        monkeypatch.delenv("NXAI_TOKEN")
        requests: list[dict[str, str]] = []

        def change(_transport: Transport, operation: Any, members: Any, send: Send) -> Any:
            if operation.name == "issue_token":
                requests.append(dict(members["json"]))
                if "scope" not in members["json"]:
                    raise Refused("POST", "HTTP 400 Bad Request: scope is missing", status=400)
            return send()

        around(change)
        return requests

    def test_it_is_found_before_the_password_goes_out(
        self, meet: Meet, cloud: Served, asked: list[dict[str, str]], tmp_path: Path
    ) -> None:
        result = meet(username="demo@example.com", password="demo")
        assert contract(tmp_path) == {"auth": {"scope": f"{cloud.url}/ cloudSystemId=*"}} == result["contract"]
        with_password = [each for each in asked if "password" in each]
        assert len(with_password) == 1 and with_password[0]["scope"] == f"{cloud.url}/ cloudSystemId=*"

    def test_the_option_is_what_is_asked_with(self, meet: Meet, asked: list[dict[str, str]], tmp_path: Path) -> None:
        meet(username="demo@example.com", password="demo", token_scope="cloudSystemId=*")
        assert {each.get("scope") for each in asked} == {"cloudSystemId=*"} and contract(tmp_path) is None


class TestWhomOneActsFor:
    @pytest.fixture
    def wanted(self, around: Any) -> None:
        def change(transport: Transport, operation: Any, _members: Any, send: Send) -> Any:
            known = transport.settings.act_as is not None
            if operation.signed and operation.api != "cloud" and not known:
                raise Refused("GET", "HTTP 403 Forbidden: X-Act-As-Kind and X-Act-As-ID are required", status=403)
            return send()

        around(change)

    @pytest.mark.usefixtures("wanted")
    def test_the_only_one(self, meet: Meet, cloud: Served, tmp_path: Path) -> None:
        cloud.reset(seed=ONE_PARTY)
        [uuid] = cloud.world.organisations
        result = meet()
        assert contract(tmp_path) == {"auth": {"act_as": {"kind": "organization", "id": uuid}}}
        assert result["stages"]["read"]["status"] == "ok" and result["questions"] == []

    @pytest.mark.usefixtures("wanted")
    def test_of_two_it_asks(self, meet: Meet, tmp_path: Path) -> None:
        result = meet()
        assert result["failed"] and contract(tmp_path) is None
        assert any(each.startswith("auth.act_as: for whom do you act? organization") for each in result["questions"])

    def test_nobody_where_it_is_not_asked_for(self, meet: Meet, cloud: Served, tmp_path: Path) -> None:
        cloud.reset(seed=ONE_PARTY)
        meet()
        assert contract(tmp_path) is None


class TestTotals:
    @pytest.fixture
    def wrong(self, around: Any) -> Callable[..., None]:
        """The totals of these listings count two more."""

        def make(*names: str) -> None:
            def change(_transport: Transport, operation: Any, _members: Any, send: Send) -> Any:
                answer: Answer = send()
                told = answer.headers.get("X-Pagination-Records") if operation.name in names else None
                return answer if told is None else replace(answer, headers={"X-Pagination-Records": str(int(told) + 2)})

            around(change)

        return make

    def test_that_are_all_wrong_are_not_believed(self, meet: Meet, wrong: Any, tmp_path: Path) -> None:
        wrong("list_models", "list_catalogues", "list_sites", "list_devices", "list_servers")
        meet()
        assert contract(tmp_path)["fields"] == {"answer": {"total": ""}}

    def test_one_that_is_right_speaks_for_all(self, meet: Meet, wrong: Any, tmp_path: Path) -> None:
        """The listing that has less may well be cut short."""
        wrong("list_models")
        meet()
        assert "fields" not in (contract(tmp_path) or {})
