# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates: trusted, foreign, for another name, of the client; and servers that speak no TLS."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import socket
import ssl
import subprocess
import threading
import warnings
from pathlib import Path

import pytest
import requests
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import CREATE_MODEL, LIST_MODELS
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import AnswerLost, BadInput, Unreachable

DAY = datetime.timedelta(days=1)
PEM = serialization.Encoding.PEM
PLAIN = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


class Authority:
    """Signs certificates and writes them to files."""

    def __init__(self, folder):
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        builder = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(True, None), True)
        signs = dict.fromkeys(("key_cert_sign", "crl_sign", "digital_signature"), True)
        rest = (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        )
        builder = builder.add_extension(x509.KeyUsage(**signs, **dict.fromkeys(rest, False)), True)
        self.path = folder / "ca.pem"
        self.path.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(PEM))

    def _builder(self, subject, key, days=10):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * DAY)
            .not_valid_after(now + days * DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )

    def issue(self, name, alternative, days=10):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(subject, key, days).add_extension(x509.SubjectAlternativeName([alternative]), False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = builder.add_extension(issuer, False).sign(self.key, hashes.SHA256())
        certificate_path, key_path = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate_path.write_bytes(certificate.public_bytes(PEM))
        key_path.write_bytes(key.private_bytes(PEM, *PLAIN))
        return str(certificate_path), str(key_path)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def good(authority):
    return authority.issue("good", x509.IPAddress(ipaddress.ip_address("127.0.0.1")))


@pytest.fixture
def tls_server(new_server):
    def make(certificate, ask_client_for=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        if ask_client_for:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(ask_client_for)
        return new_server(context)

    return make


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that passes on one connection, named by the environment. Gives the list of what it was asked for."""
    asked, threads = [], []

    def pump(source, target):
        with contextlib.suppress(OSError):
            while block := source.recv(1 << 16):
                target.sendall(block)
            target.shutdown(socket.SHUT_WR)

    def serve():
        with listening.accept()[0] as client:
            asked.append(client.recv(1 << 16).decode().splitlines()[0])
            with socket.create_connection(("127.0.0.1", int(asked[0].split()[1].rpartition(":")[2]))) as service:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=pump, args=(service, client))
                back.start()
                pump(client, service)
                back.join()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listening.getsockname()[1]}")
        threads.append(threading.Thread(target=serve, daemon=True))
        threads[0].start()
        yield asked
    threads[0].join(5)


@pytest.fixture(autouse=True)
def no_bundle_of_this_machine(monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_a_certificate_of_the_named_authority_is_accepted(authority, good, tls_server, new_transport, reply):
    server = tls_server(good)
    server.answer(reply(data=[1]))
    assert new_transport(api_url=server.url, ca_path=str(authority.path)).send(LIST_MODELS).data == [1]


def test_ca_path_may_be_a_folder(authority, good, tls_server, new_transport, reply, tmp_path):
    folder = tmp_path / "certs"
    folder.mkdir()
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(authority.path)]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    (folder / f"{name}.0").write_bytes(authority.path.read_bytes())
    server = tls_server(good)
    server.answer(reply(data=[1]))
    assert new_transport(api_url=server.url, ca_path=str(folder)).send(LIST_MODELS).data == [1]


def test_the_bundle_of_the_environment_is_respected(authority, good, tls_server, new_transport, reply, monkeypatch):
    server = tls_server(good)
    server.answer(reply(data=[1]))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.path))
    assert new_transport(api_url=server.url).send(LIST_MODELS).data == [1]


def test_a_bundle_of_the_environment_does_not_replace_ca_path(
    authority, good, tls_server, new_transport, reply, monkeypatch
):
    server = tls_server(good)
    server.answer(reply(data=[1]))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    assert new_transport(api_url=server.url, ca_path=str(authority.path)).send(LIST_MODELS).data == [1]


def test_a_foreign_certificate_is_refused_at_once_with_advice(good, tls_server, new_transport, clock):
    server = tls_server(good)
    with pytest.raises(Unreachable, match="not signed by an authority known here") as caught:
        new_transport(api_url=server.url).send(LIST_MODELS)
    assert "ca_path" in caught.value.advice
    assert clock.sleeps == []
    assert server.requests == []


def test_a_certificate_for_another_host_says_so(authority, tls_server, new_transport):
    server = tls_server(authority.issue("other", x509.DNSName("nx.example.com")))
    with pytest.raises(Unreachable, match="another host name") as caught:
        new_transport(api_url=server.url, ca_path=str(authority.path)).send(LIST_MODELS)
    assert "api_url" in caught.value.advice


def test_an_expired_certificate_says_so(authority, tls_server, new_transport):
    local = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    server = tls_server(authority.issue("old", local, days=-1))
    with pytest.raises(Unreachable, match="has expired") as caught:
        new_transport(api_url=server.url, ca_path=str(authority.path)).send(LIST_MODELS)
    assert "clock" in caught.value.advice


def test_validation_can_be_switched_off_for_this_session_only(good, tls_server, new_transport, reply, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    server = tls_server(good)
    server.answer(reply(data=[1]), reply(data=[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert new_transport(api_url=server.url, validate_certs=False).send(LIST_MODELS).data == [1]
    with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
        requests.get(f"{server.url}/x", verify=False, timeout=5)


@pytest.mark.parametrize("validate", [True, False])
def test_a_proxy_is_used_with_and_without_validation(authority, tls_server, new_transport, reply, proxy, validate):
    server = tls_server(authority.issue("cloud", x509.DNSName("cloud.test")))
    server.answer(reply(data=[1]))
    options = {"ca_path": str(authority.path)} if validate else {"validate_certs": False}
    transport = new_transport(api_url=f"https://cloud.test:{server.port}", retries=0, **options)
    assert transport.send(LIST_MODELS).data == [1]
    transport.close()
    assert [line.split()[:2] for line in proxy] == [["CONNECT", f"cloud.test:{server.port}"]]


def test_a_client_certificate_is_shown(authority, good, tls_server, new_transport, reply):
    certificate, key = authority.issue("client", x509.DNSName("client"))
    server = tls_server(good, ask_client_for=str(authority.path))
    server.answer(reply(data=[1]))
    options = {"api_url": server.url, "ca_path": str(authority.path)}
    transport = new_transport(**options, client_cert=certificate, client_key=key)
    assert transport.send(LIST_MODELS).data == [1]


def test_a_client_certificate_may_hold_its_key(authority, good, tls_server, new_transport, reply, tmp_path):
    both = tmp_path / "both.pem"
    both.write_bytes(b"".join(Path(each).read_bytes() for each in authority.issue("whole", x509.DNSName("whole"))))
    server = tls_server(good, ask_client_for=str(authority.path))
    server.answer(reply(data=[1]))
    options = {"api_url": server.url, "ca_path": str(authority.path), "client_cert": str(both)}
    assert new_transport(**options).send(LIST_MODELS).data == [1]


def test_a_client_certificate_that_is_asked_for_and_missing_is_said(authority, good, tls_server, new_transport):
    server = tls_server(good, ask_client_for=str(authority.path))
    # In TLS 1.3 the refusal comes after the handshake, and may be lost with the connection.
    with pytest.raises((Unreachable, AnswerLost)) as caught:
        new_transport(api_url=server.url, ca_path=str(authority.path), retries=0).send(LIST_MODELS)
    assert "client_cert" in caught.value.advice


def test_a_key_of_another_certificate_is_said(authority, good, tls_server, new_transport):
    certificate, _key = authority.issue("one", x509.DNSName("one"))
    _certificate, key = authority.issue("two", x509.DNSName("two"))
    options = {"api_url": tls_server(good).url, "ca_path": str(authority.path)}
    with pytest.raises((BadInput, Unreachable)) as caught:
        new_transport(**options, client_cert=certificate, client_key=key).send(LIST_MODELS)
    assert "client_key" in caught.value.advice


@pytest.mark.parametrize("option", ["ca_path", "client_cert"])
def test_a_file_that_is_no_certificate_is_said(good, tls_server, new_transport, option):
    with pytest.raises((BadInput, Unreachable)) as caught:
        new_transport(api_url=tls_server(good).url, **{option: __file__}, retries=0).send(LIST_MODELS)
    assert option in caught.value.advice


def test_a_bundle_of_the_environment_that_is_missing_is_said(good, tls_server, new_transport, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    with pytest.raises(BadInput, match=r"/nowhere/bundle\.pem") as caught:
        new_transport(api_url=tls_server(good).url).send(LIST_MODELS)
    assert "REQUESTS_CA_BUNDLE" in caught.value.advice


def test_https_to_a_server_that_speaks_http_is_said(server, new_transport):
    with pytest.raises(Unreachable, match="does not speak TLS") as caught:
        new_transport(api_url=server.url.replace("http:", "https:")).send(LIST_MODELS)
    assert "api_url" in caught.value.advice


@pytest.mark.parametrize(
    "lie",
    [
        b"HTTP/1.1 400 Bad\r\n\r\n",
        b"\x17\x09\x09\x00\x05hello",
        b"\x15\x03\x03\x00\x02\x02\x28",  # handshake_failure
        b"\x15\x03\x03\x00\x02\x02\x2d",  # certificate_expired
        b"\x15\x03\x03\x00\x02\x02\x30",  # unknown_ca
        b"\x17\x03\x03\x00\x20" + b"x" * 32,
    ],
)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_comes_after_a_request_does_not_prove_that_it_did_not_arrive(authority, good, new_transport, version, lie):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*good)
    context.maximum_version = version
    got = []

    def serve():
        with listening.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as service:
            while b"Lobby" not in b"".join(got):
                got.append(service.recv(1 << 16))
            with socket.socket(fileno=os.dup(service.fileno())) as below:
                below.sendall(lie)
                below.shutdown(socket.SHUT_WR)
                below.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        transport = new_transport(api_url=url, ca_path=str(authority.path), retries=0)
        with pytest.raises(AnswerLost):
            transport.send(CREATE_MODEL, json={"Name": "Lobby"})
        thread.join(5)
    assert b"Lobby" in b"".join(got)


@pytest.fixture
def locked(authority, tmp_path):
    """Files with a certificate, with its key under a pass phrase, and with both."""
    certificate, key = authority.issue("locked", x509.DNSName("locked"))
    secret = serialization.load_pem_private_key(Path(key).read_bytes(), None)
    locked = secret.private_bytes(PEM, PLAIN[0], serialization.BestAvailableEncryption(b"phrase"))
    (tmp_path / "key.pem").write_bytes(locked)
    (tmp_path / "both.pem").write_bytes(Path(certificate).read_bytes() + locked)
    return certificate, str(tmp_path / "key.pem"), str(tmp_path / "both.pem")


@pytest.mark.parametrize("apart", [True, False])
def test_a_key_with_a_pass_phrase_is_found_out_before_anything_is_asked(locked, apart):
    certificate, key, both = locked
    with pytest.raises(BadInput, match="has a pass phrase") as caught:
        Settings.from_options({"client_cert": certificate, "client_key": key} if apart else {"client_cert": both})
    assert ("client_key" if apart else "client_cert") in caught.value.answer
    assert "openssl pkey" in caught.value.advice


def test_a_key_with_a_pass_phrase_beside_a_file_that_is_no_certificate_is_said(good, tls_server, new_transport, locked):
    """The options cannot see it: OpenSSL gives up at the certificate."""
    options = {"api_url": tls_server(good).url, "client_cert": __file__, "client_key": locked[1]}
    with pytest.raises(Unreachable, match="the client key has a pass phrase") as caught:
        new_transport(**options).send(LIST_MODELS)
    assert "client_key" in caught.value.advice
