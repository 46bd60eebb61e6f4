# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every operation with every fault: the outcome is that of the table, and nothing is lost, doubled or told."""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from fault_runs import Outcome, Run
from fault_scenes import SCENES, state
from fault_table import AGAIN, EITHER, KIND_OF, KINDS, SUCCESSES, TROUBLES, Trouble, as_markdown

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import PREFIX
from simulator.identity import TokenError
from simulator.testing import Served

PASSWORD = "pass-word-marked"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def test_every_operation_has_its_row() -> None:
    assert set(KIND_OF) == set(SCENES) == set(OPERATIONS)
    assert all(set(trouble.outcomes) == set(KINDS) for trouble in TROUBLES)


def test_the_guide_shows_the_table() -> None:
    assert as_markdown() in GUIDE.read_text(encoding="utf-8")


def sign_in(cloud: Served, operation: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fresh credentials in the environment; the secrets among them."""
    if operation == "issue_token":
        monkeypatch.setenv("NXAI_USERNAME", "demo@example.com")
        monkeypatch.setenv("NXAI_PASSWORD", PASSWORD)
        return [PASSWORD]
    token, refresh_token = cloud.token(), cloud.refresh_token()
    if operation == "revoke_token":
        file.write_text(json.dumps({"access_token": token, "refresh_token": refresh_token}))
        file.chmod(0o600)
        monkeypatch.setenv("NXAI_TOKEN_FILE", str(file))
    else:
        monkeypatch.setenv("NXAI_TOKEN", token)
        monkeypatch.setenv("NXAI_REFRESH_TOKEN", refresh_token)
    return [token, refresh_token]


def inject(cloud: Served, away: str, usual: Outcome, operation: str, trouble: Trouble, secrets: list[str]) -> None:
    """Arm the fault. Whatever answer it gives repeats the secrets, as a careless server does."""
    if trouble.fault is None:
        return
    members = dict(trouble.fault)
    if trouble.retry_date:
        members["headers"] = {"Retry-After": email.utils.formatdate(time.time() + 3, usegmt=True)}
    if trouble.redirect:
        members["headers"] = {"Location": "?again" if trouble.redirect == "here" else f"{away}/elsewhere"}
    if trouble.paged:
        members |= first_page(cloud, operation, usual.paths[operation])
    elif members["kind"] == "status" and members["status"] >= 300:
        echo = f"you sent {' and '.join(secrets)}, Authorization: Bearer {secrets[0]}"
        cloud_database = OPERATIONS[operation].api == "cloud"
        members["body"] = {"resultCode": "no", "errorText": echo} if cloud_database else {"Message": echo}
    path = re.sub(r"\{\w+\}", "*", PREFIX[OPERATIONS[operation].api] + OPERATIONS[operation].path)
    cloud.fault(members.pop("kind"), path=path, method=OPERATIONS[operation].method, **members)


def first_page(cloud: Served, operation: str, path: str) -> dict[str, Any]:
    """As the body of a later page the rows of the first one; pages have two rows."""
    cloud.world.quirks.max_page = 2
    if KIND_OF[operation] != "read":
        return {"body": [{"Name": "twice"}] * 2, "nth": 1}
    headers = {"Authorization": f"Bearer {cloud.token()}"}
    answer = requests.get(f"{cloud.url}{path}", params={"Limit": "2"}, headers=headers, timeout=10)
    total = {name: value for name, value in answer.headers.items() if name.lower() == "x-pagination-records"}
    return {"body": answer.json(), "headers": total}


def is_over(cloud: Served, token: str) -> bool:
    try:
        cloud.world.identity.verify(token)
    except TokenError:
        return True
    return False


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_cell(
    operation: str,
    trouble: Trouble,
    cloud: Served,
    elsewhere: Served,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("cell", (operation, trouble.name))
    scene, expected = SCENES[operation], trouble.outcome(operation)
    elsewhere.clear_log()

    # Without a fault, to know how often it is sent.
    sign_in(cloud, operation, tmp_path / "token", monkeypatch)
    before = state(cloud)
    after = scene.after(before)
    usual = run(operation, scene, None)
    assert not usual.result.get("failed") and state(cloud) == after, usual.result

    for check in (True, False):
        cloud.reset()
        secrets = sign_in(cloud, operation, tmp_path / "token", monkeypatch)
        inject(cloud, elsewhere.url, usual, operation, trouble, secrets)
        outcome = run(operation, scene, trouble, check)
        result, told = outcome.result, json.dumps(outcome.result, default=str)
        if trouble.late and OPERATIONS[operation].method != "GET" and outcome.sent[operation]:
            time.sleep(trouble.late)  # until what is late has happened
        assert not [each for each in (*secrets, "nxcdb-", "eyJ") if each in told], told
        if check:
            assert cloud.writes() == [] and state(cloud) == before

    if expected in SUCCESSES:
        assert not result.get("failed"), result
        assert state(cloud) == after
        repeated = outcome.sent[operation] > usual.sent[operation]
        assert expected == EITHER or repeated == (expected == AGAIN), (outcome.sent, usual.sent)
    else:
        assert result.get("failed") and expected in result["msg"], result
        assert state(cloud) in (before, after)
    assert elsewhere.log() == []

    # The next run, when the trouble is over, ends where it should: once, and whole.
    cloud.clear_faults()
    cloud.world.quirks.max_page = 0
    if operation != "revoke_token":
        sign_in(cloud, operation, tmp_path / "token", monkeypatch)
    result = run(operation, scene, None).result
    assert not result.get("failed") and state(cloud) == after, result
    assert expected not in SUCCESSES or not result["changed"]
    if operation == "revoke_token" and not trouble.name.startswith(("401 always", "404")):
        assert all(is_over(cloud, each) for each in secrets)
