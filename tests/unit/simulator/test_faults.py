# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Injected faults, as a client meets them; and the log."""

from __future__ import annotations

import contextlib
import re
import socket
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from simulator_calls import Calls

from simulator.faults import KINDS
from simulator.hostile import BOMB, Draw
from simulator.names import HOSTILE, OPTION_LIKE
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
    simulator.fault("html")
    assert calls.send("GET", "/cpt/catalogues").headers["Content-Type"] == "text/html; charset=utf-8"
    simulator.fault("status", "issue_token", status=503)
    assert "resultCode" in requests.post(f"{simulator.url}/cdb/oauth2/token", timeout=10).json()


def test_a_reset_in_the_middle_of_an_upload(simulator: Served) -> None:
    simulator.fault("reset", "create_model", after_bytes=1_000_000)
    with pytest.raises(requests.ConnectionError):
        Calls(simulator).upload({"Name": "x"}, bytes(30_000_000))
    assert not simulator.world.models
    assert 1_000_000 <= simulator.log("create_model")[0].bytes < 30_000_000


def is_cut(ask: Callable[[], requests.Response]) -> bool:
    """From version 2 on, urllib3 itself makes an error of an answer that is not whole."""
    try:
        answer = ask()
    except requests.RequestException:
        return True
    return len(answer.content) < int(answer.headers["Content-Length"])


def test_an_answer_without_a_total(simulator: Served, calls: Calls) -> None:
    simulator.fault("pagination", "list_sites", records=None)
    assert "X-Pagination-Records" not in calls.send("GET", "/dev/systems").headers


def test_faults_of_the_connection_work_over_tls() -> None:
    with serve(tls=True) as served:
        for kind in ("reset", "truncate"):
            served.fault(kind)
            assert is_cut(lambda: requests.get(f"{served.url}/cpt/", verify=str(served.ca_path), timeout=10))
        assert requests.get(f"{served.url}/cpt/", verify=str(served.ca_path), timeout=10).status_code == 200


def test_an_unknown_kind_or_part_is_an_error(simulator: Served) -> None:
    with pytest.raises(ValueError, match="kind must be one of"):
        simulator.fault("explode")
    with pytest.raises(ValueError, match="part of bomb must be one of gzip, "):
        simulator.fault("bomb", part="atom")


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("continue", rb"(HTTP/1.1 100 Continue\r\n\r\n){3,}"),
        ("headers", rb"HTTP/1.1 200 OK\r\n.*\r\nX-Slow: a{3,}"),
        ("chunk", rb"HTTP/1.1 200 OK\r\n.*\r\n\r\nffffff\r\n {3,}"),
        ("extension", rb"HTTP/1.1 200 OK\r\n.*\r\n\r\n1;slow=a{3,}"),
    ],
)
def test_an_answer_that_never_ends(simulator: Served, part: str, expected: bytes) -> None:
    simulator.fault("drip", part=part, seconds=0.01)
    address = urlsplit(simulator.url)
    received = b""
    with socket.create_connection((address.hostname, address.port), 10) as client:
        client.sendall(b"GET /cpt/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not re.fullmatch(expected, received, re.DOTALL):
            received += client.recv(4096)
            assert len(received) < 4096
    assert statuses(Calls(simulator), 1) == [200]


@pytest.mark.parametrize("part", ["gzip", "gzip_twice", "deep", "listing"])
def test_a_few_bytes_that_stand_for_many(simulator: Served, part: str) -> None:
    simulator.fault("bomb", part=part)
    with requests.get(f"{simulator.url}/cpt/", stream=True, timeout=60) as answer:
        raw = answer.raw.read(decode_content=False)
    assert len(raw) < 13_000_000
    once = zlib.decompressobj(31).decompress(raw) if part == "gzip_twice" else raw
    if part.startswith("gzip"):
        unpacker, size = zlib.decompressobj(31), 0
        while once:
            size += len(unpacker.decompress(once, 1 << 24))
            once = unpacker.unconsumed_tail
        assert unpacker.eof and size == BOMB + 2
    else:
        assert raw.startswith({"deep": b"[[[[", "listing": b"[{},{},"}[part])


@pytest.mark.parametrize("part", ["error", "names", "headers"])
def test_what_was_sent_comes_back(simulator: Served, calls: Calls, part: str) -> None:
    simulator.reset(sites=20)
    simulator.fault("echo", "list_sites", part=part, status=400, secrets=["other-secret"])
    answer = calls.send("GET", "/dev/systems")
    token = calls.headers["Authorization"].removeprefix("Bearer ")
    assert token in (answer.headers["X-Debug"] if part == "headers" else answer.text)
    assert answer.status_code == (400 if part == "error" else 200)
    assert ("other-secret" in answer.text + answer.headers.get("X-Debug", "")) == (part != "names")


def test_strange_names_in_a_true_answer(simulator: Served, calls: Calls) -> None:
    simulator.reset(sites=20)
    simulator.fault("names", "list_sites", seed=5, times=2)
    first, again, honest = (calls.send("GET", "/dev/systems").json() for _time in range(3))
    assert first == again != honest
    assert [row["UUID"] for row in first] == [row["UUID"] for row in honest]
    assert 0 < sum(row["Name"] in (*HOSTILE, *OPTION_LIKE) for row in first) < 20


def test_the_seed_decides_what_each_request_meets_whatever_comes_between(simulator: Served) -> None:
    def met(seed: int, others: int) -> list[str]:
        draw = Draw(seed)
        found = []
        for _time in range(200):
            for _other in range(others):
                draw.next("list_models", "/cpt/functions", "GET", "h")
            found.append(str(draw.next("list_devices", "/dev/system/1/devices", "GET", "h")))
        return found

    assert met(1, 0) == met(1, 2) != met(2, 0)
    assert 200 * 0.5 < met(1, 0).count("None") < 200 * 0.8
    assert {kind for kind in KINDS if any(f"'kind': '{kind}'" in each for each in met(1, 0))} == {
        "status", "reset", "truncate", "drip", "html", "pagination", "bomb", "echo", "names",
    }  # fmt: skip


def test_a_hostile_service_begins_anew_with_the_world(simulator: Served, calls: Calls) -> None:
    simulator.be_hostile(5)
    simulator.clear_log()

    def met() -> list[str]:
        for _time in range(12):
            with contextlib.suppress(requests.RequestException):
                calls.send("GET", "/cpt/catalogues", timeout=1, stream=True, allow_redirects=False).close()
        return [entry.fault for entry in simulator.log("list_catalogues")]

    first = met()
    simulator.reset({})
    simulator.clear_log()
    assert met() == first != [""] * 12
    simulator.be_hostile(None)


def test_the_log_counts_and_keeps_no_secret(simulator: Served, calls: Calls) -> None:
    access = simulator.token()
    calls.upload({"Name": "x"}, bytes(5000))
    statuses(calls, 2, path="/dev/systems?token=hidden")
    requests.get(f"{simulator.url}/cdb/oauth2/token/{access}", timeout=10)
    requests.get(f"{simulator.url}/cpt/{access}/{access.removeprefix('nxcdb-')}", timeout=10)
    requests.get(f"{simulator.url}/cdb/account/self/2fa/totp/key/987654?token={access}", timeout=10)

    entries = simulator.log()
    upload = entries[0]
    assert (upload.path, upload.operation, upload.status) == ("/cpt/functions", "create_model", 200)
    assert 5000 < upload.bytes < 6000
    assert [entry.path for entry in entries[1:]] == [
        "/dev/systems", "/dev/systems", "/cdb/oauth2/token/***", "/cpt/***/***", "/cdb/account/self/2fa/totp/key/***",
    ]  # fmt: skip
    assert len(simulator.writes()) == 1
    simulator.clear_log()
    assert simulator.log() == []
