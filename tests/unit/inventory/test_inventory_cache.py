# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cache of the inventory where others use the same machine: who may read it, who may write it, whose it is."""

from __future__ import annotations

import base64
import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import get_cache_plugin
from inventory_estate import Reading

from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.cache import account_key, cache_key, subject
from simulator.testing import Served

Read = Callable[..., Reading]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def caching(folder: Path) -> dict[str, Any]:
    return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder)}


def forge(folder: Path, kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change entries as somebody who can write to the folder would."""
    store = get_cache_plugin("jsonfile", _uri=str(folder), _prefix="ansible_inventory_", _timeout=0)
    for path in folder.glob(f"*{kind}*"):
        key = path.name[path.name.index(kind) :]
        entry = copy.deepcopy(store[key])
        change(entry)
        store[key] = entry
    store.set_cache()


# Who may read and write it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("prefix", [None, "shop_[a]_"])
def test_files_and_a_new_folder_are_the_owners_alone(
    read: Read, caching: dict[str, Any], folder: Path, existing: bool, prefix: str | None
) -> None:
    if existing:
        folder.mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        read(**caching, **({"cache_prefix": prefix} if prefix else {}))
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert len(list(folder.glob("*nxai_devices_*"))) == 1
    assert len(list(folder.glob("*nxai_known_*"))) == 3
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == (0o755 if existing else 0o700)


def test_files_of_others_in_the_folder_stay_as_they_are(read: Read, caching: dict[str, Any], folder: Path) -> None:
    folder.mkdir()
    other = folder / "ansible_inventory_somebody"
    other.touch()
    other.chmod(0o644)
    read(**caching)
    assert other.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_everyone_can_write_to_is_refused(
    read: Read, cloud: Served, caching: dict[str, Any], folder: Path
) -> None:
    folder.mkdir()
    for mode, advice in ((0o777, "chmod o-w"), (0o1777, "Name a file or a folder of your own in it")):
        folder.chmod(mode)
        with pytest.raises(AnsibleParserError, match=f"everyone can write to .*{advice}"):
            read(**caching)
    assert not cloud.log()
    assert not list(folder.iterdir())
    folder.chmod(0o700)
    assert read(**caching).hosts


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused_unless_its_owner_is_named(
    read: Read, caching: dict[str, Any], folder: Path
) -> None:
    folder.mkdir()
    os.chown(folder, 4321, -1)
    with pytest.raises(AnsibleParserError, match="belongs to the user with the number 4321"):
        read(**caching)
    assert read(**caching, trusted_owner="4321").hosts


def test_a_cache_without_a_folder_is_none_of_this(read: Read) -> None:
    assert read(cache=True, cache_plugin="memory").hosts


# What may come out of it ----------------------------------------------------------------------------------------------

LOCAL = {"ansible_connection": "local"}


def _host(contents: dict[str, Any], **own: Any) -> None:
    contents["hosts"][0][2].update(own)


POISON: dict[str, Callable[[dict[str, Any]], Any]] = {
    "connection of a host": lambda contents: _host(contents, **LOCAL),
    "address of a host": lambda contents: _host(contents, ansible_host="localhost"),
    "a variable that looks like ours": lambda contents: _host(contents, nxai_other=1),
    "variables that hosts share": lambda contents: contents["shared"][0].update(LOCAL),
    "variables of a group": lambda contents: contents["groups"][0][2].update(LOCAL),
    "group all": lambda contents: contents["groups"].append(["all", None, LOCAL]),
    "group all with our variables": lambda contents: contents["groups"].append(["all", None, {"nxai_kind": "x"}]),
    "group ungrouped": lambda contents: contents["groups"].append(["ungrouped", None, {}]),
    "a group of the user": lambda contents: contents["groups"].append(["webservers", None, {}]),
    "an unknown parent": lambda contents: contents["groups"][0].__setitem__(1, "all"),
    "a circle of groups": lambda contents: contents["groups"][0].__setitem__(1, contents["groups"][0][0]),
    "a host in a group of the user": lambda contents: contents["hosts"][0][4].append("webservers"),
    "a host in group all": lambda contents: contents["hosts"][0].__setitem__(1, "all"),
    "localhost": lambda contents: contents["hosts"][0].__setitem__(0, "localhost"),
    "an option": lambda contents: contents["hosts"][0].__setitem__(0, "-oProxyCommand=x"),
    "a template": lambda contents: contents["hosts"][0].__setitem__(0, "{{ 7*7 }}"),
    "the name of another host": lambda contents: contents["hosts"][0].__setitem__(0, contents["hosts"][1][0]),
    "no kind": lambda contents: contents["hosts"][0][2].pop("nxai_kind"),
    "another kind": lambda contents: _host(contents, nxai_kind="vault_password"),
    "variables that are none": lambda contents: contents["groups"][0].__setitem__(2, ["nxai_kind"]),
    "no such shared variables": lambda contents: contents["hosts"][0].__setitem__(3, 99),
    "a name that is no text": lambda contents: contents["hosts"][0].__setitem__(0, 7),
    "a missing site": lambda contents: contents["missing"].append(LOCAL),
    "a warning that is no text": lambda contents: contents["warnings"].append(LOCAL),
}


@pytest.mark.parametrize("poison", POISON)
def test_a_poisoned_entry_is_not_used(
    read: Read, cloud: Served, caching: dict[str, Any], folder: Path, poison: str
) -> None:
    first = read(**caching)

    def change(entry: dict[str, Any]) -> None:
        contents = json.loads(entry["contents"])
        POISON[poison](contents)
        entry["contents"] = json.dumps(contents)

    forge(folder, "nxai_devices_", change)
    cloud.clear_log()
    found = read(**caching)
    assert "its entry is damaged" in found.warnings[0]
    assert cloud.log()
    assert found.graph() == first.graph()
    assert {name: host.vars for name, host in found.hosts.items()} == {n: h.vars for n, h in first.hosts.items()}
    assert found.groups["all"].vars == first.groups["all"].vars


@pytest.mark.parametrize("rows", ['[{"servers": 1, "devices": []}]', "[]", "[1]", '[{"devices": [1], "servers": []}]'])
def test_a_poisoned_memory_of_a_site_is_as_good_as_none(
    read: Read, cloud: Served, caching: dict[str, Any], folder: Path, rows: str
) -> None:
    read(**caching)
    forge(folder, "nxai_known_", lambda entry: entry.update(rows=rows))
    cloud.fault("status", "list_devices", status=403, times=0)
    with pytest.raises(AnsibleParserError, match="nothing is known"):
        read(fresh=True, **caching, on_error="cached")


# Whose it is ----------------------------------------------------------------------------------------------------------


def jwt(**claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"nxcdb-{part({'alg': 'none'})}.{part(claims)}.signature"


def keys(**options: Any) -> tuple[str, str]:
    return account_key(options), cache_key(options)


ROBOT = {"sub": "robot@example.com", "iss": "cloud", "client_id": "3rdParty"}


@pytest.mark.parametrize("option", ["token", "refresh_token"])
def test_tokens_of_one_account_share_entries_and_those_of_two_do_not(option: str) -> None:
    robot = keys(**{option: jwt(**ROBOT, exp=1)})
    assert robot == keys(**{option: jwt(**ROBOT, exp=2)}) == keys(**{option: f"Bearer {jwt(**ROBOT)}"})
    others = [{**ROBOT, "sub": "other@example.com"}, {**ROBOT, "iss": "elsewhere"}, {**ROBOT, "client_id": "portal"}]
    for token in [*(jwt(**other) for other in others), jwt(exp=1), "opaque", ""]:
        assert not set(robot) & set(keys(**{option: token}))


def test_opaque_tokens_share_no_entries_and_cannot_be_found_out() -> None:
    assert keys(token="opaque-1") == keys(token="opaque-1")
    assert not set(keys(token="opaque-1")) & set(keys(token="opaque-2"))
    assert "opaque" not in str(subject({"token": "opaque-1"}))


def test_a_token_file_counts_by_the_token_in_it(tmp_path: Path) -> None:
    path = tmp_path / "token.json"

    def keys_with(**content: str) -> tuple[str, str]:
        path.write_text(json.dumps(content), encoding="utf-8")
        return keys(token_file=str(path))

    robot = keys_with(access_token=jwt(**ROBOT, exp=1))
    assert robot == keys_with(access_token=jwt(**ROBOT, exp=2), refresh_token="x")
    assert not set(robot) & set(keys_with(access_token=jwt(**{**ROBOT, "sub": "other@example.com"})))
    assert keys_with(refresh_token="x") != keys_with(refresh_token="y")


def test_another_account_reads_for_itself(
    read: Read, cloud: Served, caching: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(**caching)
    cloud.clear_log()
    monkeypatch.setenv("NXAI_TOKEN", "wrong")
    with pytest.raises(AnsibleParserError, match="401"):
        read(**caching)
    with pytest.raises(AnsibleParserError, match="401"):
        read(**caching, on_error="cached")


def test_what_another_contract_read_is_another_entry() -> None:
    one, other = {"contract": "/one.yml"}, {"contract": {"fields": {"site": {"id": "key"}}}}
    assert cache_key(one) != cache_key(other) and account_key(one) != account_key(other)
