# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible import release
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader

from simulator.testing import Served, serve
from tools.workplace import ansible

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


def test_ansible_2_22_prints_no_token_that_was_looked_up(tmp_path: Path) -> None:
    message = "msg=<{{ lookup('nxai.cloud.nxai_token', token='looked-up-4711') }}>"
    shown = ansible(tmp_path, "adhoc", "localhost", "-m", "debug", "-a", message).stdout
    masks = tuple(map(int, release.__version__.split(".")[:2])) >= (2, 22)
    assert ("<$REDACTED$>" if masks else "<looked-up-4711>") in shown


# Each way to hand a token to another task.
HANDED_ON = """
- hosts: localhost
  gather_facts: false
  tasks:
    - nxai.cloud.nxai_token: {username: demo@example.com, password: demo, token_file: "{{ file }}"}
    - nxai.cloud.nxai_catalogue_info: {token_file: "{{ file }}"}
    - nxai.cloud.nxai_catalogue_info: {token: "{{ lookup('nxai.cloud.nxai_token', token_file=file) }}"}
    - nxai.cloud.nxai_token: {token_file: "{{ file }}", return_token: true}
      register: signed_in
      no_log: true
    - nxai.cloud.nxai_catalogue_info: {token: "{{ signed_in.access_token }}"}
    - nxai.cloud.nxai_token: {token_file: "{{ file }}", state: absent}
"""


def test_no_way_to_hand_a_token_on_prints_it(cloud: Served, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(HANDED_ON)
    env = {"ANSIBLE_LOG_PATH": str(tmp_path / "log"), "NXAI_CLOUD_URL": cloud.url, "NXAI_API_URL": cloud.url}
    done = ansible(tmp_path, "playbook", "play.yml", "-vvvv", "--diff", "-e", f"file={tmp_path}/token", **env)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert "nxcdb-" not in output + (tmp_path / "log").read_text()
    assert len(cloud.log("issue_token")) == 1 and len(cloud.log("list_catalogues")) == 3
    assert not (tmp_path / "token").exists()
