# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import socket
import uuid

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import CONNECTION_FIELDS, ActAs, Settings
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput

ORG = "0b0e7f4c-1111-4222-8333-444455556666"
SECRETS = [each.name for each in CONNECTION_FIELDS if each.secret]
NO_SIGN_IN = ("mfa_code", "proxy")  # alone, these sign nobody in to an API


def test_defaults_point_at_the_documented_service_and_guess_no_identity_provider():
    settings = Settings.from_options({})
    assert settings.api_url == "https://api.sclbl.nxvms.com"
    assert settings.cloud_url is None
    assert (settings.timeout, settings.connect_timeout, settings.retries) == (30.0, 10.0, 4)


def test_options_of_other_names_and_unset_ones_are_not_looked_at():
    settings = Settings.from_options({"name": "Lobby", "state": "present", "token": "", "timeout": None})
    assert settings == Settings()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://api.example.com/", "https://api.example.com"),
        ("HTTPS://API.example.com:8443", "https://api.example.com:8443"),
        ("http://[::1]:80", "http://[::1]:80"),
        (" https://api.example.com ", "https://api.example.com"),
    ],
)
def test_a_good_url_becomes_an_origin(given, expected):
    assert Settings.from_options({"api_url": given, "cloud_url": given}).api_url == expected


@pytest.mark.parametrize("option", ["api_url", "cloud_url"])
@pytest.mark.parametrize(
    "given",
    [
        "api.example.com",
        "//api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://api.example.com/cpt",
        "https://api.example.com/?a=b",
        "https://api.example.com/#top",
        "https://me:pass@api.example.com",
        "https://api.example.com:port",
        "https://api.example.com:99999",
        "https://[::1",
    ],
)
def test_a_bad_url_is_refused_with_the_name_of_the_option_and_an_example(option, given):
    with pytest.raises(BadInput) as caught:
        Settings.from_options({option: given})
    assert option in str(caught.value)
    assert "https://HOST" in caught.value.advice
    assert "me:pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"kind": "organization"}, "no id"),
        ({"id": ORG, "kind": None}, "no kind"),
        ({"kind": "company", "id": ORG}, "kind has an unknown value"),
        ({"kind": "user", "id": "42"}, "not a UUID"),
        ("organization", "not a dictionary"),
    ],
)
def test_act_as_half_given_or_wrong_is_refused(given, word):
    with pytest.raises(BadInput, match=word):
        Settings.from_options({"act_as": given})


def test_act_as_whole_or_absent_is_taken():
    whole = Settings.from_options({"act_as": {"kind": "organization", "id": ORG.upper()}})
    assert whole.act_as == ActAs("organization", str(uuid.UUID(ORG)))
    assert Settings.from_options({"act_as": {"kind": None, "id": None}}).act_as is None


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"client_key": __file__}, "client_cert is not"),
        ({"client_cert": "/nowhere/cert.pem"}, "client_cert names no file"),
        ({"client_cert": __file__, "client_key": "/nowhere/key.pem"}, "client_key names no file"),
        ({"ca_path": "/nowhere/ca.pem"}, "ca_path names no file"),
        ({"auth_scheme": "basic"}, "auth_scheme"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
        ({"retries": -1}, "retries"),
        ({"retries": "many"}, "retries"),
        ({"retry_budget": -0.5}, "retry_budget"),
    ],
)
def test_what_cannot_work_is_refused(options, word):
    with pytest.raises(BadInput, match=word):
        Settings.from_options(options)


@pytest.mark.parametrize("option", ["client_cert", "client_key", "ca_path"])
@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a device", "a directory"])
def test_what_is_no_file_is_said_and_not_waited_for(tmp_path, monkeypatch, option, kind):
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    if kind == "a pipe":
        os.mkfifo("it")
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("it")
    elif kind == "a device":
        os.symlink("/dev/zero", "it")
    else:
        os.mkdir("it")
    options = {"client_cert": __file__, option: "it"}
    if (option, kind) == ("ca_path", "a directory"):
        assert Settings.from_options(options).ca_path == "it", "a folder of authorities"
        return
    with pytest.raises(BadInput) as caught:
        Settings.from_options(options)
    assert caught.value.answer == f"{option} names no file that can be read: it (it is {kind}, not a file)"
    assert caught.value.advice == f"Correct the path in {option}, or who may read it."


@pytest.fixture(params=["ca_path", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def trusting(request, monkeypatch):
    """Reads the options with authorities that the option names, or a variable, which is not looked at beside it."""
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)

    def read(path, **options):
        if request.param == "ca_path":
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
            return Settings.from_options({"ca_path": str(path), **options})
        monkeypatch.setenv(request.param, str(path))
        return Settings.from_options(options)

    read.name = request.param
    return read


def lay_authorities(folder, what):
    """Certificates that everybody may read. What the option names."""
    (folder / "certs").mkdir()
    for path in (folder / "bundle.pem", folder / "certs" / "0a1b2c3d.0"):
        path.touch(0o644)
    return folder / what.partition("/")[0]


@pytest.mark.parametrize("name", ["0a1b2c3d.0", "0a1b2c3d.17", "0a1b2c3d.r0"])
def test_a_pipe_in_a_folder_of_authorities_is_not_waited_for(tmp_path, trusting, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(BadInput) as caught:
        trusting(tmp_path)
    said = f"{trusting.name} names no file that can be read: {tmp_path / name} (it is a pipe, not a file)"
    assert caught.value.answer == said


def test_what_openssl_does_not_open_is_not_looked_at(tmp_path, trusting):
    os.mkfifo(tmp_path / "README")
    (tmp_path / "0a1b2c3d.0").symlink_to("gone.pem")
    assert trusting(tmp_path)


def test_a_pipe_or_nothing_in_place_of_a_bundle_is_said(tmp_path, trusting):
    os.mkfifo(tmp_path / "it")
    for name, why in (("it", "it is a pipe, not a file"), ("gone", "No such file or directory")):
        with pytest.raises(BadInput) as caught:
            trusting(tmp_path / name)
        said = f"{trusting.name} names no file that can be read: {tmp_path / name} ({why})"
        assert caught.value.answer == said


@pytest.mark.parametrize("what", ["bundle.pem", "certs/0a1b2c3d.0", "certs"])
def test_authorities_that_everyone_can_write_to_are_refused(tmp_path, trusting, what):
    named = lay_authorities(tmp_path, what)
    assert trusting(named)
    (tmp_path / what).chmod(0o777)
    with pytest.raises(BadInput, match=f"^Read {trusting.name}: everyone can write to {tmp_path / what}"):
        trusting(named)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
@pytest.mark.parametrize("what", ["bundle.pem", "certs/0a1b2c3d.0", "certs"])
def test_authorities_of_somebody_else_are_refused(tmp_path, trusting, what):
    named = lay_authorities(tmp_path, what)
    os.chown(tmp_path / what, 4242, -1)
    with pytest.raises(BadInput, match=f"^Read {trusting.name}: {tmp_path / what} belongs to the user with"):
        trusting(named)
    assert trusting(named, trusted_owner="4242")
    assert trusting(named, validate_certs=False), "then they are not used"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("timeout", 0, "timeout is 0. Give a number above 0, at most 86400."),
        ("timeout", -1.5, "timeout is -1.5. Give a number above 0, at most 86400."),
        ("timeout", 86401, "timeout is 86401. Give a number above 0, at most 86400."),
        ("timeout", float("nan"), "timeout is nan. Give a number above 0, at most 86400."),
        ("retries", -1, "retries is -1. Give a number of 0 or more, at most 86400."),
        ("retry_budget", -0.5, "retry_budget is -0.5. Give a number of 0 or more, at most 86400."),
        ("retry_budget", float("inf"), "retry_budget is inf. Give a number of 0 or more, at most 86400."),
    ],
)
def test_a_number_out_of_its_range_is_told_with_the_range(option, value, said):
    with pytest.raises(BadInput) as caught:
        Settings.from_options({option: value})
    assert str(caught.value) == f"Read the connection options: {said}"


@pytest.mark.parametrize("values", [{"timeout": 0.1, "retries": 0, "retry_budget": 0}, {"timeout": 86400}])
def test_a_number_at_the_edge_of_its_range_is_taken(values):
    settings = Settings.from_options(values)
    assert {name: getattr(settings, name) for name in values} == values


@pytest.mark.parametrize("secret", ["token_file", *(name for name in SECRETS if name not in NO_SIGN_IN)])
@pytest.mark.parametrize("option", ["api_url", "cloud_url"])
def test_credentials_do_not_travel_in_clear_text(option, secret):
    with pytest.raises(BadInput, match="plain http"):
        Settings.from_options({option: "http://nx.example.com", secret: "abc"})


@pytest.mark.parametrize("host", ["localhost", "sim.localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_plain_http_to_this_machine_is_fine(host):
    assert Settings.from_options({"api_url": f"http://{host}:8080", "token": "abc"}).token == "abc"


def test_plain_http_without_credentials_is_nobodys_loss():
    assert Settings.from_options({"api_url": "http://nx.example.com"}).api_url == "http://nx.example.com"


def test_repr_holds_no_secret():
    secrets = {name: f"http://me:s3cret-{name}@host" for name in SECRETS}
    assert "s3cret" not in repr(Settings.from_options({**secrets, "username": "me@example.com"}))


@pytest.mark.parametrize("name", SECRETS)
def test_the_redactor_of_a_connection_knows_each_secret(name):
    value = "http://me:s3cret-text@host" if name == "proxy" else "s3cret-text"
    with Client.from_options({name: value}) as client:
        assert "s3cret-text" not in client.transport.redactor.clean("it says s3cret-text")


def test_a_secret_is_no_part_of_an_account():
    """The names of accounts are in the key of a cache."""
    assert not [each.name for each in CONNECTION_FIELDS if each.secret and each.account]


def test_a_half_of_act_as_cannot_be_made():
    with pytest.raises(TypeError):
        ActAs(kind="user")


@pytest.mark.parametrize(
    ("options", "brand"),
    [
        ({}, "metavms"),
        ({"cloud_url": "https://nxvms.com"}, "default"),
        ({"cloud_url": "https://NXVMS.com:443/"}, "default"),
        ({"cloud_url": "https://meta.nxvms.com"}, "metavms"),
        ({"cloud_url": "https://cloud.networkoptix.com"}, "metavms"),
        ({"cloud_url": "https://nxvms.com.example.com"}, "metavms"),
        ({"cloud_url": "https://nxvms.com", "customization": "metavms"}, "metavms"),
    ],
)
def test_the_brand_is_that_of_the_cloud(options, brand):
    assert Settings.from_options(options).brand == brand
