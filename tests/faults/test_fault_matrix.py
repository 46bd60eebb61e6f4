# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every operation with every fault: the outcome is that of the table, and nothing is lost, doubled or told."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from fault_runs import Run
from fault_scenes import SCENES, state
from fault_table import AGAIN, KIND_OF, SUCCESSES, TROUBLES, Trouble, as_markdown

from ansible_collections.nxai.cloud.plugins.module_utils._operations import OPERATIONS
from simulator.testing import Served

PASSWORD = "pass-word-marked"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def test_every_operation_has_its_row() -> None:
    assert set(KIND_OF) == set(SCENES) == set(OPERATIONS)


def test_the_guide_shows_the_table() -> None:
    assert as_markdown() in GUIDE.read_text(encoding="utf-8")


def sign_in(cloud: Served, operation: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fresh credentials in the environment; the secrets among them."""
    if operation == "issue_token":
        monkeypatch.setenv("NXAI_USERNAME", "demo@example.com")
        monkeypatch.setenv("NXAI_PASSWORD", PASSWORD)
        return [PASSWORD]
    secrets = {"NXAI_TOKEN": cloud.token(), "NXAI_REFRESH_TOKEN": cloud.refresh_token()}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    return list(secrets.values())


def inject(cloud: Served, away: str, path: str, operation: str, trouble: Trouble, secrets: list[str]) -> None:
    """Arm the fault; ``path`` is where the operation is. Whatever answer it gives repeats the secrets, as a careless server does."""
    if trouble.fault is None:
        return
    members = dict(trouble.fault)
    if trouble.retry_date:
        members["headers"] = {"Retry-After": email.utils.formatdate(time.time() + 3, usegmt=True)}
    if trouble.redirect:
        members["headers"] = {"Location": path if trouble.redirect == "here" else away + path}
    if trouble.paged:
        members |= first_page(cloud, operation, path)
    elif members["kind"] == "status" and members["status"] >= 300:
        echo = f"you sent {' and '.join(secrets)}, Authorization: Bearer {secrets[0]}"
        members["body"] = {"resultCode": "no", "errorText": echo} if operation == "issue_token" else {"Message": echo}
    cloud.fault(members.pop("kind"), path=path, method=OPERATIONS[operation].method, **members)


def first_page(cloud: Served, operation: str, path: str) -> dict[str, Any]:
    """As the body of a later page the rows of the first one; pages have two rows."""
    cloud.world.quirks.max_page = 2
    if KIND_OF[operation] != "read":
        return {"body": [{"Name": "twice"}] * 2, "nth": 1}
    headers = {"Authorization": f"Bearer {cloud.token()}"}
    answer = requests.get(f"{cloud.url}{path}", params={"Limit": "2"}, headers=headers, timeout=10)
    return {"body": answer.json(), "headers": {"X-Pagination-Records": answer.headers["X-Pagination-Records"]}}


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
@pytest.mark.parametrize("operation", sorted(SCENES))
def test_cell(
    operation: str,
    trouble: Trouble,
    cloud: Served,
    elsewhere: Served,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("cell", (operation, trouble.name))
    scene, expected, before = SCENES[operation], trouble.outcome(operation), state(cloud)
    after = scene.after(before)
    elsewhere.clear_log()

    # Without a fault, to know how often it is sent; then the world is as before.
    sign_in(cloud, operation, monkeypatch)
    usual = run(operation, scene, None)
    assert not usual.result.get("failed") and state(cloud) == after, usual.result
    path = usual.paths[operation]
    cloud.reset()

    for check in (True, False):
        secrets = sign_in(cloud, operation, monkeypatch)
        inject(cloud, elsewhere.url, path, operation, trouble, secrets)
        cloud.clear_log()
        outcome = run(operation, scene, trouble, check)
        result = outcome.result
        if trouble.timeout < 1:
            time.sleep(trouble.fault["seconds"] if trouble.fault else 0)  # until what is late has happened
        told = json.dumps(result, default=str)
        assert not [each for each in (*secrets, "nxcdb-", "eyJ") if each in told], told
        if check:
            assert cloud.writes() == [] and state(cloud) == before
        cloud.clear_faults()

    if expected in SUCCESSES:
        assert not result.get("failed"), result
        assert state(cloud) == after
        assert (outcome.sent[operation] > usual.sent[operation]) == (expected == AGAIN), (outcome.sent, usual.sent)
    else:
        assert result.get("failed") and expected in result["msg"], result
        assert state(cloud) in (before, after)
    assert elsewhere.log() == []

    # The next run, when the trouble is over, ends where it should: once, and whole.
    cloud.world.quirks.max_page = 0
    sign_in(cloud, operation, monkeypatch)
    result = run(operation, scene, None).result
    assert not result.get("failed") and state(cloud) == after, result
    assert expected not in SUCCESSES or not result["changed"]
