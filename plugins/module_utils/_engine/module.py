# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base that every module of the collection stands on: options, client, plan, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._api.client import Client
from .._core.errors import NxaiError
from .._core.limits import MOST_DEPTH, is_deep


def _from_env(name: str) -> tuple[Callable[..., Any], list[str]]:
    return env_fallback, [name]


CONNECTION_SPEC: dict[str, dict[str, Any]] = {
    "api_url": {"type": "str", "default": "https://api.sclbl.nxvms.com", "fallback": _from_env("NXAI_API_URL")},
    "cloud_url": {"type": "str", "fallback": _from_env("NXAI_CLOUD_URL")},
    "token": {"type": "str", "no_log": True, "fallback": _from_env("NXAI_TOKEN")},
    "token_file": {"type": "path", "no_log": False, "fallback": _from_env("NXAI_TOKEN_FILE")},
    "refresh_token": {"type": "str", "no_log": True, "fallback": _from_env("NXAI_REFRESH_TOKEN")},
    "username": {"type": "str", "fallback": _from_env("NXAI_USERNAME")},
    "password": {"type": "str", "no_log": True, "fallback": _from_env("NXAI_PASSWORD")},
    "mfa_code": {"type": "str", "no_log": True, "fallback": _from_env("NXAI_MFA_CODE")},
    "client_id": {"type": "str", "default": "3rdParty", "fallback": _from_env("NXAI_CLIENT_ID")},
    "token_scope": {"type": "str", "no_log": False, "fallback": _from_env("NXAI_TOKEN_SCOPE")},
    "auth_scheme": {
        "type": "str",
        "choices": ["bearer", "raw"],
        "default": "bearer",
        "fallback": _from_env("NXAI_AUTH_SCHEME"),
    },
    "act_as": {
        "type": "dict",
        "apply_defaults": True,
        "required_together": [("kind", "id")],
        "options": {
            "kind": {
                "type": "str",
                "choices": ["user", "organization", "channel_partner"],
                "fallback": _from_env("NXAI_ACT_AS_KIND"),
            },
            "id": {"type": "str", "fallback": _from_env("NXAI_ACT_AS_ID")},
        },
    },
    "customization": {"type": "str", "default": "metavms", "fallback": _from_env("NXAI_CUSTOMIZATION")},
    "validate_certs": {"type": "bool", "default": True, "fallback": _from_env("NXAI_VALIDATE_CERTS")},
    "ca_path": {"type": "path", "fallback": _from_env("NXAI_CA_PATH")},
    "client_cert": {"type": "path", "fallback": _from_env("NXAI_CLIENT_CERT")},
    "client_key": {"type": "path", "no_log": False, "fallback": _from_env("NXAI_CLIENT_KEY")},
    "proxy": {"type": "str", "no_log": True, "fallback": _from_env("NXAI_PROXY")},
    "timeout": {"type": "float", "default": 30.0, "fallback": _from_env("NXAI_TIMEOUT")},
    "retries": {"type": "int", "default": 4, "fallback": _from_env("NXAI_RETRIES")},
    "retry_budget": {"type": "float", "default": 120.0, "fallback": _from_env("NXAI_RETRY_BUDGET")},
    "operations": {"type": "raw", "fallback": _from_env("NXAI_OPERATIONS")},
}


def wait_spec(timeout: float, interval: float) -> dict[str, dict[str, Any]]:
    """The options of the ``wait`` documentation fragment, in seconds."""
    return {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": timeout},
        "wait_interval": {"type": "float", "default": interval},
    }


class AnyPlan(Protocol):
    """What the engine needs to know of a plan."""

    @property
    def changed(self) -> bool:
        """Whether anything is to be sent."""

    def diff(self, header: str) -> dict[str, Any]:
        """What AnsibleModule takes as ``diff``."""


class Resource(Protocol):
    """A thing that a module keeps as declared: it can be read, planned for, written, and read again."""

    header: str

    def plan(self) -> AnyPlan:
        """Read what is there and say what is to change. Sends only GETs."""

    def act(self, plan: Any) -> None:
        """Send what the plan needs. Never called in check mode."""

    def settle(self, plan: Any) -> None:
        """Read back what was written, and wait as far as the user asked. Never called in check mode."""

    def report(self, plan: Any) -> dict[str, Any]:
        """The return values of the module."""


def _unheard(_text: str) -> None:
    """Where a task is made without a module, nobody listens."""


@dataclass(frozen=True)
class Task:
    """What a resource is made from: the options of the task, and a client that cannot write in check mode.

    ``warn`` shows a line to the user at the end of the task, ``log`` writes one to the system's log at once.
    """

    options: Mapping[str, Any]
    client: Client
    check_mode: bool
    warn: Callable[[str], None] = _unheard
    log: Callable[[str], None] = _unheard


def reconcile(resource: Resource, check_mode: bool, diff_mode: bool) -> dict[str, Any]:
    """Look, plan, act, look again. The only place from which anything is written."""
    plan = resource.plan()
    if not check_mode:
        if plan.changed:
            resource.act(plan)
        resource.settle(plan)
    result = {"changed": plan.changed, **resource.report(plan)}
    if diff_mode:
        result["diff"] = plan.diff(resource.header)
    return result


def run(argument_spec: Mapping[str, Any], resource: Callable[[Task], Resource], **rules: Any) -> None:
    """Run one module: ``rules`` are the keyword arguments of AnsibleModule, such as ``required_if``."""
    module = _module({**CONNECTION_SPEC, **argument_spec}, rules)

    def work(client: Client) -> dict[str, Any]:
        task = Task(module.params, client, module.check_mode, module.warn, module.log)
        return reconcile(resource(task), module.check_mode, module._diff)

    _finish(module, work, read_only=module.check_mode)


def run_info(argument_spec: Mapping[str, Any], read: Callable[[Task], dict[str, Any]], **rules: Any) -> None:
    """Run one module that only reads: ``read`` gives the return values, and its client cannot write in any mode."""
    module = _module({**CONNECTION_SPEC, **argument_spec}, rules)

    def work(client: Client) -> dict[str, Any]:
        return {"changed": False, **read(Task(module.params, client, module.check_mode))}

    _finish(module, work, read_only=True)


def run_local(
    argument_spec: Mapping[str, Any], work: Callable[[Mapping[str, Any], bool], dict[str, Any]], **rules: Any
) -> None:
    """Run one module that needs no account. ``work`` gets the options, and whether this is check mode."""
    module = _module(argument_spec, rules)
    _end(module, lambda: {"changed": False, **work(module.params, module.check_mode)})


def _module(argument_spec: Mapping[str, Any], rules: Mapping[str, Any]) -> AnsibleModule:
    try:
        module = AnsibleModule(argument_spec, supports_check_mode=True, **rules)
    except (TypeError, ValueError, ArithmeticError):
        # ansible-core (2.16 to 2.21) breaks on some values: true where an option has options, or inf for a number.
        lax = {name: {"type": "raw", "no_log": each.get("no_log", False)} for name, each in argument_spec.items()}
        module = AnsibleModule(lax, supports_check_mode=True)
        for name, value in module.params.items():
            if not _is_readable(argument_spec[name], value):
                module.fail_json(msg=f"the value of {name} is not of the type that this option has: {value!r}")
        raise
    for name, value in list(module.params.items()):
        if is_deep(value):
            module.params[name] = None  # ansible-core would put it into the result, and some versions cannot
            module.fail_json(msg=f"the values of {name} are nested more than {MOST_DEPTH} deep: correct the task")
    return module


def _is_readable(spec: Mapping[str, Any], value: Any) -> bool:
    try:
        ArgumentSpecValidator({"option": {**spec, "required": False}}).validate({"option": value})
    except (TypeError, ValueError, ArithmeticError):
        return False
    return True


def _finish(module: AnsibleModule, work: Callable[[Client], dict[str, Any]], read_only: bool) -> None:
    def connected() -> dict[str, Any]:
        with Client.from_options(module.params, read_only=read_only) as client:
            return work(client)

    _end(module, connected)


def _end(module: AnsibleModule, work: Callable[[], dict[str, Any]]) -> None:
    """End the module with what ``work`` gives, or with its error as data."""
    try:
        result = work()
    except NxaiError as error:
        module.fail_json(msg=str(error), error=error.as_result(), **error.result)
    module.exit_json(**result)
