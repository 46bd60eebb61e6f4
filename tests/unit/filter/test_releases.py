# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import random

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.nxai.cloud.plugins.filter.releases import releases


def versions(*names: str, model: str = "Person") -> list[str]:
    models = [{"name": name, "uuid": str(number)} for number, name in enumerate(names)]
    return [each["version"] for each in releases(models, model)]


@pytest.mark.parametrize(
    "oldest_first",
    [
        ["1", "2", "9", "10", "11"],
        ["1.0-alpha", "1.0-beta2", "1.0-beta10", "1.0-rc1", "1.0", "1.0.1", "1.1", "1.10"],
        ["2025.51", "2026.1", "2026.2", "2026.48"],
        ["2026-11-01", "2026-11-24", "2026-11-24-2"],
        ["v1", "v2", "v10"],
    ],
)
def test_newest_first(oldest_first: list[str]) -> None:
    names = [f"Person@{version}" for version in oldest_first]
    for seed in range(5):
        random.Random(seed).shuffle(names)
        assert versions(*names) == oldest_first[::-1]


def test_only_releases_of_this_model() -> None:
    names = ("Person@1", "Person", "Person@", "Persons@1", "A Person@1", "Person@1@2", "Person@a b", "person@3", "@1")
    assert versions(*names) == ["1"]
    assert versions("a@b@1", "a@1", model="a@b") == ["1"]


def test_the_model_is_kept_whole_and_equal_versions_have_an_order() -> None:
    twins = [{"name": "P@1", "uuid": "b", "state": "ready"}, {"name": "P@1.", "uuid": "a"}]
    assert releases(twins, "P") == releases(twins[::-1], "P")
    assert releases(twins[:1], "P") == [{"name": "P@1", "uuid": "b", "state": "ready", "version": "1"}]


@pytest.mark.parametrize("wrong", ["text", ["text"], [{"uuid": "a"}]])
def test_what_is_no_list_of_models_is_refused(wrong: object) -> None:
    with pytest.raises(AnsibleFilterError, match="nxai_model_info"):
        releases(wrong, "P")


def test_versions_of_thousands_of_digits() -> None:
    models = [{"name": f"A@{version}"} for version in ("9" * 5000, "1" + "0" * 5000, "007", "8")]
    assert [len(each["version"]) for each in releases(models, "A")] == [5001, 5000, 1, 3]
