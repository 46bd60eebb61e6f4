# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of the cloud in a play: nothing evaluates it, and no name of it is an option of a command."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import template
from hostile_texts import KEYS, PRODUCT, SECRET, SECRET_NAME, TEXTS
from inventory_estate import PIPELINE, SEED, Reading

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import TAGS
from simulator.testing import Served
from tools.workplace import users_environment

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Read = Callable[..., Reading]
Play = Callable[[Path, bool], str]
# What a play can read of the cloud: variables of hosts and groups, composed ones, keys of records, and names.
SEEN = [
    *("nxai_device_name", "nxai_server_name", "nxai_site_name", "copied", "joined", "within", "chained", "key"),
    *("nxai_raw.Name", "nxai_pipelines[0].postprocessor", "nxai_missing_sites[0].name"),
    *("inventory_hostname", "group_names[0]"),
]
OPTIONS: dict[str, Any] = {
    "include_raw": True,
    "on_error": "skip",
    "compose": {
        "copied": "nxai_device_name",
        "joined": "nxai_device_name ~ ''",
        "within": "nxai_raw.Name",
        "chained": "nxai_pipelines[0].postprocessor",
        "key": "nxai_raw.nxAI.PluginSettings | first",
    },
    "keyed_groups": [{"key": "nxai_device_name | string", "prefix": "", "separator": ""}],
}


@pytest.fixture
def texts(tmp_path: Path) -> list[str]:
    return [text.replace("CANARY", str(tmp_path / "canary")) for text in TEXTS]


@pytest.fixture
def hostile(cloud: Served, texts: list[str], tmp_path: Path) -> Served:
    """A cloud in which each text is the name of a device, of its server, and in its record; and of a lost site."""
    servers = [
        {"name": text, "devices": [{"name": text, "pipelines": [{**PIPELINE, "Postprocessor": text}]}]}
        for text in texts
    ]
    name = f"lookup('pipe', 'touch {tmp_path}/canary')"
    cloud.reset({**SEED, "sites": [{"name": name, "servers": servers}, {"name": SECRET_NAME}]})
    first, lost = cloud.world.sites.values()
    keys = [key.replace("CANARY", str(tmp_path / "canary")) for key in KEYS]
    for number, device in enumerate(first.devices.values()):
        device.settings = {keys[number % len(keys)]: 1}  # type: ignore[dict-item]
    cloud.fault("status", path=f"/dev/system/{lost.id}/devices", status=403, times=0)
    return cloud


@pytest.fixture
def run(cloud: Served, tmp_path: Path) -> Run:
    env = users_environment(tmp_path, NXAI_API_URL=cloud.url, NXAI_TOKEN=os.environ["NXAI_TOKEN"], ANSIBLE_FORKS="2")

    def _run(program: str, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ansible", program, *map(str, arguments)]
        return subprocess.run(
            command, env={**env, **variables}, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=400
        )

    return _run


def sinks(folder: Path, names: bool) -> list[dict[str, Any]]:
    """Tasks that evaluate what the variables hold, and with ``names`` what hosts and groups are called, in all the ways
    that a play has. No loop: an old core marks items, and with them each result."""
    seen = {f"seen_{number}": f"{{{{ {name} }}}}" for number, name in enumerate(SEEN)}
    (folder / "all.j2").write_text("\n".join(seen.values()))
    at_host = [f"{{{{ hostvars[inventory_hostname].{name} }}}}" for name in SEEN]
    rendered = f"{{{{ lookup('ansible.builtin.template', '{folder}/all.j2') }}}}"
    settings = "{{ nxai_raw }}{{ nxai_raw.nxAI.PluginSettings | dict2items }}"
    as_facts = [f"{{{{ {name} }}}}" for name in seen]
    whole = ["nxai_device_name", *(["inventory_hostname"] if names else [])]
    shown = [*whole, *(["group_names[0]"] if names else []), "joined", "key", "seen_0"]
    evaluating: list[dict[str, Any]] = [
        *({"ansible.builtin.debug": {"var": f"{{{{ {name} }}}}"}} for name in shown),
        *({"ansible.builtin.assert": {"that": f"{{{{ {name} }}}}"}} for name in whole),
        *({"ansible.builtin.debug": {"msg": "x"}, "when": f"{{{{ {name} }}}}"} for name in whole),
    ]
    return [
        {"ansible.builtin.set_fact": seen},
        {"ansible.builtin.debug": {"msg": [*seen.values(), *at_host, rendered, settings, *as_facts]}},
        *({**task, "ignore_errors": True} for task in evaluating),
    ]


@pytest.fixture
def play(run: Run, tmp_path: Path) -> Play:
    """All that is printed when the play runs over an inventory."""

    def _play(inventory: Path, names: bool) -> str:
        playbook = tmp_path / "play.yml"
        variables = {SECRET_NAME: SECRET}
        tasks = sinks(tmp_path, names)
        playbook.write_text(
            yaml.safe_dump([{"hosts": "all", "gather_facts": False, "vars": variables, "tasks": tasks}])
        )
        done = run("playbook", "-i", inventory, playbook)
        assert "PLAY RECAP" in done.stdout, done.stdout[-3000:] + done.stderr
        return done.stdout + done.stderr

    return _play


def shown(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def test_nothing_is_evaluated_in_a_play(
    hostile: Served, write: Callable[..., Path], play: Play, texts: list[str], tmp_path: Path
) -> None:
    printed = play(write(**OPTIONS), True)
    assert not (tmp_path / "canary").exists()
    assert SECRET not in printed
    assert PRODUCT not in printed
    assert [text for text in texts if shown(text) not in printed] == []


def test_nothing_is_evaluated_where_awx_hands_the_inventory_on(
    hostile: Served, write: Callable[..., Path], run: Run, play: Play, texts: list[str], tmp_path: Path
) -> None:
    """Names are plain there, and an old core takes one that is a word for a variable, as it does in any inventory."""
    options = {**OPTIONS, "hostnames": ["nxai_device_id"], "keyed_groups": []}
    listed = run("inventory", "-i", write(**options), "--list", "--export")
    assert listed.returncode == 0, listed.stderr
    (tmp_path / "listed.json").write_text(listed.stdout, encoding="utf-8")
    script = tmp_path / "handed_on.sh"
    script.write_text(f"#!/bin/sh\ncat {tmp_path}/listed.json\n")
    script.chmod(0o700)
    printed = play(script, False)
    assert not (tmp_path / "canary").exists()
    assert SECRET not in printed
    assert PRODUCT not in printed
    # An old core reads a text that looks like a dictionary as one, and prints that.
    assert [text for text in texts if shown(text) not in printed and not text.startswith("{")] == []


def test_what_modules_return_is_not_evaluated(hostile: Served, run: Run, texts: list[str], tmp_path: Path) -> None:
    """Nor what filters and the lookup make of it."""
    devices = "{{ found.devices | default([]) }}"
    tasks: list[dict[str, Any]] = [
        {"nxai.cloud.nxai_device_info": {"sites": ["*"]}, "register": "found", "ignore_errors": True},
        {"ansible.builtin.set_fact": {"devices": devices}},
        {"ansible.builtin.set_fact": {"names": "{{ devices | map(attribute='name') | sort }}"}},
        {"ansible.builtin.set_stats": {"data": {"names": "{{ names }}"}}},
        {"ansible.builtin.debug": {"msg": "{{ found }}"}},
        {"ansible.builtin.debug": {"msg": "{{ names | map('string') | join(' / ') }}"}},
        {"ansible.builtin.debug": {"var": "{{ lookup('nxai.cloud.nxai_token', token=odd) }}"}, "ignore_errors": True},
    ]
    for sink in ({"ansible.builtin.debug": {"var": "{{ item }}"}}, {"ansible.builtin.assert": {"that": "{{ item }}"}}):
        tasks.append({**sink, "loop": "{{ names }}", "ignore_errors": True})
    playbook = tmp_path / "play.yml"
    play = yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    playbook.write_text(f"{play}  vars:\n    {SECRET_NAME}: {SECRET}\n    odd: !unsafe '{{{{7919*7907}}}}'\n")
    done = run("playbook", playbook)
    printed = done.stdout + done.stderr
    assert "PLAY RECAP" in printed
    assert not (tmp_path / "canary").exists()
    assert SECRET not in printed
    assert PRODUCT not in printed
    assert [text for text in texts if shown(text) not in printed] == []


def texts_within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (*texts_within(key), *texts_within(item))
    elif isinstance(value, list):
        for item in value:
            yield from texts_within(item)


def may_be_evaluated(text: str) -> bool:
    return bool(template.is_trusted_as_template(text)) if TAGS else not hasattr(text, "__UNSAFE__")


def test_every_text_of_the_cloud_is_marked(hostile: Served, read: Read) -> None:
    found = read(**OPTIONS, group_by=["status", "model"])
    own = {"inventory_file", "inventory_dir", "nxai_kind"}
    for entity in (*found.hosts.values(), *found.groups.values()):
        values = [value for name, value in entity.vars.items() if name not in own]
        loose = [text for value in values for text in texts_within(value) if may_be_evaluated(text)]
        assert not loose, ascii(loose)
        assert not (TAGS and may_be_evaluated(entity.name))
    assert {host.vars["nxai_kind"] for host in found.hosts.values()} == {"device"}
    assert all(may_be_evaluated(host.vars["nxai_kind"]) for host in found.hosts.values())


def test_a_key_that_ansible_keeps_for_itself_is_renamed_in_records_and_makes_pipelines_unknown(
    cloud: Served, read: Read
) -> None:
    odd = {"name": "Odd", "pipelines": [{**PIPELINE, "__ansible_unsafe": "x"}]}
    cloud.reset({**SEED, "sites": [{"name": "S", "servers": [{"name": "A", "devices": [odd, "Plain"]}]}]})
    found = read(include_raw=True)
    assert "nxai_pipelines" not in found.variables("Odd")
    assert "keeps for itself" in found.variables("Odd")["nxai_pipelines_unknown"]
    assert found.variables("Plain")["nxai_pipelines"] == []
    (pipeline,) = found.variables("Odd")["nxai_raw"]["nxAI"]["pipelines"]
    assert pipeline["___ansible_unsafe"] == "x"
    assert "__ansible_unsafe" not in pipeline


# Names as arguments of commands --------------------------------------------------------------------------------------


@pytest.fixture
def ssh(tmp_path: Path) -> Path:
    """A folder with a program ssh that writes down its arguments, one a line, into ``arguments`` beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "ssh"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >> {folder}/arguments\n")
    program.chmod(stat.S_IRWXU)
    return folder


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"hostnames": ["{{ nxai_device_name }}"]},
        {"hostnames": ["nxai_raw.Name", "name"]},
        {"compose": {"ansible_host": "nxai_device_name"}},
        {"compose": {"ansible_ssh_host": "nxai_device_name ~ ''"}},
    ],
    ids=json.dumps,
)
def test_the_name_of_a_camera_is_no_option_of_ssh(
    cloud: Served, write: Callable[..., Path], run: Run, ssh: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    name = f"-oProxyCommand=touch {tmp_path}/canary; echo"
    cloud.reset({**SEED, "sites": [{"name": "S", "servers": [{"name": "A", "devices": [name]}]}]})
    playbook = tmp_path / "play.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [{"raw": "true"}]}]))
    path = f"{ssh}{os.pathsep}{os.environ['PATH']}"
    done = run("playbook", "-i", write(**options, include_raw=True), playbook, PATH=path)
    arguments = (ssh / "arguments").read_text().splitlines()
    assert any(argument.startswith("s-oproxycommand-touch-") for argument in arguments), done.stdout + done.stderr
    assert not any("canary" in argument for argument in arguments)
    assert "-oProxyCommand=touch" in " ".join(done.stderr.split()) or not options


def test_a_composed_address_that_is_one_stays(read: Read, cloud: Served) -> None:
    found = read(compose={"ansible_host": "nxai_server_name ~ '.example.com'", "ansible_ssh_common_args": "'-4'"})
    assert found.variables("Yard")["ansible_host"] == "Old.example.com"
    assert found.variables("Yard")["ansible_ssh_common_args"] == "-4"
    assert not found.warnings
