# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Through a real proxy on this machine, as the option or the environment names it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import DESCRIBE_COMPUTE
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, NxaiError, Unreachable
from simulator import certificate
from simulator.testing import Served, serve

CLOUD = "cloud.test"
LOGIN = "bWU6cHJveHktc2VjcmV0"  # me:proxy-secret, as it travels


class Proxy(socketserver.ThreadingTCPServer):
    """Opens tunnels (CONNECT) and passes plain requests on. ``heads`` are what it could read of each connection."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.heads: list[str] = []
        self.wants_login = False

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Connection(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.rfile.read(1)
        text = head.decode("latin-1")
        self.server.heads.append(text)
        if self.server.wants_login and LOGIN not in text:
            given = text.partition("Proxy-Authorization: Basic ")[2].partition("\r\n")[0]
            body = json.dumps({"message": f"not good: {base64.b64decode(given).decode()}"}).encode()
            self.wfile.write(
                b"HTTP/1.1 407 Login\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            return
        method, target, _version = text.split("\r\n")[0].split()
        tunnel = method == "CONNECT"
        where = urlsplit(f"//{target}" if tunnel else target)
        with socket.create_connection((where.hostname, where.port or 80), 10) as onward:
            if tunnel:
                self.wfile.write(b"HTTP/1.1 200 Open\r\n\r\n")
            else:
                onward.sendall(head.replace(f"http://{where.netloc}".encode(), b"", 1))
            self._pass_on(onward)

    def _pass_on(self, onward: socket.socket) -> None:
        ends = {self.connection: onward, onward: self.connection}
        with contextlib.suppress(OSError):
            while True:
                for end in select.select(list(ends), [], [], 10)[0]:
                    block = end.recv(1 << 16)
                    if not block:
                        return
                    ends[end].sendall(block)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this machine counts, and the name CLOUD leads to it: nobody takes a proxy to loopback."""
    resolve = socket.getaddrinfo

    def known(host: str, *arguments: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if host == CLOUD else host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", known)
    for name in [name for name in os.environ if name.lower().endswith(("_proxy", "_ca_bundle"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def plain() -> Iterator[Served]:
    with serve(models=3, names=[CLOUD]) as served:
        yield served


@pytest.fixture(scope="module")
def secure() -> Iterator[Served]:
    make = certificate.make
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificate, "make", lambda folder, _host: make(folder, CLOUD))
        with serve(models=3, tls=True, names=[CLOUD]) as served:
            yield served


def named(cloud: Served) -> str:
    return cloud.url.replace("127.0.0.1", CLOUD)


@pytest.fixture
def models() -> Callable[..., int]:
    def count(cloud: Served, **more: str) -> int:
        ca_path = str(cloud.ca_path) if cloud.ca_path else None
        options = {"api_url": named(cloud), "token": cloud.token(), "ca_path": ca_path, "retries": 0, **more}
        with Client.from_options(options) as client:
            return len(client.compute.list_models())

    return count


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_https_goes_through_a_tunnel_that_shows_no_token(
    secure: Served, proxy: Proxy, models: Callable[[Served], int], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"http://{proxy.address}")
    assert models(secure) == 3
    [head] = proxy.heads
    assert head.startswith(f"CONNECT {urlsplit(named(secure)).netloc} ")
    assert "authorization" not in head.lower() and "nxcdb-" not in head


def test_the_certificate_is_checked_through_the_tunnel(
    secure: Served, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    client = Client.from_options({"api_url": named(secure), "token": secure.token(), "retries": 0})
    with client, pytest.raises(Unreachable, match="not signed by an authority known here"):
        client.compute.list_models()


def test_http_is_passed_on(plain: Served, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    with Client.from_options({"api_url": named(plain)}) as client:
        assert client.transport.send(DESCRIBE_COMPUTE).status == 200
    assert proxy.heads[0].startswith(f"GET {named(plain)}/cpt/openapi")


@pytest.mark.parametrize("exempt", [CLOUD, "localhost,.test", "*"])
def test_no_proxy(
    secure: Served, proxy: Proxy, models: Callable[[Served], int], monkeypatch: pytest.MonkeyPatch, exempt: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("NO_PROXY", exempt)
    assert models(secure) == 3
    assert proxy.heads == []


def test_the_option_comes_before_the_environment(
    secure: Served, proxy: Proxy, models: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "*")
    proxy.wants_login = True
    assert models(secure, proxy=f"http://me:proxy-secret@{proxy.address}") == 3
    assert [head.split()[0] for head in proxy.heads] == ["CONNECT"]
    with pytest.raises(Unreachable, match=r"the proxy gave no way through .*407") as caught:
        models(secure, proxy=f"http://me:wrong-word@{proxy.address}")
    assert "wrong-word" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("wrong-word", "wrong-word"), ("wr%23ng-w%40rd", "wr#ng-w@rd"), ("wrong%20word", "wrong word")],
)
@pytest.mark.parametrize("source", ["proxy", "http_proxy"])
def test_a_proxy_that_repeats_the_password(
    plain: Served, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, source: str, written: str, meant: str
) -> None:
    address = f"http://me:{written}@{proxy.address}"
    if source != "proxy":
        monkeypatch.setenv(source, address)
    proxy.wants_login = True
    options = {"api_url": named(plain), "proxy": address if source == "proxy" else None, "retries": 0}
    with Client.from_options(options) as client, pytest.raises(NxaiError, match=r"407.*not good") as caught:
        client.transport.send(DESCRIBE_COMPUTE)
    assert proxy.heads[0].startswith("GET ")
    assert meant not in str(caught.value) and written not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("source", ["proxy", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_no_proxy_sees_what_goes_to_this_machine(
    plain: Served, secure: Served, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, source: str, host: str
) -> None:
    if source != "proxy":
        monkeypatch.setenv(source, f"http://{proxy.address}")
    option = f"http://{proxy.address}" if source == "proxy" else None
    for cloud in (plain, secure):
        options = {"api_url": cloud.url.replace("127.0.0.1", host), "token": cloud.token(), "proxy": option}
        with Client.from_options({**options, "ca_path": str(cloud.ca_path) if cloud.ca_path else None}) as client:
            assert len(client.compute.list_models()) == 3
    assert proxy.heads == []


PROXY = "Check the option proxy (or NXAI_PROXY), its host, port, user name and password."


@pytest.mark.parametrize(("source", "advice"), [("proxy", PROXY), ("https_proxy", "Check https_proxy and NO_PROXY.")])
def test_i14_a_proxy_that_is_not_there_is_blamed_on_who_named_it(
    closed_port: int, monkeypatch: pytest.MonkeyPatch, source: str, advice: str
) -> None:
    address = f"http://127.0.0.1:{closed_port}"
    if source != "proxy":
        monkeypatch.setenv(source, address)
    options = {"api_url": f"https://{CLOUD}", "proxy": address if source == "proxy" else None, "retries": 0}
    with Client.from_options(options) as client, pytest.raises(Unreachable, match="the proxy gave no way") as caught:
        client.transport.send(DESCRIBE_COMPUTE)
    assert caught.value.advice == advice


@pytest.mark.parametrize("wrong", ["http://me:hidden#word@proxy:3128", "http://me:hidden/word@proxy", "http://p\\@q"])
def test_a_proxy_of_the_environment_is_judged_too(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", wrong)
    client = Client.from_options({"api_url": f"https://{CLOUD}", "token": "x"})
    with client, pytest.raises(BadInput, match="HTTPS_PROXY is not the URL of a proxy") as caught:
        client.compute.list_models()
    assert "hidden" not in str(caught.value)


def test_a_proxy_of_the_environment_needs_no_scheme(
    secure: Served, proxy: Proxy, models: Callable[[Served], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    assert models(secure) == 3
    assert len(proxy.heads) == 1


@pytest.mark.parametrize("wrong", ["proxy:3128", "http://", "http://[x", "http://p:99999", "http://p/x"])
def test_a_proxy_that_is_none_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(BadInput, match="proxy is not the URL of a proxy") as caught:
        Client.from_options({"token": "x", "proxy": wrong.replace("//", "//me:hidden-word@", 1)})
    assert "hidden-word" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("socks5://me:hidden-word@proxy:1080", "(socks5://proxy:1080)"),
        ("SOCKS5H://proxy", "(SOCKS5H://proxy)"),
        ("socks4://me:hidden/word@proxy", "(socks4://...)"),
        ("socks://me:hidden@word@proxy", "(socks://...)"),
    ],
)
@pytest.mark.parametrize("source", ["proxy", "ALL_PROXY"])
def test_a_socks_proxy_is_called_one(monkeypatch: pytest.MonkeyPatch, source: str, given: str, named: str) -> None:
    if source != "proxy":
        monkeypatch.setenv(source, given)
    options = {"api_url": f"https://{CLOUD}", "token": "x", "proxy": given if source == "proxy" else None}
    with pytest.raises(BadInput) as caught, Client.from_options(options) as client:
        client.compute.list_models()
    error = caught.value
    assert error.answer == f"{source} is a SOCKS proxy {named}, and only http and https proxies are supported"
    assert "http://HOST:PORT" in error.advice and ("NO_PROXY" in error.advice) == (source == "ALL_PROXY")
    assert "hidden" not in repr(error) and "word" not in str(error)


def test_the_login_is_for_the_proxy_alone(
    secure: Served, proxy: Proxy, models: Callable[[Served], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.wants_login = True
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:proxy-secret@{proxy.address}")
    assert models(secure) == 3
    assert f"Proxy-Authorization: Basic {LOGIN}" in proxy.heads[0]


def test_a_proxy_that_refuses_is_said_without_its_password(
    secure: Served, proxy: Proxy, models: Callable[[Served], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.wants_login = True
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:wrong-word@{proxy.address}")
    with pytest.raises(Unreachable, match=r"the proxy gave no way through .*407") as caught:
        models(secure)
    assert "wrong-word" not in str(caught.value)
