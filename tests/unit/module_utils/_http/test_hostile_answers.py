# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service, or a proxy, that drips, floods, lies about lengths or packs a bomb: each end is an error in time."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import CREATE_MODEL, LIST_MODELS
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, NxaiError, Refused, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._http import memory
from ansible_collections.nxai.cloud.plugins.module_utils._http.multipart import Multipart

OK = b"HTTP/1.1 200 OK\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# Under names of their own: those of the table are looked up there.
QUICK = replace(LIST_MODELS, name="quick", time_limit=0.5)
SLOW = replace(LIST_MODELS, name="slow", time_limit=5)
MIB = 1 << 20


class Service:
    """Sends bytes to whoever connects: what ``sends`` gives, block by block."""

    def __init__(self) -> None:
        self.sends: Callable[[], Iterable[bytes]] = lambda: [OK + b"Content-Length: 3\r\n\r\n[1]"]
        self.heads: list[bytes] = []
        self.over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with self._listening:
            while not self.over.is_set():
                with contextlib.suppress(OSError), self._listening.accept()[0] as connection:
                    self.heads.append(connection.recv(MIB))
                    for block in self.sends():
                        if self.over.is_set():
                            break
                        connection.sendall(block)

    def close(self) -> None:
        self.over.set()
        self._thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.close()


@pytest.fixture
def transport(service: Service, new_transport: Callable[..., Any]) -> Any:
    return new_transport(api_url=f"http://127.0.0.1:{service.port}", timeout=0.4, retries=0)


def dripping(start: bytes, drop: bytes = b"x", seconds: float = 0.05) -> Callable[[], Iterator[bytes]]:
    def send() -> Iterator[bytes]:
        yield start
        for _turn in itertools.count():
            time.sleep(seconds)
            yield drop

    return send


def flooding(start: bytes, block: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: itertools.chain([start], itertools.repeat(block))


class TestTime:
    @pytest.mark.parametrize(
        ("start", "drop"),
        [
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            (b"", HINTS),
            (b"", b"H"),
            (OK, b"X-A: b\r\n"),
            (OK + b"X-A: ", b"x"),
            (OK + b"Content-Length: 100000\r\n\r\n", b"x"),
            (OK + b"\r\n", b"x"),
            (CHUNKED, b"1\r\nx\r\n"),
            (CHUNKED + b"100000\r\n", b"x"),
            (CHUNKED + b"1;", b"x"),
            (CHUNKED + b"0\r\n", b"X-A: b\r\n"),
            (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x", mtime=0)[:10], b"\x00"),
            (b"HTTP/1.1 500 Bad\r\nContent-Length: 100000\r\n\r\n", b"x"),
        ],
        ids=[
            *("continue", "hints", "status", "headers", "header", "body", "open-body", "chunks", "chunk"),
            *("extension", "trailers", "gzip", "error"),
        ],
    )
    def test_a_dripping_answer_ends_at_its_deadline(
        self, service: Service, transport: Any, start: bytes, drop: bytes
    ) -> None:
        service.sends = dripping(start, drop)
        began = time.monotonic()
        with pytest.raises(NxaiError, match=r"did not end in time|cannot be read|100 headers") as caught:
            transport.send(QUICK)
        assert time.monotonic() - began < 2
        assert isinstance(caught.value, AnswerLost) or "gzip" in caught.value.answer

    def test_silence_is_still_silence(self, service: Service, transport: Any) -> None:
        service.sends = dripping(OK, b"X", 0.8)
        with pytest.raises(AnswerLost, match=r"no answer for 0\.4 s"):
            transport.send(SLOW)

    def test_a_slow_answer_within_its_time_is_read(self, service: Service, transport: Any) -> None:
        service.sends = lambda: (time.sleep(0.01) or bytes([each]) for each in OK + b"Content-Length: 2\r\n\r\n[]")
        assert transport.send(SLOW).data == []

    def test_a_proxy_that_drips_its_consent_is_given_up(self, service: Service, new_transport: Any) -> None:
        service.sends = dripping(b"HTTP/1.1 200 Open\r\n", b"X-A: b\r\n")
        proxy = f"http://127.0.0.1:{service.port}"
        transport = new_transport(api_url="https://cloud.test", proxy=proxy, timeout=0.4, retries=0)
        began = time.monotonic()
        with pytest.raises(NxaiError):
            transport.send(QUICK)
        assert time.monotonic() - began < 2
        assert service.heads[0].startswith(b"CONNECT cloud.test:443 ")

    def test_redirects_share_one_deadline(self, service: Service, transport: Any) -> None:
        there = b"HTTP/1.1 307 There\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        service.sends = lambda: (time.sleep(0.3) or each for each in [there])
        with pytest.raises(AnswerLost, match="did not end in time"):
            transport.send(QUICK)
        assert len(service.heads) == 2

    def test_an_upload_may_take_longer_than_its_answer(
        self, server: Any, new_transport: Any, reply: Any, tmp_path: Any
    ) -> None:
        file = tmp_path / "model.onnx"
        file.write_bytes(b"x" * (3 * (120 << 10)))
        server.answer(reply(data={"UUID": "x"}))
        transport = new_transport(timeout=0.4, retries=0)
        slow = Multipart({}, str(file), progress=lambda _sent, _total: time.sleep(0.3))
        assert transport.send(replace(CREATE_MODEL, name="quick", time_limit=0.4), body=slow).data == {"UUID": "x"}

    def test_the_next_request_has_all_of_its_time(self, server: Any, new_transport: Any, reply: Any) -> None:
        """A socket that is used again does not keep what was left of the deadline before."""
        server.answer(reply(data=[], fate="stall", seconds=0.3), reply(data=[1], fate="stall", seconds=0.3))
        transport = new_transport(timeout=0.4, retries=0)
        transport.send(QUICK)
        assert transport.send(QUICK).data == [1]


class TestBounds:
    @pytest.mark.parametrize(
        ("start", "block"),
        [
            (b"", b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n" * 100),
            (b"", HINTS * 100),
            (b"", b"H" * MIB),
            (OK, b"X-A: b\r\n" * 1000),
            (OK + b"X-A: ", b"x" * MIB),
            (CHUNKED + b"1;", b"x" * MIB),
            (CHUNKED + b"0\r\n", (b"X-A: " + b"b" * 60_000 + b"\r\n") * 10),
            (OK + b"\r\n", b"x" * MIB),
            (b"HTTP/1.1 500 Bad\r\n\r\n", b"x" * MIB),
        ],
        ids=["continue", "hints", "status", "headers", "header", "extension", "trailers", "body", "error"],
    )
    def test_a_flood_ends_in_little_memory(
        self, service: Service, transport: Any, start: bytes, block: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "MOST_BYTES", 8 * MIB)
        monkeypatch.setattr("ansible_collections.nxai.cloud.plugins.module_utils._http.wire.MOST_WIRE", 8 * MIB)
        service.sends = flooding(start, block)
        tracemalloc.start()
        with pytest.raises(NxaiError):
            transport.send(SLOW)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 40 * MIB

    def test_a_bomb_is_counted_as_it_unpacks(self, server: Any, new_transport: Any, reply: Any) -> None:
        bomb = gzip.compress(b"[" + b" " * (400 * MIB), 9)
        server.answer(reply(body=bomb, headers={"Content-Encoding": "gzip"}))
        tracemalloc.start()
        with pytest.raises(Unexpected, match="more than 48 MiB"):
            new_transport(retries=0).send(LIST_MODELS)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 220 * MIB

    def test_the_bomb_of_an_error_is_cut_early(self, server: Any, new_transport: Any, reply: Any) -> None:
        bomb = gzip.compress(b"no" * (40 * MIB), 9)
        server.answer(reply(403, body=bomb, headers={"Content-Encoding": "gzip"}))
        tracemalloc.start()
        with pytest.raises(Refused, match="HTTP 403"):
            new_transport(retries=0).send(LIST_MODELS)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3 * MIB

    @pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate", "zstd", "identity, gzip", "x"])
    def test_another_packing_is_refused(self, server: Any, transport_: Any, reply: Any, encoding: str) -> None:
        content = gzip.compress(gzip.compress(b"[1]"))
        server.answer(reply(body=content, headers={"Content-Encoding": encoding}))
        with pytest.raises(Unexpected, match="packed in another way"):
            transport_.send(LIST_MODELS)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (gzip.compress(b"[1]", mtime=0)[:-4], "cut short"),
            (gzip.compress(b"[1]", mtime=0) + b"x", "follows the end"),
            (b"[1]", "says that it is gzip and is not"),
        ],
    )
    def test_gzip_that_is_not_whole_is_refused(
        self, server: Any, transport_: Any, reply: Any, content: bytes, why: str
    ) -> None:
        server.answer(reply(body=content, headers={"Content-Encoding": "gzip"}))
        with pytest.raises(Unexpected, match=why):
            transport_.send(LIST_MODELS)

    def test_only_gzip_is_asked_for(self, server: Any, transport_: Any, reply: Any) -> None:
        server.answer(reply(data=[]))
        transport_.send(LIST_MODELS)
        assert server.requests[0].headers["Accept-Encoding"] == "gzip"

    @pytest.fixture
    def transport_(self, new_transport: Any) -> Any:
        return new_transport(retries=0)

    def test_a_page_of_50000_devices_is_not_too_much(self, server: Any, transport_: Any, reply: Any) -> None:
        pipeline = {"ModelUUID": "0b0e7f4c-1111-4222-8333-444455556666", "NMS": 0.5, "Preprocessor": "x" * 200}
        row = {
            "NxID": "0b0e7f4c-1111-4222-8333-444455556666",
            "Name": "x" * 60,
            "Server": "y" * 40,
            "nxAI": [pipeline] * 2,
        }
        server.answer(reply(data=[row] * 50_000))
        assert len(transport_.send(LIST_MODELS).data) == 50_000


class TestFraming:
    @pytest.mark.parametrize(
        ("head", "why"),
        [
            (b"Content-Length: 3\r\nContent-Length: 9\r\n", "more than once how long"),
            (b"Content-Length: 3\r\nContent-Length: 3\r\n", "more than once how long"),
            (b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "more than once how long"),
            (b"Transfer-Encoding: gzip, chunked\r\n", "not chunked"),
            (b"Transfer-Encoding: identity\r\n", "not chunked"),
            (b"Content-Length: -3\r\n", "not a number"),
            (b"Content-Length: 3, 3\r\n", "not a number"),
            (b"Content-Length: \xb2\r\n", "not a number"),
            (b"Content-Length: +3\r\n", "not a number"),
        ],
    )
    def test_an_end_that_is_not_said_in_one_way_is_refused(
        self, service: Service, transport: Any, head: bytes, why: str
    ) -> None:
        service.sends = lambda: [OK + head + b"\r\n[1]"]
        with pytest.raises(AnswerLost, match=f"not proper HTTP .*{why}"):
            transport.send(QUICK)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"[1]", "not proper HTTP"),  # HTTP/0.9
            (b"HTTP/1.1 OK\r\n\r\n", "not proper HTTP"),
            (b"HTTP/1.1 20000 OK\r\n\r\n", "not proper HTTP"),
            (b"HTTP/1.1 200 " + b"x" * MIB + b"\r\n\r\n", "not proper HTTP"),
            (OK + b"X-A: " + b"x" * MIB + b"\r\n\r\n[1]", "not proper HTTP"),
            (OK + b"X-A: b\r\n" * 101 + b"\r\n[1]", "not proper HTTP"),
            (OK + b"Content-Length: 9\r\n\r\n[1]", "connection broke"),
            (CHUNKED + b"3\r\n[1]\r\n", "connection broke"),
            (CHUNKED + b"x\r\n[1]\r\n", "connection broke"),
            (CHUNKED + b"-3\r\n[1]\r\n", r"connection broke|cannot be read"),
            (CHUNKED + b"ffffffffffffffffff\r\n[1]\r\n", "connection broke"),
        ],
        ids=[
            *("no-head", "no-status", "large-status", "long-status", "long-header", "many-headers", "longer"),
            *("no-last-chunk", "chunk-size", "negative-chunk", "endless-chunk"),
        ],
    )
    def test_what_is_no_whole_answer_is_an_error(
        self, service: Service, transport: Any, content: bytes, why: str
    ) -> None:
        service.sends = lambda: [content]
        with pytest.raises((AnswerLost, Unexpected), match=why) as caught:
            transport.send(QUICK)
        assert len(str(caught.value)) < 600

    @pytest.mark.parametrize("status", [100, 102, 103, 199])
    def test_what_comes_before_an_answer_is_passed_over(self, service: Service, transport: Any, status: int) -> None:
        early = HINTS.replace(b"103", b"%d" % status)
        service.sends = lambda: [early, HINTS, OK + b"Content-Length: 3\r\n\r\n[1]"]
        assert transport.send(QUICK).data == [1]

    def test_a_change_of_the_protocol_is_refused(self, service: Service, transport: Any) -> None:
        service.sends = lambda: [HINTS.replace(b"103", b"101")]
        with pytest.raises(AnswerLost, match=r"not proper HTTP .*another protocol"):
            transport.send(QUICK)

    def test_what_follows_an_answer_is_not_taken_for_the_next(self, service: Service, new_transport: Any) -> None:
        transport = new_transport(api_url=f"http://127.0.0.1:{service.port}")  # with retries: the service hangs up
        forged = OK + b'Content-Length: 8\r\n\r\n["evil"]'
        service.sends = lambda: [OK + b"Content-Length: 3\r\n\r\n[1]" + forged]
        assert [transport.send(QUICK).data for _turn in range(2)] == [[1], [1]]

    @pytest.mark.parametrize(
        "head",
        [
            b"X-A: b\r\n evil: c\r\n",
            b"Retry-After: 1\r\n evil\r\n",
            b"no colon\r\n",
            b": x\r\n",
            b"X-A: \x00\x1b[31m\r\n",
        ],
    )
    def test_odd_headers_reach_nobody(self, service: Service, transport: Any, head: bytes) -> None:
        service.sends = lambda: [b"HTTP/1.1 403 No\x1b[31m\r\n" + head + b"Content-Length: 0\r\n\r\n"]
        with pytest.raises(NxaiError) as caught:
            transport.send(QUICK)
        assert str(caught.value).isprintable()

    @pytest.mark.parametrize(
        "location",
        [
            b"//evil.example/x",
            b"/\r\n evil",
            b"http://evil.example#@127.0.0.1",
            b"http://[::1%25lo]/",
            b"\\\\evil.example",
        ],
    )
    def test_an_odd_redirect_is_not_followed(self, service: Service, transport: Any, location: bytes) -> None:
        service.sends = lambda: [b"HTTP/1.1 307 There\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"]
        with pytest.raises(Refused, match="redirected to"):
            transport.send(QUICK)
        assert len(service.heads) == 1

    def test_a_fragment_is_not_sent(self, service: Service, transport: Any) -> None:
        there = b"HTTP/1.1 307 There\r\nLocation: /other?a=b#secret\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        answers = iter([there, OK + b"Content-Length: 3\r\n\r\n[1]"])
        service.sends = lambda: [next(answers)]
        assert transport.send(QUICK).data == [1]
        assert service.heads[1].startswith(b"GET /other?a=b HTTP/1.1\r\n")

    def test_nobody_negotiates(self, service: Service, transport: Any) -> None:
        service.sends = lambda: [b"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"]
        with pytest.raises(Refused, match="HTTP 401"):
            transport.send(QUICK)
        assert len(service.heads) == 1


class TestRedirectPastTheParsers:
    """What one parser takes for user info, another takes for the host."""

    @pytest.mark.parametrize(
        "form", ["http://{evil}\\@{api}/x", "http://{evil}\\.{api}", "//{evil}\\@{api}/x", "http:\\\\{evil}"]
    )
    def test_another_host_gets_no_token(
        self, server: Any, new_server: Any, new_transport: Any, reply: Any, form: str
    ) -> None:
        evil = new_server()
        evil.handle = lambda _request: reply(data=[])
        location = form.format(evil=f"127.0.0.1:{evil.port}", api=f"127.0.0.1:{server.port}")
        server.answer(reply(307, headers={"Location": location}))
        with pytest.raises(Refused, match="redirected to an address that is no URL"):
            new_transport(retries=0).send(LIST_MODELS)
        assert evil.requests == []

    def test_another_host_gets_no_password(self, server: Any, new_server: Any, new_transport: Any, reply: Any) -> None:
        evil = new_server()
        evil.handle = lambda _request: reply(data={"access_token": "t"})
        location = f"http://127.0.0.1:{evil.port}\\@127.0.0.1:{server.port}/x"
        server.answer(reply(307, headers={"Location": location}))
        signs_in = {"token": None, "cloud_url": server.url, "username": "me", "password": "pass-secret"}
        with pytest.raises(NxaiError):
            new_transport(retries=0, **signs_in).send(LIST_MODELS)
        assert evil.requests == []
        assert json.dumps(server.requests[0].json)
