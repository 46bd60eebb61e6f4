# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which addresses are taken, and that a request goes to the one that was judged and to no other."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import LIST_MODELS
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._connection.urls import BadUrl, is_loopback, judged
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, NxaiError, Refused, Unreachable
from ansible_collections.nxai.cloud.plugins.module_utils._http.answer import Reply
from ansible_collections.nxai.cloud.plugins.module_utils._http.memory import Body
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport

CASES = int(os.environ.get("FUZZ_CASES", "10000")) // 2  # of each of the two
API = ("api.example", 8443)


@pytest.mark.parametrize(
    ("text", "sent", "loopback"),
    [
        ("https://api.example", "https://api.example", False),
        ("HTTPS://API.Example:443/Path?Q=1", "https://api.example:443/Path?Q=1", False),
        ("https://api_1.example", "https://api_1.example", False),  # as containers are named
        ("https://xn--caf-dma.example", "https://xn--caf-dma.example", False),
        ("https://1.2.3.example", "https://1.2.3.example", False),
        ("https://192.0.2.1:1", "https://192.0.2.1:1", False),
        ("https://0.0.0.0", "https://0.0.0.0", False),
        ("http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]:80/", False),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]", True),
        ("http://localhost", "http://localhost", True),
        ("http://Sim.LocalHost:8080/x", "http://sim.localhost:8080/x", True),
        ("http://127.9.9.9", "http://127.9.9.9", True),
        ("http://127.0.0.1.example", "http://127.0.0.1.example", False),
        ("http://notlocalhost", "http://notlocalhost", False),
        ("http://localhost.example", "http://localhost.example", False),
        ("https://api.example/a//b/@c:d", "https://api.example/a//b/@c:d", False),
    ],
)
def test_a_plain_address_is_sent_as_it_was_read(text: str, sent: str, loopback: bool) -> None:
    url = judged(text)
    assert (str(url), is_loopback(url.host)) == (sent, loopback)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://evil.example\\@api.example/", "backslash"),
        ("http://evil.example\\.localhost", "backslash"),
        ("http://api.example /", "space"),
        ("http://api.example\t/", "space"),
        ("http://api.example/a\r\nX: y", "space"),
        ("http://api.example\x00", "space"),
        ("http://caf\u00e9.example", "not plain ASCII"),
        ("http://\uff4cocalhost", "not plain ASCII"),
        ("http://127\u30020.0.1", "not plain ASCII"),
        ("http:/api.example", "does not begin"),
        ("//api.example", "does not begin"),
        ("ftp://api.example", "does not begin"),
        ("javascript:x", "does not begin"),
        ("", "plain ASCII"),
        ("http://me@api.example", "user name"),
        ("http://@api.example", "user name"),
        ("http://me:pw@api.example", "user name"),
        ("http://a@b@api.example", "user name"),
        ("http://", "what follows"),
        ("http:///x", "what follows"),
        ("http://api.example:", "what follows"),
        ("http://api.example:0", "what follows"),
        ("http://api.example:080", "what follows"),
        ("http://api.example:+80", "what follows"),
        ("http://api.example:80:80", "what follows"),
        ("http://api.example:65536", "above 65535"),
        ("http://[::1", "what follows"),
        ("http://[::1]x", "what follows"),
        ("http://[::1%25lo]", "what follows"),
        ("http://[::1%lo]", "what follows"),
        ("http://[v1.x]", "what follows"),
        ("http://[1::2::3]", "not an IPv6 address"),
        ("http://[::ffff:127.0.0.1]", "in the form of IPv6"),
        ("http://[::ffff:7f00:1]", "in the form of IPv6"),
        ("http://0x7f.1", "not an IPv4 address"),
        ("http://0x7f000001", "not an IPv4 address"),
        ("http://127.0.0.0x1", "not an IPv4 address"),
        ("http://2130706433", "not an IPv4 address"),
        ("http://127.1", "not an IPv4 address"),
        ("http://0177.0.0.1", "not an IPv4 address"),
        ("http://127.0.0.256", "not an IPv4 address"),
        ("http://127.0.0.1.", "not a plain host name"),
        ("http://localhost.", "not a plain host name"),
        ("http://api..example", "not a plain host name"),
        ("http://.example", "not a plain host name"),
        ("http://-api.example", "not a plain host name"),
        ("http://api%2eexample", "not a plain host name"),
        ("http://*.example", "not a plain host name"),
        ("http://a;b", "not a plain host name"),
        (f"http://{'x' * 64}.example", "not a plain host name"),
        (f"http://{'x.' * 127}", "not a plain host name"),
        ("http://api.example/#x", "#"),
        ("https://api.example//evil.example", "two slashes"),  # urllib3 reads what it sends as an address once more
    ],
)
def test_an_odd_address_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadUrl, match=why) as caught:
        judged(text)
    assert "example" not in str(caught.value), "the text may hold a password"


@pytest.mark.parametrize(
    ("text", "login", "secrets"),
    [
        ("http://me:pw@proxy:3128", "me:pw", ("pw", "pw")),
        ("http://me:p%23w@proxy", "me:p%23w", ("p%23w", "p#w")),
        ("http://me@proxy", "me", ("", "")),
        ("http://@proxy", "", ("", "")),
    ],
)
def test_the_address_of_a_proxy_may_hold_a_login(text: str, login: str, secrets: tuple[str, str]) -> None:
    url = judged(text, with_login=True)
    assert (url.login, url.secrets, url.host) == (login, secrets, "proxy")
    assert "p" not in repr(url).partition("host='proxy'")[2].replace("port", "")


@pytest.mark.parametrize("text", ["http://me:p#w@proxy", "http://me:p/w@proxy", "http://me:p?w@proxy", "http://a@b@c"])
def test_a_login_that_parsers_read_differently_is_refused(text: str) -> None:
    with pytest.raises(BadUrl, match="percent-encoded"):
        judged(text, with_login=True)


@pytest.mark.parametrize(("one", "other"), [("http://a", "http://A:80/x"), ("https://a:443?q", "https://a")])
def test_the_default_port_is_the_same_place(one: str, other: str) -> None:
    assert judged(one).origin == judged(other).origin


@pytest.mark.parametrize("other", ["http://a:443", "https://a:8443", "https://b", "https://a.b"])
def test_anything_else_is_another_place(other: str) -> None:
    assert judged("https://a").origin != judged(other).origin


@pytest.mark.parametrize("option", ["api_url", "cloud_url"])
@pytest.mark.parametrize("url", ["http://evil.example\\.localhost", "http://127.1", "http://localhost."])
def test_what_only_looks_like_this_machine_gets_no_secret(option: str, url: str) -> None:
    with pytest.raises(BadInput, match=option):
        Settings.from_options({option: url, "token": "tok-secret-1"})


class Sockets:
    """Where sockets would go. None is opened."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, *_rest: Any, **_more: Any) -> Any:
        self.asked.append((host, port))
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    found = Sockets()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    return found


@pytest.fixture
def far(sockets: Sockets) -> Iterator[Transport]:
    transport = Transport(
        Settings.from_options({"api_url": f"https://{API[0]}:{API[1]}", "token": "tok-secret-1", "retries": 0})
    )
    yield transport
    transport.close()


PIECES = (
    *(
        "evil.example",
        "api.example",
        "api.example:8443",
        "API.EXAMPLE",
        "localhost",
        ".localhost",
        "127.0.0.1",
        "127.1",
    ),
    *("0x7f.1", "2130706433", "::1", "::ffff:127.0.0.1", "%25lo", "%2e", "%5c", "%40", "%00", "xn--", "me:pw", "x"),
    *("\\", "@", ":", "/", "//", "#", "?", "[", "]", ".", "..", ";", "&", "=", "%", "-", "_", "http:", "https:"),
    *(
        "443",
        "8443",
        "80",
        "0",
        "65536",
        " ",
        "\t",
        "\r\n",
        "\x00",
        "\x7f",
        "\u00e9",
        "\u3002",
        "\u2488",
        "\uff0f",
        "\u00ad",
    ),
)
STARTS = ("", "https://", "http://", "HTTPS://", "//", "/", "\\\\", "https:/", "https:", "https://api.example:8443")
ODD = st.lists(st.one_of(st.sampled_from(PIECES), st.characters(max_codepoint=0x2FF)), max_size=7).map("".join)
MANY = settings(max_examples=CASES, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(start=st.sampled_from(STARTS), rest=ODD)
def test_a_redirect_never_leads_to_another_host(sockets: Sockets, far: Transport, start: str, rest: str) -> None:
    call = far._call(LIST_MODELS, {}, {}, None, None)
    sockets.asked.clear()
    try:
        target = far._redirected(call, call.url, Reply(307, "", {"Location": start + rest}, Body(b"")))
    except Refused:
        return
    with pytest.raises((Unreachable, BadInput)):
        far._exchange(replace(call, url=target), "Bearer tok-secret-1")
    assert sockets.asked == [API]


@MANY
@given(scheme=st.sampled_from(["http://", "https://"]), rest=ODD)
def test_an_address_leads_where_it_was_judged_to_lead(sockets: Sockets, far: Transport, scheme: str, rest: str) -> None:
    sockets.asked.clear()
    try:
        options = Settings.from_options({"api_url": scheme + rest, "token": "tok-secret-1"})
    except BadInput:
        return
    url = judged(options.api_url)
    call = replace(far._call(LIST_MODELS, {}, {}, None, None), url=replace(url, target="/cpt/functions"))
    with pytest.raises(NxaiError):
        far._exchange(call, "Bearer tok-secret-1")
    [(host, port)] = sockets.asked
    assert port == url.origin[2]
    if is_loopback(url.host):
        assert host == "localhost" or ipaddress.ip_address(host).is_loopback
    else:
        assert (host, url.scheme) == (url.host, "https")


def test_a_name_below_localhost_is_not_asked_for(sockets: Sockets, far: Transport) -> None:
    sockets.asked.clear()
    call = replace(far._call(LIST_MODELS, {}, {}, None, None), url=judged("http://sim.localhost:81/x"))
    with pytest.raises(Unreachable):
        far._exchange(call, "Bearer x")
    assert sockets.asked == [("localhost", 81)]


def test_a_localhost_that_is_another_machine_gets_nothing(
    new_transport: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = new_transport(api_url=server.url.replace("127.0.0.1", "localhost"), retries=0)
    monkeypatch.setattr(socket.socket, "getpeername", lambda _self: ("192.0.2.1", 80))
    with pytest.raises(Unreachable, match="localhost is another machine"):
        transport.send(LIST_MODELS)
    assert server.requests == []


@pytest.mark.parametrize("grant", ["authorization_code", "password", "refresh_token"])
def test_no_secret_of_a_sign_in_goes_over_plain_http(sockets: Sockets, grant: str) -> None:
    """The transport looks: an authorization code, for one, is no option of the connection."""
    transport = Transport(Settings.from_options({"cloud_url": "http://cloud.example"}))
    with pytest.raises(BadInput, match=r"plain http to cloud\.example") as caught:
        transport.post_token({"grant_type": grant, "code": "code-secret"})
    transport.close()
    assert sockets.asked == []
    assert "cloud_url" in caught.value.advice


def test_no_token_goes_over_plain_http_whatever_made_the_settings(sockets: Sockets) -> None:
    transport = Transport(Settings(api_url="http://api.example", token="tok-secret-1"))
    with pytest.raises(BadInput, match=r"plain http to api\.example"):
        transport.send(LIST_MODELS)
    transport.close()
    assert sockets.asked == []
