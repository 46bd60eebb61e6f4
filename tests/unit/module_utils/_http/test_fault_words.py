# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words for what breaks below HTTP hold nothing of Python, whichever fault it is and whoever wraps it."""

from __future__ import annotations

import http.client
import itertools
import re
import socket
import ssl
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import requests.exceptions as of_requests
import urllib3.exceptions as of_urllib3

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import DESCRIBE_COMPUTE
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, NxaiError
from ansible_collections.nxai.cloud.plugins.module_utils._http import faults, wire
from ansible_collections.nxai.cloud.plugins.module_utils._http.session import new_session

PYTHON = re.compile(r"\w\(|0x[0-9a-f]|<\w|\.<locals>")  # Name(...), an address in memory, <an object>

POOLS: list[Any] = [
    new_session(Settings()).get_adapter("https://x").poolmanager.connection_from_url(url)
    for url in ("http://cloud.test", "https://cloud.test:8443", "http://[::1]:80")
]
PLACES = [each for pool in POOLS for each in (pool, pool.ConnectionCls(host=pool.host, port=pool.port))]

REASONS: list[BaseException] = [
    *[of_urllib3.NewConnectionError(place, "Failed to establish: [Errno 111] refused") for place in PLACES],
    *[of_urllib3.ConnectTimeoutError(place, "Connection to x timed out. (connect timeout=1)") for place in PLACES],
    *[of_urllib3.ReadTimeoutError(place, "/x", "Read timed out. (read timeout=1)") for place in PLACES],
    *[of_urllib3.EmptyPoolError(place, "Pool is empty.") for place in PLACES],
    *[of_urllib3.ClosedPoolError(place, "Pool is closed.") for place in PLACES],
    of_urllib3.IncompleteRead(3, 5),
    of_urllib3.InvalidChunkLength(SimpleNamespace(tell=lambda: 3, length_remaining=5), b"x"),  # type: ignore[arg-type]
    of_urllib3.LocationParseError("http://["),
    http.client.IncompleteRead(b"abc", 5),
    http.client.RemoteDisconnected("Remote end closed connection without response"),
    http.client.BadStatusLine("x"),
    http.client.BadStatusLine(""),
    http.client.LineTooLong("header line"),
    http.client.HTTPException("got more than 100 headers"),
    wire.BadAnswer("it does not end"),
    wire.AnswerTooLate("the answer did not end in time"),
    ConnectionResetError(104, "Connection reset by peer"),
    BrokenPipeError(32, "Broken pipe"),
    OSError("Tunnel connection failed: 407 Login"),
    TimeoutError("timed out"),
    socket.gaierror(-2, "Name or service not known"),
    FileNotFoundError(2, "No such file or directory", "/nowhere"),
    ssl.SSLError(8, "EOF occurred in violation of protocol"),
    ssl.SSLCertVerificationError("hostname 'x' doesn't match 'y'"),
    *[ssl.SSLError(1, f"[SSL] {sign} (_ssl.c:1000)") for sign, _meaning, _advice in faults._TLS],
]


def wraps(reason: Any) -> list[Exception]:
    """What becomes of it on its way through urllib3 and requests."""
    aborted = of_urllib3.ProtocolError("Connection aborted.", reason)
    proxy = of_urllib3.ProxyError("Cannot connect to proxy.", reason)
    tried = [of_urllib3.MaxRetryError(POOLS[0], "/x", each) for each in (reason, proxy, of_urllib3.SSLError(reason))]
    kinds = [of_requests.ConnectionError, of_requests.ConnectTimeout, of_requests.ProxyError, of_requests.SSLError]
    return [
        reason,
        of_requests.ReadTimeout(reason),
        of_requests.InvalidURL(reason),
        of_requests.ConnectionError(aborted),
        of_requests.ChunkedEncodingError(aborted),
        *[kind(each) for kind in kinds for each in tried],
    ]


@pytest.mark.parametrize("reason", REASONS, ids=lambda each: type(each).__name__)
def test_no_fault_tells_of_python(reason: BaseException) -> None:
    for error, connected, proxy in itertools.product(wraps(reason), (True, False), ("", "proxy", "HTTPS_PROXY")):
        found = faults.fault(error, connected, "GET https://x", "api_url", proxy, 1, 2, str)
        assert not PYTHON.search(str(found)), found
        assert found.answer and found.advice


@pytest.mark.parametrize("reason", [each for each in REASONS if isinstance(each, (OSError, http.client.HTTPException))])
def test_once_connected_nothing_is_said_not_to_have_arrived(reason: OSError) -> None:
    for error in (of_requests.SSLError(reason), of_requests.ConnectionError(reason), of_requests.ProxyError(reason)):
        found = faults.fault(error, True, "PUT https://x", "api_url", "", 1, 2, str)
        assert isinstance(found, AnswerLost), (error, found)


@pytest.mark.parametrize("through_a_proxy", [True, False])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_is_not_made_is_told_without_python(
    new_transport: Callable[..., Any], closed_port: int, scheme: str, through_a_proxy: bool
) -> None:
    here = f"http://127.0.0.1:{closed_port}"
    options = {"api_url": f"{scheme}://cloud.test", "proxy": here} if through_a_proxy else {"api_url": here}
    with pytest.raises(NxaiError, match=rf"\(127\.0\.0\.1:{closed_port}: .*refused\)") as caught:
        new_transport(token=None if scheme == "http" else "x", retries=0, **options).send(DESCRIBE_COMPUTE)
    assert not PYTHON.search(str(caught.value))


def test_a_connection_that_takes_too_long_is_told_without_python(
    new_transport: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(*_arguments: Any, **_more: Any) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", too_long)
    for proxy in (None, "http://proxy.test:3128"):
        with pytest.raises(NxaiError, match="longer than the time-out") as caught:
            new_transport(api_url="https://cloud.test", proxy=proxy, retries=0).send(DESCRIBE_COMPUTE)
        assert not PYTHON.search(str(caught.value))
