# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Injected faults, as a client meets them; and the log."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from simulator_calls import Calls, eventually

from simulator.testing import Served, serve


def statuses(calls: Calls, times: int, method: str = "GET", path: str = "/cpt/catalogues", **options: Any) -> list[int]:
    return [calls.send(method, path, **options).status_code for _time in range(times)]


def test_a_status_meets_the_nth_call_of_an_operation(simulator: Served, calls: Calls) -> None:
    simulator.fault("status", "list_catalogues", status=503, nth=2, times=2, headers={"Retry-After": "7"})
    assert statuses(calls, 1, path="/cpt/functions") == [200]
    assert statuses(calls, 4) == [200, 503, 503, 200]
    simulator.fault("status", path="/cpt/*", status=429, times=0)
    assert statuses(calls, 3) == [429, 429, 429]
    simulator.clear_faults()
    assert statuses(calls, 1) == [200]


def test_a_status_has_headers_and_a_body(simulator: Served, calls: Calls) -> None:
    simulator.fault("status", status=429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
    answer = calls.send("GET", "/cpt/catalogues")
    assert answer.headers["Retry-After"].startswith("Wed")
    assert answer.json()["Message"] == "Injected fault"
    simulator.fault("status", status=500, body={"secret": "Bearer x"})
    assert calls.send("GET", "/cpt/catalogues").json() == {"secret": "Bearer x"}
    simulator.fault("status", status=200, body="{not json")
    assert calls.send("GET", "/cpt/catalogues").text == "{not json"
    simulator.fault("status", "issue_token", status=503)
    assert "resultCode" in requests.post(f"{simulator.url}/cdb/oauth2/token", timeout=10).json()


def test_html_in_place_of_json(simulator: Served) -> None:
    simulator.fault("html", "list_catalogues")
    answer = Calls(simulator).send("GET", "/cpt/catalogues")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_delay(simulator: Served) -> None:
    simulator.fault("delay", seconds=0.2)
    start = time.monotonic()
    assert statuses(Calls(simulator), 1) == [200]
    assert time.monotonic() - start >= 0.2


@pytest.mark.parametrize("handled", [False, True])
def test_a_reset_before_or_after_the_request_takes_effect(simulator: Served, handled: bool) -> None:
    simulator.fault("reset", "create_catalogue", handled=handled)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        Calls(simulator).send("POST", "/cpt/catalogues", json={"Name": "x"})
    assert eventually(lambda: len(simulator.world.catalogues) == int(handled))
    assert [entry.status for entry in simulator.log("create_catalogue")] == [0]


def test_a_reset_in_the_middle_of_an_upload(simulator: Served) -> None:
    simulator.fault("reset", "create_model", after_bytes=1_000_000)
    with pytest.raises(requests.ConnectionError):
        Calls(simulator).upload({"Name": "x"}, bytes(30_000_000))
    assert not simulator.world.models
    assert 1_000_000 <= simulator.log("create_model")[0].bytes < 30_000_000


def test_an_error_after_the_request_took_effect(simulator: Served) -> None:
    simulator.fault("status", "create_catalogue", status=502, handled=True)
    assert statuses(Calls(simulator), 1, "POST", json={"Name": "x"}) == [502]
    assert len(simulator.world.catalogues) == 1


def test_an_answer_cut_short(simulator: Served) -> None:
    simulator.reset(sites=20)
    simulator.fault("truncate", "list_sites")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        Calls(simulator).send("GET", "/dev/systems")
    assert statuses(Calls(simulator), 1, path="/dev/systems") == [200]


def test_a_wrong_total_or_none(simulator: Served) -> None:
    simulator.reset(sites=3)
    calls = Calls(simulator)
    simulator.fault("pagination", "list_sites", records=7)
    assert calls.send("GET", "/dev/systems").headers["X-Pagination-Records"] == "7"
    simulator.fault("pagination", "list_sites", records=None)
    assert "X-Pagination-Records" not in calls.send("GET", "/dev/systems").headers


def test_faults_of_the_connection_work_over_tls() -> None:
    with serve(tls=True) as served:
        for kind in ("reset", "truncate"):
            served.fault(kind)
            with pytest.raises(requests.RequestException):
                requests.get(f"{served.url}/cpt/", verify=str(served.ca_path), timeout=10)
        assert requests.get(f"{served.url}/cpt/", verify=str(served.ca_path), timeout=10).status_code == 200


def test_an_unknown_kind_is_an_error(simulator: Served) -> None:
    with pytest.raises(ValueError, match="kind must be one of"):
        simulator.fault("explode")


def test_the_log_counts_and_keeps_no_secret(simulator: Served, calls: Calls) -> None:
    access = simulator.token()
    calls.upload({"Name": "x"}, bytes(5000))
    statuses(calls, 2, path="/dev/systems?token=hidden")
    requests.get(f"{simulator.url}/cdb/oauth2/token/{access}", timeout=10)
    requests.get(f"{simulator.url}/cpt/{access}/{access.removeprefix('nxcdb-')}", timeout=10)
    requests.get(f"{simulator.url}/cdb/account/self/2fa/totp/key/987654?token={access}", timeout=10)

    entries = simulator.log()
    upload = entries[0]
    assert (upload.method, upload.path, upload.operation, upload.status) == (
        "POST",
        "/cpt/functions",
        "create_model",
        200,
    )
    assert 5000 < upload.bytes < 6000
    assert [entry.path for entry in entries[1:]] == [
        "/dev/systems", "/dev/systems", "/cdb/oauth2/token/***", "/cpt/***/***", "/cdb/account/self/2fa/totp/key/***",
    ]  # fmt: skip
    assert len(simulator.writes()) == 1
    simulator.clear_log()
    assert simulator.log() == []
