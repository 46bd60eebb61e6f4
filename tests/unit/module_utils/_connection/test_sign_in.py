# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to a new token: which are tried and in which order, what is kept of the answer, what a failure says."""

from __future__ import annotations

import json

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._connection.credentials import Credentials
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, Refused, SignInFailed
from ansible_collections.nxai.cloud.plugins.module_utils._core.redaction import Redactor

CLOUD = {"cloud_url": "https://cloud.example.com"}
PASSWORD = {**CLOUD, "username": "me@example.com", "password": "pass-word"}
CODE = {"code": "code-1", "redirect_uri": "https://me.example.com"}
REFUSED = Refused("POST", "HTTP 401: notAuthorized", status=401)
WAYS = ["refresh_token", "authorization_code", "password"]


class Provider:
    """Answers each kind of grant as it is told to, and keeps what it was asked."""

    def __init__(self):
        self.grants, self.answers = [], {}

    def __call__(self, grant):
        self.grants.append(grant)
        answer = self.answers.get(grant["grant_type"], {"access_token": f"access-{len(self.grants)}"})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def kinds(self):
        return [grant["grant_type"] for grant in self.grants]


@pytest.fixture
def provider():
    return Provider()


@pytest.fixture
def redactor():
    return Redactor()


@pytest.fixture
def new(provider, clock, redactor):
    return lambda **options: Credentials(Settings.from_options(options), provider, clock, redactor)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "token"


def never(_token):
    return False


class TestWays:
    @pytest.mark.parametrize("dead", [0, 1, 2])
    def test_where_one_fails_the_next_is_tried(self, new, provider, dead):
        provider.answers = dict.fromkeys(WAYS[:dead], REFUSED)
        token = new(**PASSWORD, refresh_token="refresh-0").issue(None, never, CODE)
        assert token.access == f"access-{dead + 1}"
        assert provider.kinds() == WAYS[: dead + 1]

    def test_where_all_fail_the_error_is_that_of_the_last(self, new, provider):
        provider.answers = dict.fromkeys(WAYS, REFUSED)
        with pytest.raises(SignInFailed) as caught:
            new(**PASSWORD, refresh_token="refresh-0").issue(None, never, CODE)
        assert provider.kinds() == WAYS
        assert caught.value.tried == "Sign in to the Nx Cloud (user name and password)"

    def test_a_service_that_is_down_ends_it(self, new, provider):
        provider.answers = {"refresh_token": Refused("POST", "HTTP 503", status=503)}
        with pytest.raises(Refused, match="503"):
            new(**PASSWORD, refresh_token="refresh-0").issue(None, never, CODE)
        assert provider.kinds() == ["refresh_token"]

    @pytest.mark.parametrize("way", WAYS)
    def test_only_the_way_that_is_asked_for(self, new, provider, way):
        new(**PASSWORD, refresh_token="refresh-0").issue(None, never, CODE, way)
        assert provider.kinds() == [way]

    def test_the_grant_of_a_code(self, new, provider):
        new(**CLOUD).issue(None, never, CODE)
        common = {"response_type": "token", "client_id": "3rdParty"}
        assert provider.grants == [{"grant_type": "authorization_code", **CODE, **common}]

    def test_a_password_without_a_second_factor_says_nothing_of_one(self, new, provider):
        new(**PASSWORD).header()
        assert set(provider.grants[0]) == {"grant_type", "username", "password", "response_type", "client_id"}

    @pytest.mark.parametrize(
        ("way", "missing"),
        [
            ("", "refresh token, code or password"),
            ("refresh_token", "refresh token"),
            ("authorization_code", "authorization code"),
            ("password", "user name and password"),
        ],
    )
    def test_a_way_that_is_not_there_is_said(self, new, provider, way, missing):
        with pytest.raises(BadInput) as caught:
            new(**CLOUD).issue(None, never, None, way)
        assert (caught.value.tried, caught.value.answer) == ("Sign in to the Nx Cloud", f"there is no {missing}")
        for option in ("refresh_token", "code", "username", "password"):
            assert option in caught.value.advice
        assert provider.grants == []

    def test_no_cloud_url_is_said(self, new):
        with pytest.raises(BadInput) as caught:
            new(refresh_token="refresh-0").header()
        assert (caught.value.tried, caught.value.answer) == ("Sign in to the Nx Cloud", "cloud_url is not set")
        assert "for example https://HOST" in caught.value.advice

    def test_no_way_at_all_is_said(self, new):
        with pytest.raises(BadInput) as caught:
            new().header()
        assert (caught.value.tried, caught.value.answer) == ("Sign in to the Nx Cloud", "no credentials are given")


def test_a_token_is_renewed_a_minute_before_its_end_and_not_sooner(new, provider, clock):
    credentials = new(**PASSWORD)
    provider.answers = {"password": {"access_token": "first", "expires_in": 600}}
    assert credentials.header() == "Bearer first"
    provider.answers = {}
    clock.now += 539.5
    assert credentials.header() == "Bearer first"
    clock.now += 0.5
    assert credentials.header() == "Bearer access-2"


class TestAnswers:
    @pytest.mark.parametrize("told", [5, "", None, ["r"]])
    def test_a_refresh_token_that_is_none_does_not_replace_the_old_one(self, new, provider, told):
        provider.answers = {"refresh_token": {"access_token": "a", "refresh_token": told}}
        assert new(**CLOUD, refresh_token="refresh-0").issue(None, never).refresh == "refresh-0"

    @pytest.mark.parametrize(
        ("told", "seconds"),
        [
            ({"expires_in": 600}, 600),
            ({"expires_in": 1}, 1),
            ({"expires_in": 0}, 3600),
            ({"expires_at": 1_800_000_000_000}, 3600),
            ({"expires_at": 1_800_000_000_001}, 0.001),
        ],
    )
    def test_the_expiry(self, new, provider, clock, told, seconds):
        provider.answers = {"password": {"access_token": "a", **told}}
        assert new(**PASSWORD).issue(None, never).expires == pytest.approx(clock.now + seconds, abs=1e-4)

    def test_a_token_that_cannot_stand_in_a_header_is_not_used(self, new, provider):
        provider.answers = {"password": {"access_token": "two words"}}
        with pytest.raises(BadInput, match="Nx Cloud: the new token holds spaces"):
            new(**PASSWORD).header()

    @pytest.mark.parametrize(
        ("answer", "said", "status"),
        [
            (Refused("POST", "HTTP 403: accountBlocked", status=403), "HTTP 403: accountBlocked", 403),
            ({"resultCode": "notAuthorized"}, "notAuthorized", None),
            ({"resultCode": "is pass-word right?"}, "is *** right?", None),
            ({"resultCode": "x" * 500}, "x" * 200, None),
            ({"access_token": "a", "error": "second_factor_required"}, "second_factor_required", None),
            ({}, "the answer holds no access token", None),
            ("text", "the answer holds no access token", None),
        ],
    )
    def test_a_failure_says_what_was_tried_and_what_came(self, new, provider, answer, said, status):
        provider.answers = {"password": answer}
        with pytest.raises(SignInFailed) as caught:
            new(**PASSWORD).header()
        error = caught.value
        assert (error.tried, error.answer) == ("Sign in to the Nx Cloud (user name and password)", said)
        assert error.status == status


class TestFile:
    @pytest.mark.parametrize("held", [{}, {"refresh_token": 5}, {"refresh_token": ""}])
    def test_the_option_stands_in_for_a_refresh_token_that_the_file_does_not_hold(self, new, provider, file, held):
        file.write_text(json.dumps({"access_token": "a", **held}))
        credentials = new(**CLOUD, token_file=str(file), refresh_token="refresh-0")
        assert credentials.renew(credentials.header())
        assert provider.grants[0]["refresh_token"] == "refresh-0"

    def test_its_tokens_are_secrets(self, new, file, redactor):
        file.write_text('{"access_token": "access-file", "refresh_token": "refresh-file"}')
        new(token_file=str(file)).header()
        assert redactor.clean("access-file refresh-file") == "*** ***"

    def test_what_it_holds_can_be_looked_at(self, new, file):
        file.write_text("nxcdb-abc")
        credentials = new(token_file=str(file))
        assert credentials.stored().access == "nxcdb-abc"
        file.unlink()
        assert credentials.stored() is None
        assert new(token="nxcdb-abc").stored() is None

    @pytest.mark.parametrize("there", [True, False])
    def test_a_code_is_taken_whether_the_file_is_there_or_not(self, new, provider, file, there):
        file.write_text("old")
        credentials = new(**PASSWORD, token_file=str(file))
        if not there:
            file.unlink()
        credentials.issue(None, never, CODE)
        assert provider.kinds() == ["authorization_code"]
        assert json.loads(file.read_text())["access_token"] == "access-1"

    def test_only_the_way_that_is_asked_for_though_the_file_has_another(self, new, provider, file):
        file.write_text('{"refresh_token": "refresh-0"}')
        new(**PASSWORD, token_file=str(file)).issue(None, never, CODE, "password")
        assert provider.kinds() == ["password"]

    def test_no_token_in_it_is_said(self, new, file):
        file.write_text("{}")
        with pytest.raises(BadInput) as caught:
            new(token_file=str(file)).header()
        assert (caught.value.tried, caught.value.answer) == (f"Read {file}", "it holds no access_token")
        assert caught.value.advice.startswith("Sign in again")

    def test_a_token_in_it_that_cannot_stand_in_a_header_is_said(self, new, file):
        file.write_text("two words")
        with pytest.raises(BadInput, match="the token in token_file holds spaces"):
            new(token_file=str(file)).header()

    @pytest.mark.parametrize("theirs", [{}, {"access_token": "theirs", "expires_at": 1_800_000_000_000}])
    def test_what_another_process_left_is_not_taken_if_it_is_no_good(self, new, provider, file, theirs):
        file.write_text('{"access_token": "a", "refresh_token": "refresh-0"}')
        credentials = new(**CLOUD, token_file=str(file))
        old = credentials.header()
        file.write_text(json.dumps({**theirs, "refresh_token": "refresh-9"}))
        assert credentials.renew(old)
        assert credentials.header() == "Bearer access-1"
        assert [grant["refresh_token"] for grant in provider.grants] == ["refresh-9"]

    @pytest.mark.parametrize(("told", "seconds"), [(600, 600), (1e12, 3600)])  # the second ends after the year 9999
    def test_the_end_of_a_new_token_is_stored(self, new, provider, file, clock, told, seconds):
        file.write_text('{"refresh_token": "refresh-0"}')
        provider.answers = {"refresh_token": {"access_token": "a", "expires_in": told}}
        new(**CLOUD, token_file=str(file)).header()
        assert json.loads(file.read_text())["expires_at"] == (clock.now + seconds) * 1000
