# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader

from simulator.testing import Served, serve

Look = Callable[..., str]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for name in [name for name in os.environ if name.startswith("NXAI_")]:
        monkeypatch.delenv(name)
    with serve() as served:
        monkeypatch.setenv("NXAI_CLOUD_URL", served.url)
        monkeypatch.setenv("NXAI_API_URL", served.url)
        yield served


@pytest.fixture
def look(cloud: Served) -> Look:
    """The lookup as a template calls it. The port of the simulator is new each time, so nothing is remembered."""

    def run(*terms: str, **options: str) -> str:
        found = lookup_loader.get("nxai.cloud.nxai_token").run(list(terms), {}, **options)
        assert len(found) == 1
        return str(found[0])

    return run


def test_a_token_that_is_given_comes_back_bare(cloud: Served, look: Look) -> None:
    assert look(token="Bearer nxcdb-abc\n") == "nxcdb-abc"
    assert cloud.log() == []


def test_a_sign_in_is_remembered(cloud: Served, look: Look) -> None:
    first = look(username="demo@example.com", password="demo")
    assert look(username="demo@example.com", password="demo") == first
    assert len(cloud.log("issue_token")) == 1
    assert look(username="demo@example.com", password="demo", token_scope="cloudSystemId=*") != first


def test_the_environment(cloud: Served, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NXAI_USERNAME", "demo@example.com")
    monkeypatch.setenv("NXAI_PASSWORD", "demo")
    assert look().startswith("nxcdb-")


def test_a_token_file_is_renewed_in_place(cloud: Served, look: Look, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(json.dumps({"refresh_token": cloud.refresh_token()}))
    assert json.loads(file.read_text() or "{}").get("access_token") != look(token_file=str(file))
    assert json.loads(file.read_text())["access_token"] == look(token_file=str(file))


@pytest.mark.parametrize(
    ("terms", "options", "word"),
    [
        (["a"], {}, "takes no terms"),
        ([], {}, "no credentials are given"),
        ([], {"username": "demo@example.com", "password": "wrong-one"}, "user name and password"),
        ([], {"token_file": "/nowhere/token"}, "No such file"),
        ([], {"cloud_url": "http://cloud.example.com", "password": "wrong-one"}, "plain http"),
    ],
)
def test_errors_are_readable(look: Look, terms: list[str], options: dict[str, str], word: str) -> None:
    with pytest.raises(AnsibleLookupError, match=word) as caught:
        look(*terms, **options)
    assert "wrong-one" not in str(caught.value)
