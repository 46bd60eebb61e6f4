# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import errno
import json
import os
import stat
import threading
import time

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._connection.credentials import Credentials
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    BadInput,
    Refused,
    SignInFailed,
    Unreachable,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.redaction import Redactor

CLOUD = {"cloud_url": "https://cloud.example.com"}
PASSWORD = {**CLOUD, "username": "me@example.com", "password": "pass-word"}


def jwt(expires, prefix=""):
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"{prefix}eyJhbGciOiJIUzI1NiJ9.{claims}.c2lnbmF0dXJl"


class Provider:
    """An identity provider: counts grants, rotates refresh tokens, or gives its ``answer``."""

    def __init__(self):
        self.grants, self.answer, self.life = [], None, 3600

    def __call__(self, grant):
        self.grants.append(grant)
        if isinstance(self.answer, Exception):
            raise self.answer  # pylint: disable=raising-bad-type  # it is an exception here
        if self.answer is not None:
            return self.answer
        number = len(self.grants)
        return {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "expires_in": self.life}


@pytest.fixture
def provider():
    return Provider()


@pytest.fixture
def new(provider, clock):
    return lambda **options: Credentials(Settings.from_options(options), provider, clock)


def test_a_token_is_used_as_it_is(new, provider):
    assert new(token="nxcdb-abc").header() == "Bearer nxcdb-abc"
    assert new(token="nxcdb-abc", auth_scheme="raw").header() == "nxcdb-abc"
    assert provider.grants == []


@pytest.mark.parametrize("pasted", ["abc\n", " abc ", "Bearer abc", "bearer abc\r\n"])
def test_a_token_pasted_with_its_surroundings_is_understood(new, pasted):
    assert new(token=pasted).header() == "Bearer abc"


@pytest.mark.parametrize("wrong", ["two words", "line\nbreak", "caf\u00e9", "zero\x00", "Bearer ", " "])
def test_a_token_that_cannot_stand_in_a_header_is_refused_and_not_shown(new, wrong):
    with pytest.raises(BadInput) as caught:
        new(token=wrong).header()
    assert not wrong.strip() or wrong.strip() not in str(caught.value)


def test_no_credentials_names_each_way(new):
    with pytest.raises(BadInput, match="no credentials") as caught:
        new(**CLOUD).header()
    for way in ("token", "token_file", "refresh_token", "username", "password", "cloud_url", "NXAI_TOKEN"):
        assert way in caught.value.advice


def test_a_username_alone_says_what_is_missing(new):
    with pytest.raises(BadInput, match="password is not"):
        new(**CLOUD, username="me@example.com").header()


@pytest.mark.parametrize("given", [{"refresh_token": "r"}, {"username": "me", "password": "p"}])
def test_a_grant_without_cloud_url_is_refused_before_anything_is_sent(new, provider, given):
    with pytest.raises(BadInput, match="cloud_url"):
        new(**given).header()
    assert provider.grants == []


def test_the_password_grant(new, provider):
    credentials = new(**PASSWORD, mfa_code="123456", token_scope="https://api.example.com/cpt")
    assert credentials.header() == "Bearer access-1"
    assert provider.grants == [
        {
            "grant_type": "password",
            "response_type": "token",
            "client_id": "3rdParty",
            "username": "me@example.com",
            "password": "pass-word",
            "mfaCode": "123456",
            "scope": "https://api.example.com/cpt",
        }
    ]


def test_the_refresh_grant_and_rotation(new, provider, clock):
    credentials = new(**CLOUD, refresh_token="refresh-0", client_id="mine")
    assert credentials.header() == "Bearer access-1"
    clock.now += 3539
    assert credentials.header() == "Bearer access-1"
    clock.now += 2
    assert credentials.header() == "Bearer access-2"
    assert [grant["refresh_token"] for grant in provider.grants] == ["refresh-0", "refresh-1"]
    assert provider.grants[0]["client_id"] == "mine"


def test_a_refresh_token_that_is_not_replaced_is_kept(new, provider):
    provider.answer = {"access_token": "a"}
    credentials = new(**CLOUD, refresh_token="refresh-0")
    credentials.header()
    provider.answer = {"access_token": "b", "refresh_token": ""}
    credentials.renew("Bearer a")
    assert [grant["refresh_token"] for grant in provider.grants] == ["refresh-0", "refresh-0"]


@pytest.mark.parametrize(
    ("told", "lifetime"),
    [
        ({"expires_in": 600}, 600),
        ({"expires_in": 600, "expires_at": 1}, 600),
        ({"expires_at": (1_800_000_000 + 900) * 1000}, 900),
        ({"access_token": jwt(1_800_000_000 + 1200)}, 1200),
        ({"access_token": jwt(1_800_000_000 + 1200, "nxcdb-")}, 1200),
        ({}, 3600),
        ({"expires_in": "soon", "expires_at": None}, 3600),
        ({"expires_in": -5}, 3600),
        ({"expires_at": 1}, 3600),
        ({"access_token": "a.b.c"}, 3600),
        ({"access_token": jwt("never")}, 3600),
    ],
)
def test_the_expiry_is_read_where_it_stands(new, provider, clock, told, lifetime):
    provider.answer = {"access_token": "a", **told}
    credentials = new(**PASSWORD)
    credentials.header()
    clock.now += lifetime - 61
    credentials.header()
    assert len(provider.grants) == 1
    clock.now += 2
    credentials.header()
    assert len(provider.grants) == 2


def test_a_short_lived_token_is_not_renewed_at_each_request(new, provider, clock):
    provider.life = 20
    credentials = new(**PASSWORD)
    credentials.header()
    clock.now += 9
    credentials.header()
    assert len(provider.grants) == 1
    clock.now += 2  # more than half of its life is over
    credentials.header()
    assert len(provider.grants) == 2


@pytest.mark.parametrize("more", range(20))
def test_a_jwt_is_read_whatever_its_length(new, provider, clock, more):
    """Base64 is padded in a JWT as little as it needs to be: not at all."""
    claims = json.dumps({"exp": clock.now + 300, "sub": "x" * more}).encode()
    token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"
    credentials = new(**CLOUD, token=token, refresh_token="refresh-0")
    assert credentials.header() == f"Bearer {token}"
    clock.now += 299
    assert credentials.header() == "Bearer access-1"


def test_a_declared_jwt_is_renewed_before_its_end_if_it_can_be(new, provider, clock):
    token = jwt(clock.now + 300)
    alone, with_refresh = new(token=token), new(**CLOUD, token=token, refresh_token="refresh-0")
    assert alone.header() == with_refresh.header() == f"Bearer {token}"
    clock.now += 241
    assert alone.header() == f"Bearer {token}"
    assert with_refresh.header() == "Bearer access-1"


def test_after_a_401_the_token_is_renewed_once_for_all_threads(provider, clock):
    settings = Settings.from_options({**CLOUD, "token": "old", "refresh_token": "refresh-0"})

    def slow(grant):
        time.sleep(0.05)
        return provider(grant)

    credentials = Credentials(settings, slow, clock)
    start, headers = threading.Barrier(8), []

    def work():
        old = credentials.header()
        start.wait()
        assert credentials.renew(old)
        headers.append(credentials.header())

    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert headers == ["Bearer access-1"] * 8
    assert len(provider.grants) == 1


def test_eight_threads_sign_in_once(new, provider):
    credentials = new(**PASSWORD)
    threads = [threading.Thread(target=credentials.header) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(provider.grants) == 1


def test_a_token_without_a_way_to_renew_it_is_not_renewed(new, provider):
    credentials = new(token="abc")
    assert not credentials.renew(credentials.header())
    no_cloud = new(token="abc", refresh_token="r")
    assert not no_cloud.renew(no_cloud.header())
    assert provider.grants == []


def test_a_provider_that_gives_the_rejected_token_again_ends_it(new, provider):
    provider.answer = {"access_token": "same"}
    credentials = new(**PASSWORD)
    assert not credentials.renew(credentials.header())


def test_a_dead_refresh_token_falls_back_on_the_password(new, provider, clock):
    def post(grant):
        if grant["grant_type"] == "refresh_token":
            raise Refused("POST", "HTTP 401: notAuthorized", status=401)
        return provider(grant)

    options = {**PASSWORD, "refresh_token": "dead"}
    assert Credentials(Settings.from_options(options), post, clock).header() == "Bearer access-1"


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        ({"access_token": "a", "error": "second_factor_required"}, "mfa_code"),
        (Refused("POST", "HTTP 403: secondFactorRequired", status=403), "mfa_code"),
        (Refused("POST", "HTTP 403: invalidTotp", status=403), "mfa_code is wrong"),
        (Refused("POST", "HTTP 403: accountBlocked", status=403), "locked"),
        (Refused("POST", "HTTP 401: notAuthorized", status=401), "password"),
        (Refused("POST", "HTTP 400: badRequest", status=400), "client_id"),
        ({"access_token": ""}, "password"),
        ({"access_token": 5}, "password"),
        ([], "password"),
        (["x"], "password"),
    ],
)
def test_a_failed_sign_in_says_what_to_do(new, provider, answer, advice):
    provider.answer = answer
    with pytest.raises(SignInFailed) as caught:
        new(**PASSWORD).header()
    assert advice in caught.value.advice
    assert "pass-word" not in str(caught.value)


def test_an_expired_refresh_token_says_to_sign_in_again(new, provider):
    provider.answer = Refused("POST", "HTTP 401: notAuthorized", status=401)
    with pytest.raises(SignInFailed, match="sign in again"):
        new(**CLOUD, refresh_token="dead").header()


@pytest.mark.parametrize("error", [Unreachable("POST", "no connection"), Refused("POST", "HTTP 503", status=503)])
def test_a_provider_that_is_down_is_not_a_wrong_password(new, provider, error):
    provider.answer = error
    with pytest.raises(type(error)):
        new(**PASSWORD).header()


def test_every_secret_becomes_known_to_the_redactor(provider, clock):
    redactor = Redactor()
    settings = Settings.from_options({**PASSWORD, "mfa_code": "998877", "refresh_token": "refresh-0"})
    Credentials(settings, provider, clock, redactor).header()
    text = redactor.clean("pass-word 998877 refresh-0 access-1 refresh-1")
    assert text == "*** *** *** *** ***"


class TestTokenFile:
    """The file is read on the first use and renewed in place."""

    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "token"
        path.write_text("nxcdb-abc\n")
        return path

    def test_bare_text_is_the_token(self, new, file):
        assert new(token_file=str(file)).header() == "Bearer nxcdb-abc"

    def test_the_option_token_goes_before_the_file(self, new, file):
        assert new(token_file=str(file), token="other").header() == "Bearer other"

    def test_json_is_used_until_it_expires_and_then_renewed_in_place(self, new, file, provider, clock):
        old = {"access_token": "a", "refresh_token": "refresh-0", "expires_at": (clock.now + 300) * 1000, "mine": 1}
        file.write_text(json.dumps(old))
        file.chmod(0o644)
        credentials = new(**CLOUD, token_file=str(file))
        assert credentials.header() == "Bearer a"
        clock.now += 241
        assert credentials.header() == "Bearer access-1"
        end = int((clock.now + 3600) * 1000)
        new_ones = {"access_token": "access-1", "refresh_token": "refresh-1"}
        assert json.loads(file.read_text()) == {**new_ones, "expires_at": end, "mine": 1}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [entry.name for entry in file.parent.iterdir()] == ["token"]

    def test_a_file_with_only_a_refresh_token_is_a_start(self, new, file, provider):
        file.write_text('{"refresh_token": "refresh-0"}')
        assert new(**CLOUD, token_file=str(file)).header() == "Bearer access-1"
        assert json.loads(file.read_text())["refresh_token"] == "refresh-1"

    def test_what_another_process_has_renewed_is_taken_over(self, new, file, provider):
        file.write_text('{"access_token": "a", "refresh_token": "refresh-0"}')
        credentials = new(**CLOUD, token_file=str(file))
        old = credentials.header()
        file.write_text('{"access_token": "theirs", "refresh_token": "refresh-9"}')
        assert credentials.renew(old)
        assert credentials.header() == "Bearer theirs"
        assert provider.grants == []

    def test_a_link_stays_a_link(self, new, file, tmp_path, provider):
        file.write_text('{"refresh_token": "refresh-0"}')
        link = tmp_path / "link"
        link.symlink_to(file)
        new(**CLOUD, token_file=str(link)).header()
        assert link.is_symlink() and json.loads(file.read_text())["access_token"] == "access-1"

    def test_the_refresh_token_is_not_spent_if_the_new_one_could_not_be_kept(self, new, file, provider, monkeypatch):
        file.write_text('{"refresh_token": "refresh-0"}')
        opened = os.open

        def read_only(path, flags, *more, **how):
            if flags & os.O_WRONLY:
                raise OSError(errno.EROFS, "Read-only file system")
            return opened(path, flags, *more, **how)

        monkeypatch.setattr("os.open", read_only)
        with pytest.raises(BadInput, match="cannot be written"):
            new(**CLOUD, token_file=str(file)).header()
        assert provider.grants == []
        assert file.read_text() == '{"refresh_token": "refresh-0"}'

    def test_a_full_disk_is_an_error_that_leaves_the_old_file_whole(self, new, file, provider, monkeypatch):
        file.write_text('{"refresh_token": "refresh-0"}')

        def full(_descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(BadInput, match="No space left") as caught:
            new(**CLOUD, token_file=str(file)).header()
        assert "access-1" not in str(caught.value) and provider.grants == []
        assert file.read_text() == '{"refresh_token": "refresh-0"}'
        assert [entry.name for entry in file.parent.iterdir()] == ["token"]

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"", "empty"),
            (b" \n", "empty"),
            (b"\xff\xfe\x00", "not text"),
            (b'{"access_token": "secret-abc"', "begins like JSON"),
            (b"{" * 5000, "begins like JSON"),
            (b'{"expires_at": 5}', "no access_token"),
            (b'{"access_token": 5}', "no access_token"),
            (b"two words", "spaces or unusual"),
            (b"x" * 100_000, "far too long"),
        ],
    )
    def test_a_file_that_holds_no_token_is_refused_without_showing_it(self, new, file, content, word):
        file.write_bytes(content)
        with pytest.raises(BadInput, match=word) as caught:
            new(token_file=str(file)).header()
        assert "secret-abc" not in str(caught.value)

    def test_a_file_that_is_gone_in_the_meantime_is_an_error(self, new, file):
        credentials = new(token_file=str(file))
        file.unlink()
        with pytest.raises(BadInput, match="No such file"):
            credentials.header()
