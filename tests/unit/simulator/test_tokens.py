# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The identity provider: grants, rotation, expiry, second factor, lock-out, scopes, and the forms of Authorization."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from simulator.testing import Served

PASSWORD: dict[str, Any] = {
    "grant_type": "password", "client_id": "3rdParty", "username": "demo@example.com", "password": "demo",
}  # fmt: skip


def token(served: Served, status: int = 200, path: str = "/cdb/oauth2/token", **form: Any) -> Any:
    answer = requests.post(served.url + path, json=form, timeout=10)
    assert answer.status_code == status, answer.text
    return answer.json()


def reads(served: Served, authorization: str | None) -> int:
    headers = {"Authorization": authorization} if authorization is not None else {}
    return requests.get(f"{served.url}/cpt/catalogues", headers=headers, timeout=10).status_code


@pytest.mark.parametrize("path", ["/cdb/oauth2/token", "/oauth2/v1/token"])
def test_a_password_gives_tokens_by_json_and_by_form(simulator: Served, path: str) -> None:
    by_json = token(simulator, path=path, **PASSWORD)
    by_form = requests.post(simulator.url + path, data=PASSWORD, timeout=10).json()

    for answer in (by_json, by_form):
        assert answer["access_token"].startswith("nxcdb-")
        assert (answer["expires_in"], answer["token_type"], "error" in answer) == (3600, "bearer", False)
        assert abs(answer["expires_at"] / 1000 - simulator.world.clock.now() - 3600) < 5
        assert reads(simulator, f"Bearer {answer['access_token']}") == 200


def test_authorization_has_three_forms(simulator: Served) -> None:
    access = simulator.token()
    bare = access.removeprefix("nxcdb-")
    refresh = simulator.refresh_token()
    accepted = [f"Bearer {access}", f"Bearer {bare}", access, f"bearer {access}", refresh]
    refused = [None, "", bare, "Bearer", f"Basic {access}", "nxcdb-", "Bearer nxcdb-a.b.c", access[:-2]]
    refused.append("Bearer é".encode())  # type: ignore[arg-type]
    assert {reads(simulator, form) for form in accepted} == {200}
    assert {reads(simulator, form) for form in refused} == {401}


def test_a_401_says_that_the_authorization_is_invalid(simulator: Served) -> None:
    body = requests.get(f"{simulator.url}/dev/systems", timeout=10).json()
    assert body["AuthorizationInvalid"] is True
    simulator.world.quirks.auth_failure = 500
    answer = requests.get(f"{simulator.url}/dev/systems", timeout=10)
    assert (answer.status_code, answer.json()["AuthorizationInvalid"]) == (500, True)


def test_tokens_expire_and_refresh_tokens_sooner_when_asked(simulator: Served) -> None:
    access = simulator.token()
    refresh = token(simulator, refresh_token_lifetime=60, **PASSWORD)["refresh_token"]
    simulator.advance(3599)
    assert reads(simulator, f"Bearer {access}") == 200
    token(simulator, 401, grant_type="refresh_token", refresh_token=refresh)
    simulator.advance(2)
    assert reads(simulator, f"Bearer {access}") == 401


def test_refresh_tokens_rotate(simulator: Served) -> None:
    first = token(simulator, **PASSWORD)["refresh_token"]
    second = token(simulator, grant_type="refresh_token", refresh_token=first)["refresh_token"]

    assert second != first
    assert token(simulator, 401, grant_type="refresh_token", refresh_token=first)["resultCode"] == "notAuthorized"
    assert reads(simulator, first) == 401
    simulator.world.times.refresh_grace = 10
    third = token(simulator, grant_type="refresh_token", refresh_token=second)["refresh_token"]
    token(simulator, grant_type="refresh_token", refresh_token=second)
    simulator.advance(11)
    token(simulator, 401, grant_type="refresh_token", refresh_token=second)
    token(simulator, 401, grant_type="refresh_token", refresh_token=third)


def test_a_code_can_be_used_once(simulator: Served) -> None:
    code = token(simulator, response_type="code", **PASSWORD)["code"]
    assert "access_token" in token(simulator, grant_type="authorization_code", code=code, client_id="3rdParty")
    token(simulator, 401, grant_type="authorization_code", code=code, client_id="3rdParty")


def browser_step(served: Served, **query: str) -> requests.Response:
    query = {"redirect_url": "http://localhost:1/back?x=1", "client_id": "me", "response_type": "code", **query}
    return requests.get(f"{served.url}/authorize", params=query, allow_redirects=False, timeout=10)


def code_of(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    code = answer.headers["Location"].partition("code=")[2].partition("&")[0]
    return {"grant_type": "authorization_code", "code": code}


def test_the_browser_step_ends_with_a_code(simulator: Served) -> None:
    answer = browser_step(simulator, state="s")
    assert "state=s" in answer.headers["Location"]
    assert "access_token" in token(simulator, client_id="me", **code_of(answer))


def test_the_browser_step_takes_a_scope_that_the_code_then_has(simulator: Served) -> None:
    compute, both = "https://api.example.com/cpt", "https://api.example.com/cpt https://api.example.com/dev"
    tokens = token(simulator, client_id="me", **code_of(browser_step(simulator, scope=compute)))
    assert tokens["scope"] == compute
    wide = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "scope": both.split()[1]}
    assert token(simulator, 403, **wide)["resultCode"] == "forbidden"

    narrowed = token(simulator, client_id="me", scope=compute, **code_of(browser_step(simulator, scope=both)))
    again = {"grant_type": "refresh_token", "refresh_token": narrowed["refresh_token"]}
    assert narrowed["scope"] == token(simulator, **again)["scope"] == compute
    refused = browser_step(simulator, scope="nonsense")
    assert (refused.status_code, refused.json()["resultCode"]) == (400, "badRequest")


@pytest.mark.parametrize(("client_id", "there"), [("other", True), ("", True), ("", False)])
def test_a_code_is_for_its_client_alone(simulator: Served, client_id: str, there: bool) -> None:
    code = code_of(browser_step(simulator))
    refused = token(simulator, 401, **code, **({"client_id": client_id} if there else {}))
    assert refused["resultCode"] == "notAuthorized"
    assert "access_token" in token(simulator, client_id="me", **code)


def test_a_refresh_token_is_for_its_client_alone(simulator: Served) -> None:
    again = {"grant_type": "refresh_token", "refresh_token": token(simulator, **PASSWORD)["refresh_token"]}
    assert token(simulator, 401, client_id="other", **again)["resultCode"] == "notAuthorized"
    again["refresh_token"] = token(simulator, client_id="3rdParty", **again)["refresh_token"]
    assert "access_token" in token(simulator, **again)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 400, "badRequest"),
        ({"grant_type": "sso_tokens"}, 400, "badRequest"),
        ({"grant_type": "password", "username": "demo@example.com"}, 400, "badRequest"),
        ({"grant_type": ["password"]}, 400, "badRequest"),
        ({**PASSWORD, "scope": "nonsense"}, 400, "badRequest"),
        ({"grant_type": "refresh_token", "refresh_token": "ACCESS"}, 401, "notAuthorized"),
        ({**PASSWORD, "password": "wrong"}, 401, "notAuthorized"),
        ({**PASSWORD, "username": "nobody@example.com"}, 401, "notAuthorized"),
    ],
)
def test_what_gives_no_token(simulator: Served, form: dict[str, Any], status: int, code: str) -> None:
    body = token(simulator, status, **{n: simulator.token() if each == "ACCESS" else each for n, each in form.items()})
    assert body["resultCode"] == code
    assert {"errorClass", "errorDetail", "errorText"} <= set(body)


def test_a_wrong_password_may_also_be_a_403(simulator: Served) -> None:
    simulator.world.quirks.bad_password = 403
    token(simulator, 403, **{**PASSWORD, "password": "wrong"})


def test_repeated_failures_lock_the_account_for_a_minute(simulator: Served) -> None:
    for _try in range(5):
        token(simulator, 401, **{**PASSWORD, "password": "wrong"})
    assert token(simulator, 403, **PASSWORD)["resultCode"] == "accountBlocked"
    simulator.advance(61)
    token(simulator, **PASSWORD)


def test_second_factor_as_an_error_in_a_200(simulator: Served) -> None:
    simulator.world.accounts["demo@example.com"].mfa = "answer"
    answer = token(simulator, **PASSWORD)
    assert answer["error"] == "second_factor_required"
    bearer = f"Bearer {answer['access_token']}"
    assert reads(simulator, bearer) == 401
    assert "error" not in token(simulator, mfaCode="123456", **PASSWORD)

    url, query = f"{simulator.url}/cdb/account/self/2fa/totp/key/", {"token": answer["access_token"]}
    assert requests.get(url + "000000", params=query, timeout=10).json()["resultCode"] == "invalidTotp"
    assert reads(simulator, bearer) == 401
    assert requests.get(url + "123456", params=query, timeout=10).status_code == 200
    assert reads(simulator, bearer) == 200


def test_second_factor_as_a_refusal(simulator: Served) -> None:
    simulator.world.accounts["demo@example.com"].mfa = "refusal"
    assert token(simulator, 403, **PASSWORD)["resultCode"] == "secondFactorRequired"
    assert token(simulator, 403, mfaCode="1", **PASSWORD)["resultCode"] == "invalidTotp"
    assert "error" not in token(simulator, mfaCode="123456", **PASSWORD)


def test_tokens_can_be_looked_at_and_revoked(simulator: Served) -> None:
    simulator.world.clock.speed = 0
    access = token(simulator, **PASSWORD)["access_token"]
    url, introspect = f"{simulator.url}/cdb/oauth2/token/{access}", f"{simulator.url}/cdb/oauth2/introspect"
    simulator.advance(60)
    body = requests.get(url, timeout=10).json()
    assert (body["username"], body["client_id"], body["expires_in"] <= 3540) == ("demo@example.com", "3rdParty", True)
    assert 60 <= body["time_since_password"] < 120
    assert requests.post(introspect, data={"token": access}, timeout=10).json() == {"active": True, **body}

    assert reads(simulator, f"Bearer {access}") == 200
    answer = requests.delete(url, timeout=10)
    assert answer.json() == {"resultCode": "ok"}
    assert reads(simulator, f"Bearer {access}") == 401
    assert requests.get(url, timeout=10).status_code == 401
    assert requests.post(introspect, json={"token": access}, timeout=10).json() == {"active": False}


def test_logging_out_ends_every_session_of_the_account_alone(simulator: Served) -> None:
    simulator.reset({"accounts": [{"email": f"{name}@example.com", "password": "x"} for name in "ab"]})
    access, other, stranger = (simulator.token(f"{name}@example.com") for name in "aab")
    url, headers = f"{simulator.url}/cdb/oauth2/user/self", {"Authorization": f"Bearer {access}"}
    assert requests.delete(url, headers=headers, timeout=10).json() == {"resultCode": "ok"}
    assert [reads(simulator, f"Bearer {item}") for item in (access, other, stranger)] == [401, 401, 200]
    assert requests.delete(url, headers=headers, timeout=10).json()["resultCode"] == "notAuthorized"


def test_a_refresh_can_narrow_the_scope_but_not_widen_it(simulator: Served) -> None:
    first = token(simulator, scope="https://api.example.com/cpt cloudSystemId=*", **PASSWORD)
    scope, again = "https://api.example.com/cpt cloudSystemId=a", {"grant_type": "refresh_token"}
    narrow = token(simulator, refresh_token=first["refresh_token"], scope=scope, **again)
    assert narrow["scope"] == scope
    wide = token(simulator, 403, refresh_token=narrow["refresh_token"], scope="https://api.example.com/dev", **again)
    assert wide["resultCode"] == "forbidden"


def test_the_scope_decides_where_a_token_may_write(simulator: Served) -> None:
    simulator.reset(sites=2, devices=1)
    first, second = simulator.world.sites
    nxid = next(iter(simulator.world.sites[first].devices))

    def status(scope: str, method: str, path: str, body: Any) -> int:
        headers = {"Authorization": f"Bearer {simulator.token(scope=scope)}"}
        return requests.request(method, simulator.url + path, json=body, headers=headers, timeout=10).status_code

    put = ("PUT", f"/dev/system/{first}/devices/pipelines", {"Devices": [nxid], "Pipelines": []})
    catalogue = ("POST", "/cpt/catalogues", {"Name": "x"})
    compute = "https://api.sclbl.nxvms.com/cpt cloudSystemId=*"
    assert status("", *put) == status("https://meta.nxvms.com cloudSystemId=*", *put) == 200
    assert status(compute, *put) == status(f"cloudSystemId={second}", *put) == 403
    assert status(compute, "GET", "/dev/systems", None) == status(compute, *catalogue) == 200
    assert status(f"cloudSystemId={first}", *put) == 200
    assert status(f"cloudSystemId={first}", *catalogue) == 403


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("{own}/cpt", 200),
        ("{own}", 200),
        ("{OWN}/cpt/ cloudSystemId=*", 200),
        ("https://{host}/cpt", 200),
        ("/cpt", 200),
        ("https://api.sclbl.nxvms.com/", 200),
        ("https://meta.nxvms.com/ cloudSystemId=*", 200),
        ("https://api.example.com/cpt {own}/cpt", 200),
        ("{own}/dev", 403),
        ("{own}/cp", 403),
        ("{own}/cpt/functions", 403),
        ("https://api.example.com/cpt cloudSystemId=*", 403),
        ("https://api.sclbl.nxvms.com.example.com/cpt", 403),
        ("https://meta.nxvms.com/cpt", 403),
        ("/dev", 403),
    ],
)
def test_a_token_for_another_host_reads_and_does_not_write(simulator: Served, scope: str, status: int) -> None:
    host = simulator.url.partition("://")[2]
    access = simulator.token(scope=scope.format(own=simulator.url, OWN=simulator.url.upper(), host=host))
    headers, url = {"Authorization": f"Bearer {access}"}, f"{simulator.url}/cpt/catalogues"
    answer = requests.post(url, json={"Name": "x"}, headers=headers, timeout=10)
    assert answer.status_code == status, answer.text
    assert status == 200 or answer.json()["Message"] == "The token was made for another API or host"
    assert requests.get(url, headers=headers, timeout=10).status_code == 200


def test_tokens_outlive_a_reset(simulator: Served) -> None:
    access = simulator.token()
    simulator.reset({})
    assert reads(simulator, f"Bearer {access}") == 200
