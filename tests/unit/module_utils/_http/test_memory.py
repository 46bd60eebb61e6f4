# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What many answers take together: sixteen at a time, each as large as it may be, and what is made of them kept."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import (
    LIST_CATALOGUES,
    LIST_DEVICES,
    LIST_GROUPS,
    LIST_MODELS,
    LIST_SERVERS,
    LIST_SITES,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._http import memory
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import Operation
from tools.cost import MOST_MEMORY, cost_of

MIB = 1 << 20
EMOJI = "\U0001f600".encode()
SIXTEEN = """
import ansible.executor.task_executor  # as a task has it in memory
from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Site
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import SiteReader
options = {"api_url": sys.argv[1], "token": "tok-secret-0123456789abcdef0123456789abcdef", "retries": 0, "timeout": 300}
with Client.from_options(options) as client:
    sites = [Site.from_api({"id": str(number)}) for number in range(18)]
    found = SiteReader(client.device, 16).read(sites, client.device.list_devices)
    raise ValueError(str({str(each)[-300:] if isinstance(each, Exception) else "rows" for each in found}))
"""


def text(mebibytes: int) -> bytes:
    """One character of it makes all others four bytes wide."""
    return b"x" * (mebibytes * MIB) + EMOJI


def names(site: int) -> bytes:
    """Members whose names come once: few enough in each answer."""
    each = itertools.count(site * 1_000_000)
    rows = (
        b'{"NxID":"%d",%s}' % (next(each), b",".join(b'"%x":"ab"' % next(each) for _name in range(22)))
        for _row in "x" * 800
    )
    return b"[%s]" % b",".join(rows)


HOSTILE: dict[str, tuple[Callable[[int], bytes], str]] = {
    "no list": (lambda _site: b'"%s"' % text(26), "not a list of objects"),
    "wide text": (lambda _site: b'"%s"' % text(30), "it would take more than 216 MiB of memory"),
    "no JSON": (lambda _site: b'["%s' % (b"x" * (30 * MIB)), "Run the task again. If it stays"),
    "objects": (lambda _site: b"[%s0]" % (b'{"a":{"b":0}},' * 300_000), "a list with something else in it"),
    "escapes": (lambda _site: b'["\\\\u0041%s' % (b"x" * (47 * MIB)), "Run the task again. If it stays"),
    "depth": (lambda _site: b"[%s0]" % ((b"[" * 120 + b"]" * 120 + b",") * 2000), "nested more than 100 deep"),
    "rows with wide text": (lambda site: b'[{"NxID":"%d","x":"%s"}]' % (site, text(9)), "with what was read before"),
    "rows of objects": (
        lambda site: b'[{"NxID":"%d","x":[%s0]}]' % (site, b'{"a":0},' * 90_000),
        "with what was read before",
    ),
    "names": (names, "rows"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_sixteen_at_a_time(server: Any, reply: Any, kind: str) -> None:
    make, said = HOSTILE[kind]
    server.handle = lambda request: reply(body=make(int(request.path.split("/")[-2])))
    found = cost_of(SIXTEEN, server.url)
    assert said in found.said and found.mebibytes < MOST_MEMORY, (found.mebibytes, found.said[:2000])


@pytest.mark.parametrize("fate", ["cut", "flood", "gzip"])
def test_sixteen_that_do_not_end_well(server: Any, reply: Any, fate: str) -> None:
    content = b" " * (60 * MIB)
    packed = gzip.compress(content) if fate == "gzip" else content
    headers = {"Content-Encoding": "gzip"} if fate == "gzip" else {}
    server.handle = lambda _request: reply(body=packed, headers=headers, fate="cut" if fate == "cut" else "answer")
    found = cost_of(SIXTEEN, server.url)
    said = {"cut": "connection broke", "flood": "it does not end", "gzip": "more than 48 MiB"}[fate]
    assert said in found.said and found.mebibytes < MOST_MEMORY, (found.mebibytes, found.said[:2000])


def test_who_waits_for_a_turn_does_not_wait_past_its_time(new_transport: Any) -> None:
    """Each drips until its own time is over. The first has its turn for longer than the others have time."""

    def drip(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(MIB)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n[" + b" " * 700_000)
            while True:
                time.sleep(0.1)
                connection.sendall(b" ")
                held.set()

    def serve() -> None:
        for _site in range(6):
            threading.Thread(target=drip, args=(listening.accept()[0],), daemon=True).start()

    def ask(site: int) -> tuple[float, str]:
        assert site == 0 or held.wait(5)
        began = time.monotonic()
        with pytest.raises(AnswerLost) as caught:
            transport.send(operations[site > 0], path={"site_id": str(site)})
        return time.monotonic() - began, caught.value.answer

    held = threading.Event()
    # Names of their own: those of the table are looked up.
    operations = [replace(LIST_DEVICES, name=f"quick{limit}", time_limit=limit) for limit in (1.8, 1)]
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(6) as callers:
        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        transport = new_transport(api_url=url, timeout=0.9, retries=0)
        took, said = zip(*callers.map(ask, range(6)), strict=True)
    assert max(took) < 2.5
    late = "too many large answers came at once, and its turn did not come in time"
    assert set(said) == {"the answer did not end in time", late}


def rows(count: int, each: int, start: int = 0) -> list[dict[str, str]]:
    return [{"UUID": str(number), "x": "x" * each} for number in range(start, start + count)]


def test_who_looks_again_has_room(server: Any, new_transport: Any, reply: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_MEMORY", 5 * MIB)
    server.handle = lambda _request: reply(data=[{"x": "x" * MIB}])
    transport = new_transport(retries=0)
    for _turn in range(5):
        assert transport.send(LIST_MODELS).data


def test_no_thread_is_left(server: Any, new_transport: Any, reply: Any) -> None:
    def readers() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("answers")]

    server.answer(*[reply(data=[{"x": "x" * MIB}])] * 2)
    transport = new_transport(retries=0)
    for _use in range(2):  # the lookup closes its client, and takes it again
        transport.send(LIST_MODELS)
        assert len(readers()) == 1
        transport.close()
        assert readers() == []


def test_what_is_kept_leaves_less_room(
    server: Any, new_transport: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_MEMORY", 7 * MIB // 2)
    server.handle = lambda _request: reply(data=[{"x": "x" * MIB}])
    transport = new_transport(retries=0)
    transport.send(LIST_MODELS)
    with pytest.raises(Unexpected, match=r"HTTP 200, but with what was read before .* Name fewer sites"):
        transport.send(LIST_SITES)


def test_devices_of_usual_size_take_no_room_from_others(
    server: Any, new_transport: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_MEMORY", 4 * MIB)
    transport = new_transport(retries=0)
    for site in range(8):
        server.answer(reply(data=rows(300, 3000)))
        assert len(transport.send(LIST_DEVICES, path={"site_id": str(site)}).data) == 300


@pytest.mark.parametrize("operation", [LIST_MODELS, LIST_SITES, LIST_GROUPS, LIST_CATALOGUES, LIST_SERVERS])
def test_rows_that_are_no_devices_take_room_however_small(
    server: Any, new_transport: Any, reply: Any, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    """They would be kept up to the size of an estate: half a gigabyte of models."""
    monkeypatch.setattr(memory, "MOST_MEMORY", 4 * MIB)
    server.handle = lambda _request: reply(data=rows(3000, 20))
    transport = new_transport(retries=0)

    def read(pages: int) -> None:
        for page in range(pages):
            transport.send(operation, path={"site_id": "1"}, query={"Offset": str(page)})

    with pytest.raises(Unexpected, match="with what was read before it would take more than"):
        read(pages=8)
    assert 1 < len(server.requests) < 8


def test_an_estate_has_a_largest_size(
    server: Any, new_transport: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_KEPT", 2 * MIB)
    transport = new_transport(retries=0)
    server.answer(*(reply(data=rows(300, 3000)) for _site in range(3)))
    transport.send(LIST_DEVICES, path={"site_id": "0"})
    transport.send(LIST_DEVICES, path={"site_id": "1"})
    with pytest.raises(Unexpected, match="with all that was read before it would take more than 2 MiB"):
        transport.send(LIST_DEVICES, path={"site_id": "2"})
