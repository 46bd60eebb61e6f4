# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module and the inventory as talkative as can be: no secret in anything that they print, write or run."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from ansible_collections.nxai.cloud.plugins.module_utils._core import errors
from simulator.testing import Served, serve
from tools.demo_model import model
from tools.workplace import users_environment

PASSWORD, MFA_CODE, CODE = "pass-word-marked-7Q", "mfa-marked-4711", "code-marked-0815"
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
accounts:
  - {{email: demo@example.com, password: {PASSWORD}, organisations: [Retail], mfa: refusal, mfa_code: {MFA_CODE}}}
organisations: [Retail]
catalogues: [Old]
models: [{{name: Alpha, catalogues: [Old]}}]
sites: [{{name: Shop, servers: [{{name: A, devices: [Door]}}]}}]
registry: {{groups: [G1], devices: [R1]}}
"""
CAMERAS = [{"site": "s", "site_name": "Shop", "device": "d", "name": "Door"}]
# Options of the task, and how it ends where all requests are answered.
TASKS: dict[str, dict[str, Any]] = {
    "nxai_catalogue": {"name": "New", "models": ["Alpha"]},
    "nxai_catalogue_info": {},
    "nxai_contract_info": {},
    "nxai_device": {"name": "R1", "groups": ["G1"]},
    "nxai_device_info": {},
    "nxai_doctor_info": {},
    "nxai_estate_info": {},
    "nxai_estate": {"path": "{{ estate_file }}", "step": "apply"},
    "nxai_first_contact": {"dir": "first-contact", "create": True},
    "nxai_fleet_report": {"dir": "fleet"},
    "nxai_model": {"name": "New", "file": "{{ model_file }}"},
    "nxai_model_check": {"file": "{{ model_file }}"},
    "nxai_model_info": {},
    "nxai_organisation_info": {},
    "nxai_pipeline": {"site": "Shop", "devices": ["Door"], "pipelines": [{"model": "Alpha"}]},
    "nxai_pipeline_info": {},
    "nxai_rollout": {
        "path": "rollout",
        "step": "open",
        "name": "night",
        "devices": CAMERAS,
        "waves": ["100%"],
        "declaration": {"pipelines": [{"model": "Alpha"}]},
    },
    "nxai_server_info": {},
    "nxai_site_info": {},
    "nxai_token": {"token_file": "{{ token_file }}", "code": "{{ vault_code }}", "force": True, "grant": "password"},
}
MODULES = Path(errors.__file__).parents[2] / "modules"
# With ANSIBLE_DEBUG, ansible-core prints the arguments of every task itself, as docs/authentication.md warns; and 2.22
# prints what a module says before it masks the secrets that the module names there.
ARGUMENTS = re.compile(r"^.*done with _execute_module \(.*$", re.MULTILINE)
NEW_SECRETS = re.compile(r'"_ansible_new_secrets": \[.*$', re.MULTILINE)
ISSUED = ["nxcdb-", "eyJ"]  # how a token begins
SETTINGS = {
    "ANSIBLE_DEBUG": "1",
    "ANSIBLE_INJECT_INVOCATION": "1",
    "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,every_event",
    "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
    "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
    "ANSIBLE_INVENTORY_CACHE": "1",
    "ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.jsonfile",
}


@dataclass(frozen=True)
class Account:
    """A world of its own, and the secrets that lead to it."""

    cloud: Served
    token: str
    refresh_token: str

    def options(self) -> dict[str, str]:
        tokens = {"token": self.token, "refresh_token": self.refresh_token}
        return {**tokens, "username": "demo@example.com", "password": PASSWORD, "mfa_code": MFA_CODE}

    def secrets(self) -> list[str]:
        return [self.token, self.refresh_token, PASSWORD, MFA_CODE, CODE]

    def where(self) -> dict[str, str]:
        return {"api_url": self.cloud.url, "cloud_url": self.cloud.url}

    def careless(self, *more: str) -> None:
        """From now on each request is refused, in words that repeat what was sent: the tokens, and ``more``."""
        echo = f"you sent {' '.join([self.refresh_token, *more])} Authorization: Bearer {self.token} or {self.token}"
        for path in ("/cpt/*", "/dev/*", "/partners/*"):
            self.cloud.fault("status", path=path, status=400, times=0, body={"Message": echo, "Field": {"token": echo}})
        self.cloud.fault("status", path="/cdb/*", status=400, times=0, body={"resultCode": "no", "errorText": echo})


@pytest.fixture
def account() -> Iterator[Account]:
    with serve(WORLD) as cloud:
        yield Account(cloud, cloud.token(), cloud.refresh_token())


@contextlib.contextmanager
def processes_watched(seen: set[bytes]) -> Iterator[None]:
    """Collect the command line of each process of this machine, as any of its users can."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            for folder in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    seen.add((folder / "cmdline").read_bytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


Talk = Callable[..., str]


@pytest.fixture
def talk(tmp_path: Path, account: Account) -> Talk:
    """Run a program of Ansible; all that it printed and wrote. No command line of the time holds a secret."""
    made = tmp_path / "made"
    made.mkdir()

    def run(program: str, *arguments: str | Path, **variables: str) -> str:
        env = {
            **users_environment(tmp_path),
            **SETTINGS,
            "ANSIBLE_HOME": str(made / "home"),
            "ANSIBLE_LOG_PATH": str(made / "log"),
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(made / "facts"),
            "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(made / "inventory"),
            "JUNIT_OUTPUT_DIR": str(made / "junit"),
            "EVERY_EVENT": str(made / "events"),
            **variables,
        }
        seen: set[bytes] = set()
        command = [sys.executable, "-m", "ansible", program, *map(str, arguments), "-vvvvv"]
        with processes_watched(seen):
            done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, check=False, timeout=300)
        assert any(str(tmp_path).encode() in each for each in seen)
        assert [each for each in seen if told(account.secrets(), each.decode("utf-8", "replace"))] == []
        files = [path.read_bytes() for path in sorted(made.rglob("*")) if path.is_file()]
        return b"\n".join([done.stdout, done.stderr, *files]).decode("utf-8", "replace")

    return run


@pytest.fixture
def playbook(tmp_path: Path, account: Account, talk: Talk) -> Talk:
    """A playbook of a task for each module, with the secrets as options, from a file as a vault gives them, or not."""
    (tmp_path / "model.onnx").write_bytes(model().SerializeToString())
    (tmp_path / "estate.yml").write_text("estate: 1\n")

    def run(options: dict[str, str], **variables: str) -> str:
        vault = {f"vault_{name}": value for name, value in {**options, "code": CODE}.items()}
        (tmp_path / "secrets.yml").write_text(json.dumps(vault))
        defaults = {**account.where(), **{name: f"{{{{ vault_{name} }}}}" for name in options}, "retries": 0}
        tasks: list[dict[str, Any]] = []
        for name, given in TASKS.items():
            own = {**given, **({"token": ""} if name == "nxai_token" else {})}
            tasks.append({f"nxai.cloud.{name}": own, "register": name, "ignore_errors": True})
        # From 2.22 on a variable holds the arguments as they were, where they are asked for; what is printed is masked.
        plain = "dict2items | rejectattr('key', 'eq', 'invocation') | items2dict"
        kept = {n: f"{{{{ {n} | {plain} }}}}" for n in TASKS}
        tasks.append({"ansible.builtin.set_fact": {"cacheable": True, "kept": kept}})
        play = {
            "hosts": "localhost",
            "gather_facts": not variables,  # the environment is one of the facts
            "vars_files": ["secrets.yml"],
            "vars": {
                "model_file": str(tmp_path / "model.onnx"),
                "token_file": str(tmp_path / "token.json"),
                "estate_file": str(tmp_path / "estate.yml"),
            },
            "module_defaults": {"group/nxai.cloud.nxai": defaults},
            "tasks": tasks,
        }
        (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
        return talk("playbook", tmp_path / "play.yml", "--diff", **variables)

    return run


def told(secrets: list[str], text: str) -> list[str]:
    """Which of these are in the text, in whatever form."""
    as_they_are = ((each, quote(each, safe=""), base64.b64encode(each.encode()).decode()) for each in secrets)
    return [form for forms in as_they_are for form in forms if form in text]


def squeezed(text: str) -> str:
    return "".join(text.split())


def excerpts(account: Account, text: str) -> list[str]:
    """Where a secret is told, wrapped over two lines or not; or a token that nobody gave: it was issued on the way."""
    text = squeezed(text)
    forms = told([*account.secrets(), *ISSUED], text)
    return [text[max(0, at - 300) : at + 60] for at in map(text.find, forms)]


def results(tmp_path: Path) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in (tmp_path / "made" / "events").read_text(encoding="utf-8").splitlines()]
    return [event for event in events if "ansible_facts" not in event]


def test_every_module_has_its_row() -> None:
    local = {"nxai_model_prepare"}  # takes no secret, and asks nobody
    assert set(TASKS) | local == {path.stem for path in MODULES.glob("nxai_*.py")}


def test_secrets_as_options(account: Account, playbook: Talk, tmp_path: Path) -> None:
    text = NEW_SECRETS.sub("", ARGUMENTS.sub("", playbook(account.options())))
    assert [event["error"] for event in results(tmp_path) if "error" in event] == []
    assert len(results(tmp_path)) == len(TASKS)
    assert all("invocation" in event for event in results(tmp_path))
    assert excerpts(account, text) == []


@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_careless_server(account: Account, playbook: Talk, tmp_path: Path, place: str) -> None:
    """Of a token in a file Ansible knows nothing, so it masks nothing."""
    if place == "file":
        account.careless()
        file = tmp_path / "signed-in.json"
        file.write_text(json.dumps({"access_token": account.token, "refresh_token": account.refresh_token}))
        variables = {"NXAI_TOKEN_FILE": str(file)}
    else:
        account.careless(PASSWORD, MFA_CODE)
        variables = {f"NXAI_{name.upper()}": value for name, value in account.options().items()}
    text = NEW_SECRETS.sub("", playbook({}, **variables))
    failed = [event for event in results(tmp_path) if "error" in event]
    # The doctor reports errors; to check a model, no cloud is needed.
    assert len(failed) == len(TASKS) - 2
    assert "yousent" in squeezed(text)
    assert excerpts(account, text.replace(CODE, "")) == []  # the code is an argument, as in the test above
    assert CODE not in ARGUMENTS.sub("", text)


@pytest.mark.parametrize("careless", [False, True])
def test_the_inventory(account: Account, talk: Talk, tmp_path: Path, careless: bool) -> None:
    if careless:
        account.careless(PASSWORD, MFA_CODE)
    source = tmp_path / "nxai.yml"
    options = {"plugin": "nxai.cloud.nxai_devices", "retries": 0, **account.where(), **account.options()}
    source.write_text(yaml.safe_dump(options))
    text = talk("inventory", "-i", source, "--list")
    assert ("yousent" in squeezed(text)) == careless and ("nxai_device_name" in text) != careless
    assert excerpts(account, text) == []
