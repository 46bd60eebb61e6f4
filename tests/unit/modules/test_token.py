# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from module_runs import RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import REVOKE_TOKEN
from ansible_collections.nxai.cloud.plugins.module_utils._core import errors
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served
from tools.workplace import COLLECTIONS

PASSWORD = {"username": "demo@example.com", "password": "demo"}


@pytest.fixture
def file(cloud: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The place of a token file, which is for its owner only; no other credentials are set."""
    monkeypatch.delenv("NXAI_TOKEN")
    folder = tmp_path / "tokens"
    folder.mkdir()
    old = os.umask(0o077)
    yield folder / "token.json"
    os.umask(old)


@pytest.fixture
def token(run_module: RunModule, file: Path) -> RunModule:
    """Run the module on the file. What it returns never holds a token that it was not asked for."""

    def run(check: bool = False, **options: Any) -> dict[str, Any]:
        result = run_module("nxai_token", check=check, **{"token_file": str(file), **options})
        if not options.get("return_token"):
            assert "nxcdb-" not in json.dumps(result), result
        return result

    return run


@pytest.fixture
def grants(cloud: Served) -> Callable[[], int]:
    return lambda: len(cloud.log("issue_token"))


def stored(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def works(cloud: Served, text: str) -> bool:
    import requests

    answer = requests.get(f"{cloud.url}/cpt/catalogues", headers={"Authorization": f"Bearer {text}"}, timeout=5)
    return answer.status_code == 200


def test_a_password_becomes_a_file_that_only_the_owner_reads(cloud: Served, token: RunModule, file: Path) -> None:
    old = os.umask(0)
    try:
        result = token(**PASSWORD)
    finally:
        os.umask(old)
    assert result["changed"] is True and result["renewable"] is True and result["token_file"] == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    content = stored(file)
    assert works(cloud, content["access_token"])
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(content["expires_at"] / 1000))
    assert result["expires_at"] == expires and 3500 < content["expires_at"] / 1000 - time.time() <= 3600


def test_a_token_that_is_still_good_is_left(token: RunModule, file: Path, grants: Callable[[], int]) -> None:
    token(**PASSWORD)
    before = file.read_bytes()
    assert token(**PASSWORD)["changed"] is False
    assert token()["changed"] is False
    assert file.read_bytes() == before and grants() == 1


@pytest.mark.parametrize("options", [{"valid_for": 4000}, {"force": True}])
def test_one_with_too_little_left_is_renewed_by_the_refresh_token(
    cloud: Served, token: RunModule, file: Path, grants: Callable[[], int], options: dict[str, Any]
) -> None:
    token(**PASSWORD)
    first = stored(file)
    assert token(valid_for=3000)["changed"] is False
    assert token(**options)["changed"] is True
    second = stored(file)
    assert second["access_token"] != first["access_token"] and second["refresh_token"] != first["refresh_token"]
    assert works(cloud, second["access_token"]) and grants() == 2


def test_the_other_members_of_the_file_are_kept(token: RunModule, file: Path, cloud: Served) -> None:
    file.write_text(json.dumps({"refresh_token": cloud.refresh_token(), "note": "of the night job"}))
    assert token()["changed"] is True
    assert stored(file)["note"] == "of the night job"


def test_an_authorization_code(cloud: Served, token: RunModule, file: Path) -> None:
    account = next(iter(cloud.world.accounts.values()))
    code = cloud.world.identity.code_for(account, "3rdParty")
    result = token(code=code, redirect_uri="https://example.com/signed-in")
    assert result["changed"] is True and works(cloud, stored(file)["access_token"])
    assert token(code=code)["changed"] is False  # the code is spent, and not needed
    failed = token(code=code, force=True, grant="authorization_code")
    assert failed["failed"] and "A code works once" in failed["msg"] and code not in failed["msg"]


def test_check_mode_neither_signs_in_nor_revokes(cloud: Served, token: RunModule, file: Path) -> None:
    planned = token(**PASSWORD, check=True)
    assert planned["changed"] is True and planned["expires_at"] is None
    assert planned["diff"]["after"] == {"grant": ["password"]}
    assert not file.exists() and cloud.log() == []
    token(**PASSWORD)
    before = file.read_bytes()
    cloud.clear_log()
    assert token(check=True)["changed"] is False
    assert token(check=True, force=True)["changed"] is True
    assert token(check=True, state="absent")["changed"] is True
    assert file.read_bytes() == before and cloud.log() == []


def test_check_mode_says_what_is_missing(token: RunModule) -> None:
    assert "there is no refresh token, code or password" in token(check=True)["msg"]
    assert "cloud_url" in token(check=True, cloud_url="", **PASSWORD)["msg"]


def test_the_token_is_returned_only_when_asked(token: RunModule, file: Path) -> None:
    result = token(**PASSWORD, return_token=True)
    assert result["access_token"] == stored(file)["access_token"]
    assert result["refresh_token"] == stored(file)["refresh_token"]
    assert token(return_token=True)["access_token"] == result["access_token"]


def test_without_a_file_it_has_to_be_returned(cloud: Served, token: RunModule, grants: Callable[[], int]) -> None:
    assert "nothing would keep it" in token(**PASSWORD, token_file="")["msg"] and grants() == 0
    result = token(**PASSWORD, token_file="", return_token=True)
    assert result["changed"] is True and works(cloud, result["access_token"])


def test_a_token_that_ansible_would_mask_is_not_returned_in_pieces(token: RunModule) -> None:
    """Every token of the simulator begins so, and a secret of that text is masked wherever it stands."""
    failed = token(**PASSWORD, mfa_code="nxcdb", return_token=True)
    assert failed["failed"] and "token_file" in failed["msg"]


def test_a_refresh_token_that_was_given_is_not_returned_masked(
    token: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Transport, "post_token", lambda _self, _grant: {"access_token": "nxcdb-new"})
    result = token(refresh_token="nxcdb-mine", token_file="", return_token=True)
    assert result["access_token"] == "nxcdb-new" and result["refresh_token"] is None and result["renewable"] is True


def test_a_token_in_the_environment_does_not_stand_in_the_way(
    cloud: Served, token: RunModule, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_TOKEN", cloud.token())
    assert token(**PASSWORD)["changed"] is True
    assert works(cloud, stored(file)["access_token"])


def test_revoke(cloud: Served, token: RunModule, file: Path) -> None:
    token(**PASSWORD)
    access = stored(file)["access_token"]
    cloud.clear_log()
    assert token(state="absent")["changed"] is True
    assert not file.exists() and not works(cloud, access)
    assert [each.method for each in cloud.log("revoke_token")] == ["DELETE", "DELETE"]  # refresh and access token
    cloud.clear_log()
    assert token(state="absent")["changed"] is False
    assert cloud.log() == []


@pytest.mark.parametrize(
    ("over", "expected"),
    [("", [("r", "a"), ("a", "a")]), ("a", [("r", "a"), ("r", "r"), ("a", "a")])],
    ids=["each carries the access token", "one that is over does not save the refresh token"],
)
def test_how_both_tokens_are_revoked(
    token: RunModule, file: Path, monkeypatch: pytest.MonkeyPatch, over: str, expected: list[tuple[str, str]]
) -> None:
    file.write_text(json.dumps({"access_token": "nxcdb-a", "refresh_token": "nxcdb-r"}))
    sent: list[tuple[str, str]] = []

    def send(_self: Transport, what: object, *, path: dict[str, str], token: str) -> None:
        assert what is REVOKE_TOKEN
        sent.append((path["token"][-1], token[-1]))
        if token[-1] == over:
            raise errors.Refused("revoke", "HTTP 401", "", 401)

    monkeypatch.setattr(Transport, "send", send)
    assert token(state="absent")["changed"] is True
    assert sent == expected


def test_revoke_a_token_that_is_given(cloud: Served, token: RunModule) -> None:
    access = cloud.token()
    assert token(state="absent", token=access, token_file="")["changed"] is True
    assert not works(cloud, access)


def test_a_revocation_that_fails_keeps_the_file_and_shows_no_token(cloud: Served, token: RunModule, file: Path) -> None:
    token(**PASSWORD)
    cloud.fault("status", "revoke_token", status=500, times=0)
    failed = token(state="absent")
    assert failed["failed"] and failed["error"]["status"] == 500 and file.exists()
    assert "/cdb/oauth2/token/***" in failed["msg"]


def test_which_token_to_revoke_has_to_be_clear(cloud: Served, token: RunModule, file: Path) -> None:
    token(**PASSWORD)
    assert "both set" in token(state="absent", token="nxcdb-other")["msg"]
    assert "none is given" in token(state="absent", token_file="")["msg"]
    assert file.exists() and cloud.log("revoke_token") == []


@pytest.mark.parametrize("content", ["ssh-rsa AAAA me@here", '{"private": "key"}', '{"access_token": ', ""])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_file_that_is_no_token_file_is_left_alone(
    token: RunModule, file: Path, content: str, state: str, grants: Callable[[], int]
) -> None:
    file.write_text(content)
    failed = token(refresh_token="", state=state)
    assert failed["failed"] and file.read_text() == content and grants() == 0


def test_a_folder_that_is_not_there(token: RunModule, file: Path, grants: Callable[[], int]) -> None:
    failed = token(**PASSWORD, token_file=str(file.parent / "missing" / "token"))
    assert "No such file" in failed["msg"] and grants() == 0


def test_a_file_that_others_can_read_is_used_with_a_warning(cloud: Served, run_module: RunModule, file: Path) -> None:
    file.write_text(cloud.token())
    file.chmod(0o640)
    [warning] = run_module("nxai_token", warns=True, token_file=str(file))["warnings"]
    assert "its group can read it" in warning and str(file) in warning


PROCESS = """
import json, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": json.loads(sys.argv[1])}).encode()
basic._ANSIBLE_PROFILE = "legacy"
from ansible_collections.nxai.cloud.plugins.modules import nxai_token
nxai_token.main()
"""


def test_runs_that_share_a_file_sign_in_once(cloud: Served, file: Path, grants: Callable[[], int]) -> None:
    """Six processes find the same expired token at once. Its refresh token is good for one use: a second would fail."""
    file.write_text(json.dumps({"access_token": "nxcdb-old", "expires_at": 1, "refresh_token": cloud.refresh_token()}))
    cloud.fault("delay", "issue_token", seconds=0.5, times=0)  # so that all of them stand before the lock
    arguments = json.dumps({"token_file": str(file), "cloud_url": cloud.url})
    command = [sys.executable, "-c", PROCESS, arguments]
    env = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
    running = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _number in range(6)
    ]
    answers = [each.communicate(timeout=60) for each in running]
    assert [each.returncode for each in running] == [0] * 6, answers
    assert grants() == 1
    content = stored(file)
    assert works(cloud, content["access_token"]) and content["refresh_token"]
    assert [each.name for each in file.parent.iterdir()] == [file.name]
