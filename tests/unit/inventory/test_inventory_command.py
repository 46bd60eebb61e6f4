# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command ``ansible-inventory`` itself, as people and AWX run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from inventory_estate import HOSTILE, SEED

from simulator.testing import Served
from tools.workplace import ROOT, users_environment

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(cloud: Served, tmp_path: Path) -> Run:
    """Runs ``ansible-inventory``, or another program of Ansible, with an empty home that cannot be written to."""
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    token = os.environ["NXAI_TOKEN"]
    env = users_environment(home, ANSIBLE_HOME=str(tmp_path / "ansible"), NXAI_API_URL=cloud.url, NXAI_TOKEN=token)

    def _run(*arguments: str | Path, program: str = "inventory", **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ansible", program, *map(str, arguments)]
        return subprocess.run(
            command, env={**env, **variables}, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )

    return _run


def plain(value: Any) -> Any:
    """A value of ``--list`` without the mark that core puts on text that could be taken for a template."""
    if isinstance(value, dict):
        return (
            plain(value["__ansible_unsafe"])
            if set(value) == {"__ansible_unsafe"}
            else {k: plain(v) for k, v in value.items()}
        )
    return [plain(item) for item in value] if isinstance(value, list) else value


def test_graph(run: Run, write: Callable[..., Path]) -> None:
    """It is the one that the guide shows."""
    done = run("-i", write(), "--graph")
    assert done.stdout in (ROOT / "docs/inventory.md").read_text(encoding="utf-8")
    assert done.stdout.count("\n") == 15
    assert done.returncode == 0
    assert not done.stderr


def test_the_way_awx_runs_it(run: Run, write: Callable[..., Path], cloud: Served, tmp_path: Path) -> None:
    cloud.reset({**SEED, "sites": [{"name": "S", "servers": [{"name": "A", "devices": ["Plain", *HOSTILE]}]}]})
    output = tmp_path / "output.json"
    done = run(
        *("-i", write(), "--list", "--export", "--output", output, "--playbook-dir", tmp_path),
        ANSIBLE_INVENTORY_UNPARSED_FAILED="True",
        ANSIBLE_INVENTORY_EXPORT="True",
        ANSIBLE_VERBOSE_TO_STDERR="True",
    )
    assert done.returncode == 0, done.stderr
    listing = json.loads(output.read_text(encoding="utf-8"))
    hosts = listing["_meta"]["hostvars"]
    assert {plain(variables["nxai_device_name"]) for variables in hosts.values()} == {"Plain", *HOSTILE}
    # AWX takes names as plain texts only. All text of the cloud is marked, as nothing tells a name from an expression.
    members = [name for group in listing.values() for name in (*group.get("hosts", ()), *group.get("children", ()))]
    assert all(isinstance(name, str) for name in members)
    assert set(members) > set(hosts)
    (own,) = (own for own in hosts.values() if plain(own["nxai_device_name"]) == "Plain")
    assert own["nxai_device_name"] == {"__ansible_unsafe": "Plain"}
    assert (own["nxai_kind"], own["nxai_site_online"]) == ("device", True)
    assert listing["site_s"] == {
        "children": ["server_s_a"],
        "vars": {name: own[name] for name in listing["site_s"]["vars"]},
    }


def test_two_runs_give_the_same_bytes(run: Run, write: Callable[..., Path]) -> None:
    first, second = (run("-i", write(), "--list").stdout for _time in range(2))
    assert first == second
    assert "Entrance" in first


def test_an_error_is_said_without_traceback_or_secret(run: Run, write: Callable[..., Path]) -> None:
    done = run(
        "-i", write(), "--list", "-vvvvv", NXAI_TOKEN="nxcdb-hunter2hunter2", ANSIBLE_INVENTORY_UNPARSED_FAILED="1"
    )
    assert done.returncode != 0
    told = " ".join((done.stdout + done.stderr).split())
    assert "HTTP 401" in told
    assert "hunter2" not in told


def samples() -> list[dict[str, Any]]:
    """The inventory files that the plugin's documentation and the guide show."""
    plugin = (ROOT / "plugins/inventory/nxai_devices.py").read_text(encoding="utf-8")
    guide = (ROOT / "docs/inventory.md").read_text(encoding="utf-8")
    chunks = plugin.partition('EXAMPLES = r"""')[2].partition('"""')[0].split("# ----------\n")[1:]
    # One YAML document can hold but one sample: the others are commented out.
    texts = ["plugin:" + re.sub(r"(?m)^# ?", "", chunk.partition("plugin:")[2]) for chunk in chunks]
    texts += [block.partition("```")[0] for block in guide.split("```yaml\n")[1:] if block.startswith("plugin:")]
    return [yaml.safe_load(text) for text in texts]


def test_each_sample_of_the_documentation_is_read(run: Run, cloud: Served, tmp_path: Path) -> None:
    own_id = "5c0ff1ce-0000-4000-8000-000000000001"
    more = [{"name": "Warehouse North"}, {"name": "Somewhere", "id": own_id}]
    cloud.reset({**SEED, "sites": [*SEED["sites"], *more]})
    own = ("token_file", "username", "password", "cloud_url", "act_as", "cache_connection")
    paths = []
    for number, sample in enumerate(samples()):
        options = {name: value for name, value in sample.items() if name not in own}
        if options.get("cache"):
            options["cache_connection"] = str(tmp_path / "cache")
        ours = sample["plugin"] == "nxai.cloud.nxai_devices"
        paths.append(tmp_path / (f"{number}.nxai.yml" if ours else f"{number}.yml"))
        paths[-1].write_text(yaml.safe_dump(options), encoding="utf-8")
    assert len(paths) == 18
    done = run(
        *(word for path in paths for word in ("-i", path)), "--list", ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="1"
    )
    assert done.returncode == 0, done.stderr
    hosts = json.loads(done.stdout)["_meta"]["hostvars"]
    assert {"shop-berlin/office", "Main@Shop-Berlin"} < set(hosts)
    assert {"idle", "in_shops"} < set(json.loads(done.stdout))
    assert sum(1 for name in hosts if name.startswith("shop-berlin-office-")) == 1


def test_a_name_is_no_expression_either(run: Run, write: Callable[..., Path], cloud: Served, tmp_path: Path) -> None:
    """``assert`` takes the text that a template gives for an expression: where it may trust it."""
    hostile = f"lookup('ansible.builtin.pipe', 'touch {tmp_path}/evaluated')"
    cloud.reset({**SEED, "sites": [{"name": "S", "servers": [{"name": "A", "devices": [hostile]}]}]})
    playbook = tmp_path / "play.yml"
    task = {"ansible.builtin.assert": {"that": "{{ nxai_device_name }}"}, "ignore_errors": True}
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
    done = run("-i", write(), playbook, program="playbook")
    assert "TASK [" in done.stdout, done.stderr
    assert not (tmp_path / "evaluated").exists()


def test_extra_variables_are_used_where_that_is_chosen(run: Run, write: Callable[..., Path]) -> None:
    options = {"compose": {"at": "nxai_server_name ~ suffix", "again": "same"}, "keyed_groups": [{"key": "kind"}]}
    extra = ("-e", "suffix=.example.com", "-e", "kind={{ nxai_site_name }}", "-e", "same={{ nxai_device_name }}")
    found = json.loads(run("-i", write(use_extra_vars=True, hostnames=["name"], **options), "--list", *extra).stdout)
    till = found["_meta"]["hostvars"]["Till"]
    assert plain(till["at"]) == "Main.example.com"
    assert plain(till["again"]) == "Till"
    assert "Till" in found["_Shop_Amsterdam"]["hosts"]
    without = json.loads(run("-i", write(hostnames=["name"], **options), "--list", *extra).stdout)
    assert "at" not in without["_meta"]["hostvars"]["Till"]
