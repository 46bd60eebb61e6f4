# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options of the environment count beside what a task says of signing in."""

from __future__ import annotations

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._connection.ways import OPTIONS, described, set_aside

PASSWORD = {"username", "password", "mfa_code"}


@pytest.mark.parametrize(
    ("given", "environment", "expected"),
    [
        (set(), set(OPTIONS), set()),
        ({"mfa_code"}, set(OPTIONS), set()),
        ({"token"}, set(OPTIONS), {"token_file", "refresh_token", *PASSWORD}),
        ({"token_file"}, {"token", *PASSWORD}, {"token", "refresh_token", *PASSWORD}),
        ({"refresh_token", "token"}, {"password"}, {"token_file", *PASSWORD}),
        ({"username"}, {"password", "token"}, {"token", "token_file", "refresh_token"}),
        ({"username"}, {"username", "password"}, {"token", "token_file", "refresh_token", "password", "mfa_code"}),
        ({"username", "password"}, {"mfa_code"}, {"token", "token_file", "refresh_token"}),
        ({"username", "password"}, {"username"}, {"token", "token_file", "refresh_token", "mfa_code"}),
    ],
    ids=lambda names: "+".join(sorted(names)) or "none",
)
def test_i13_what_a_task_says_comes_first_as_a_whole(
    given: set[str], environment: set[str], expected: set[str]
) -> None:
    assert set_aside(given, environment) == expected


def test_i13_the_way_that_counts_is_described_with_its_source() -> None:
    assert described({}, {}) == ""
    assert described({"token": "x", "username": "y"}, {"token": "NXAI_TOKEN"}) == "by token, from NXAI_TOKEN"
    both = {"username": "x", "password": "y", "mfa_code": "1"}
    assert described(both, {"password": "NXAI_PASSWORD"}) == (
        "by username and password, from the task or file itself, NXAI_PASSWORD"
    )
