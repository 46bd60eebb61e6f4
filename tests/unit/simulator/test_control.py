# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control interface under /_sim, and that it is off unless asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from simulator_calls import Calls

from simulator.testing import Served, serve

Ask = Callable[..., Any]
SHOP = "shop.example"
FOREIGN = (SHOP, f"{SHOP}:80", f"localhost.{SHOP}", f"127.0.0.1.{SHOP}", "10.1.2.3", "[::2]", "a@localhost", "")


@pytest.fixture
def ask(simulator: Served) -> Ask:
    def sent(method: str, path: str, data: Any = None, status: int = 200) -> Any:
        options = {"data": data.encode()} if isinstance(data, str) else {"json": data}
        answer = requests.request(method, f"{simulator.url}/_sim{path}", timeout=10, **options)
        assert answer.status_code == status, answer.text
        return answer.json()

    return sent


def test_it_is_off_unless_asked_for() -> None:
    with serve() as served:
        assert requests.get(f"{served.url}/_sim", timeout=10).status_code == 404


def test_seed_by_numbers_and_by_yaml_then_reset(simulator: Served, ask: Ask) -> None:
    assert ask("POST", "/seed", {"generate": {"sites": 3, "models": 2}})["counts"]["sites"] == 3
    assert ask("POST", "/seed", "sites:\n  - name: One\n")["counts"] == {
        "organisations": 1, "accounts": 1, "catalogues": 0, "models": 0, "sites": 1,
    }  # fmt: skip
    Calls(simulator).send("POST", "/cpt/catalogues", json={"Name": "x"})
    assert ask("POST", "/reset")["counts"]["catalogues"] == 0
    assert ask("GET", "")["counts"]["sites"] == 1


def test_objects_can_be_added(simulator: Served, ask: Ask) -> None:
    simulator.reset(sites=1)
    document = "models: [{name: More}]\nsites: [{name: Second, servers: [{name: S, devices: [Door]}]}]\n"
    assert ask("POST", "/add", document)["counts"]["sites"] == 2
    assert {row["Name"] for row in Calls(simulator).get("/dev/systems")} == {"Shop 001", "Second"}


@pytest.mark.parametrize(
    ("path", "data", "message"),
    [
        ("/seed", "sites: [", "not YAML"),
        ("/seed", "colour: red", "colour is not known"),
        ("/clock", {"advance": -1}, "time only moves ahead"),
        ("/clock", {"speed": "fast"}, "could not convert"),
        ("/quirks", {"cdn": "soon"}, "cdn must be one of"),
        ("/times", {"recrod": 1}, "recrod is not known"),
        ("/faults", {"kind": "boom"}, "kind must be one of"),
        ("/faults", {"operation": "x"}, "no kind"),
        ("/faults", {"kind": "reset", "nth": "first"}, "nth must be a number"),
        ("/restart", {"site": "nowhere"}, "there is no site"),
        ("/site", [], "must be a JSON object"),
    ],
)
def test_what_makes_no_sense_is_a_400_and_changes_nothing(
    simulator: Served, ask: Ask, path: str, data: Any, message: str
) -> None:
    simulator.reset(sites=1)
    assert message in ask("POST", path, data, 400)["error"]
    assert ask("GET", "")["counts"]["sites"] == 1


def test_time_can_jump_and_run_faster(ask: Ask) -> None:
    before = ask("GET", "/clock")["now"]
    after = ask("POST", "/clock", {"advance": 1000, "speed": 5})
    assert after["now"] - before >= 1000
    assert after["speed"] == 5


def test_faults_and_log_over_http(ask: Ask, calls: Calls) -> None:
    fault = {"kind": "status", "operation": "list_sites", "status": 500}
    assert ask("POST", "/faults", fault)[0]["times"] == 1
    assert [calls.send("GET", "/dev/systems").status_code for _time in range(2)] == [500, 200]
    log = ask("GET", "/log")
    assert (log["operations"], log["methods"]) == ({"list_sites": 2}, {"GET": 2})
    entry = {"method": "GET", "path": "/dev/systems", "operation": "list_sites", "status": 500}
    assert log["entries"][0] == {**entry, "bytes": 0, "fault": "status"}
    assert ask("DELETE", "/log")["entries"] == []
    assert ask("DELETE", "/faults") == ask("GET", "/faults") == []


def test_sites_servers_devices_and_models_can_be_altered(simulator: Served, ask: Ask, calls: Calls) -> None:
    simulator.reset(sites=1, devices=2, models=1)
    (site,), (model,) = simulator.world.sites, simulator.world.models
    (server,) = simulator.world.sites[site].servers
    first, second = simulator.world.sites[site].devices
    ask("POST", "/model", {"model": model, "fixed_status": "error"})
    ask("POST", "/server", {"site": site, "server": server, "plugin_version": "9"})
    ask("POST", "/device", {"site": site, "device": first, "enabled": False})
    assert ask("POST", "/restart", {"site": site, "devices": [second]}) == {"devices": 1}

    assert calls.model(model)["Status"] == "error"
    assert calls.get(f"/dev/system/{site}/servers")[0]["AIPluginVersion"] == "9"
    assert calls.put(site, [first, second]).status_code == 422
    ask("POST", "/announce", {"site": site, "server": server})
    assert calls.put(site, [second]).status_code == 200
    ask("POST", "/site", {"site": site, "online": False})
    assert calls.get(f"/dev/system/{site}/devices") == []
    ask("POST", "/device", {"site": site, "device": first, "enabled": "no"}, 400)


def test_a_hostile_service_by_seed(ask: Ask) -> None:
    assert ask("GET", "/hostile")["seed"] is None
    assert ask("POST", "/hostile", {"seed": 3})["seed"] == 3
    for wrong in ({}, {"seed": "x"}, {"seed": True}, {"seed": 1, "elsewhere": "ftp://x"}, {"seed": 1, "other": 2}):
        assert "error" in ask("POST", "/hostile", wrong, 400)
    assert ask("GET", "/hostile")["seed"] == 3
    assert ask("DELETE", "/hostile")["seed"] is None


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"Origin": "http://shop.example"}, "Origin"),
        ({"Origin": "null"}, "Origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "Sec-Fetch-Site"),
        ({"Sec-Fetch-Site": "same-site"}, "Sec-Fetch-Site"),
        *[({"Host": host}, "is not this simulator") for host in FOREIGN],
    ],
)
def test_a_web_page_reaches_no_control(simulator: Served, ask: Ask, headers: dict[str, str], word: str) -> None:
    before = ask("GET", "/clock")["speed"]
    answer = requests.post(f"{simulator.url}/_sim/clock", json={"speed": 77}, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert word in answer.json()["error"]
    assert ask("GET", "/clock")["speed"] == before != 77


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "sim.localhost", "127.0.0.1", "127.8.9.10:1", "[::1]:8080"]
)
def test_this_machine_reaches_it_by_any_of_its_own_names(simulator: Served, host: str) -> None:
    for path in ("/_sim", "/cpt/"):
        assert requests.get(simulator.url + path, headers={"Host": host}, timeout=10).status_code == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_that_was_made_to_lead_here_reaches_no_api(simulator: Served, calls: Calls, host: str) -> None:
    simulator.clear_log()
    answer = calls.send("GET", "/dev/systems", headers={"Host": host})
    assert (answer.status_code, answer.json()["Message"].split()[-1]) == (403, "on")
    assert simulator.log() == []


def test_who_listens_for_other_machines_may_be_called_by_any_name_but_not_controlled() -> None:
    with serve(control=True, host="0.0.0.0") as served:
        url = served.url.replace("0.0.0.0", "127.0.0.1")
        named = {"Host": "simulator.test:8080"}
        assert requests.get(f"{url}/cpt/", headers=named, timeout=10).status_code == 200
        assert requests.get(f"{url}/_sim", headers=named, timeout=10).status_code == 403
        assert requests.get(f"{url}/_sim", timeout=10).status_code == 200
