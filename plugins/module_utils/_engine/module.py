# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base that every module of the collection stands on: options, client, plan, errors."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from .._api.client import Client
from .._connection.fields import ConnectionField
from .._connection.settings import CONNECTION_FIELDS
from .._connection.ways import OPTIONS, SIGN_IN, set_aside
from .._core.errors import BadInput, NxaiError
from .._core.limits import MOST_DEPTH, is_deep
from .._core.values import encodable
from .._core.voice import Voice, unheard
from .polling import Deadline


class _Environment:
    """What options take from the environment. An empty variable is as good as none: AWX sets one for each field of a
    credential that is not filled in."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def __call__(self, variable: str) -> str:
        """The fallback of one option, as an argument spec has it."""
        value = os.environ.get(variable)
        if not value:
            raise AnsibleFallbackNotFound
        self.taken.add(variable)
        return value


_environment = _Environment()
_VARIABLES = {each.name: each.environment for each in CONNECTION_FIELDS if each.name in OPTIONS}


def _argument(option: ConnectionField) -> dict[str, Any]:
    """The option as an argument spec has it."""
    argument: dict[str, Any] = {"type": option.type, "no_log": option.secret}
    if option.default is not None:
        argument["default"] = option.default
    if option.choices:
        argument["choices"] = list(option.choices)
    if not option.suboptions:
        return {**argument, "fallback": (_environment, [option.environment])}
    inner = {each.name: _argument(each) for each in option.suboptions}
    return {**argument, "apply_defaults": True, "options": inner, "required_together": [tuple(inner)]}


CONNECTION_SPEC = {each.name: _argument(each) for each in CONNECTION_FIELDS}


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


@dataclass(frozen=True)
class Task:
    """What a resource is made from: the options of the task, and a client that cannot write in check mode.

    ``warn`` shows a line to the user at the end of the task, ``log`` writes one to the system's log at once.
    """

    options: Mapping[str, Any]
    client: Client
    check_mode: bool
    warn: Callable[[str], None] = unheard
    log: Callable[[str], None] = unheard
    diff_mode: bool = False

    def deadline(self, seconds: float) -> Deadline:
        """For whatever polls, on the clock of the transport."""
        return Deadline(seconds, self.client.transport.clock, self.client.transport.sleep)


def reconcile(
    resource: Resource, check_mode: bool, diff_mode: bool, examine: Callable[[Mapping[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Look, plan, act, look again. The only place from which anything is written.

    ``examine`` gets the result as it would be before anything is written, and may raise: what could not be told
    afterwards, such as a snapshot, must not be written over.
    """
    plan = resource.plan()
    if not check_mode:
        if plan.changed:
            if examine:
                examine(_told_so_far(resource, plan))
            resource.act(plan)
        resource.settle(plan)
    result = {"changed": plan.changed, **resource.report(plan)}
    if diff_mode:
        result["diff"] = plan.diff(resource.header)
    return result


def _told_so_far(resource: Resource, plan: AnyPlan) -> Mapping[str, Any]:
    try:
        return resource.report(plan)
    except NxaiError as error:  # nothing is as declared yet
        return error.result


def run(
    argument_spec: Mapping[str, Any],
    resource: Callable[[Task], Resource],
    ways: Collection[str] = SIGN_IN,
    **rules: Any,
) -> None:
    """Run one module: ``rules`` are the keyword arguments of AnsibleModule, such as ``required_if``.

    ``ways`` are the options with which a task says how to sign in, so that what the environment says does not count.
    """
    module = _module({**CONNECTION_SPEC, **argument_spec}, rules)

    def examine(result: Mapping[str, Any]) -> None:
        _refuse_masked(module, result, written=False)

    def work(task: Task) -> dict[str, Any]:
        examined = examine if _secrets(module) else None  # the result is made twice only where it can be masked
        return reconcile(resource(task), module.check_mode, module._diff, examined)

    _connect(module, work, module.check_mode, ways)


def run_info(argument_spec: Mapping[str, Any], read: Callable[[Task], dict[str, Any]], **rules: Any) -> None:
    """Run one module that only reads: ``read`` gives the return values, and its client cannot write in any mode."""
    module = _module({**CONNECTION_SPEC, **argument_spec}, rules)
    _connect(module, lambda task: {"changed": False, **read(task)}, read_only=True)


def run_steps(argument_spec: Mapping[str, Any], work: Callable[[Task], dict[str, Any]], **rules: Any) -> None:
    """Run one module that does more than keep one thing as declared. Its client cannot write in check mode."""
    module = _module({**CONNECTION_SPEC, **argument_spec}, rules)
    _connect(module, work, module.check_mode)


def run_local(
    argument_spec: Mapping[str, Any], work: Callable[[Mapping[str, Any], bool], dict[str, Any]], **rules: Any
) -> None:
    """Run one module that needs no account. ``work`` gets the options, and whether this is check mode."""
    module = _module(argument_spec, rules)
    _end(module, lambda: {"changed": False, **work(module.params, module.check_mode)})


def _module(argument_spec: Mapping[str, Any], rules: Mapping[str, Any]) -> AnsibleModule:
    _environment.taken.clear()
    try:
        module = AnsibleModule(argument_spec, supports_check_mode=True, **rules)
    except RecursionError:
        # ansible-core copies the options before it makes the module, so there is none that could end with an error.
        message = f"an option is nested more than {MOST_DEPTH} deep: correct the task"
        sys.stdout.write(json.dumps({"failed": True, "msg": message}) + "\n")
        raise SystemExit(1) from None
    except (TypeError, ValueError, ArithmeticError):
        # ansible-core (2.16 to 2.21) breaks on some values: true where an option has options, or inf for a number.
        lax = {name: {"type": "raw", "no_log": each.get("no_log", False)} for name, each in argument_spec.items()}
        module = AnsibleModule(lax, supports_check_mode=True)
        for name, value in module.params.items():
            if not _is_readable(argument_spec[name], value):
                module.fail_json(msg=f"the value of {name} is not of the type that this option has: {value!r}")
        raise
    for name, value in list(module.params.items()):
        if isinstance(value, float) and math.isnan(value):
            module.fail_json(msg=f"{name} is nan: give a number")  # a wait of nan seconds would never end
        if is_deep(value):
            module.params[name] = None  # ansible-core would put it into the result, and some versions cannot
            module.fail_json(msg=f"the values of {name} are nested more than {MOST_DEPTH} deep: correct the task")
        if argument_spec[name].get("type") == "path" and "\0" in (value or ""):
            module.fail_json(msg=f"{name} cannot be a path, as it has a byte 0 in it: {value!r}")
    return module


def _is_readable(spec: Mapping[str, Any], value: Any) -> bool:
    try:
        ArgumentSpecValidator({"option": {**spec, "required": False}}).validate({"option": value})
    except (TypeError, ValueError, ArithmeticError):
        return False
    return True


def _one_way(module: AnsibleModule, ways: Collection[str]) -> dict[str, str]:
    """Leave out what the environment says of signing in where the task says it. What is from which variable then."""
    outside = {name for name, variable in _VARIABLES.items() if variable in _environment.taken}
    given = {name for name in ways if module.params.get(name)} - outside
    aside = set_aside(given, {name for name, variable in _VARIABLES.items() if os.environ.get(variable)})
    for name in aside & outside:
        module.params[name] = None
    return {name: _VARIABLES[name] for name in outside - aside}


def _connect(
    module: AnsibleModule, work: Callable[[Task], dict[str, Any]], read_only: bool, ways: Collection[str] = SIGN_IN
) -> None:
    outside = _one_way(module, ways)

    def connected() -> dict[str, Any]:
        with Client.from_options(module.params, read_only, Voice(warn, log), outside) as client:
            return work(Task(module.params, client, module.check_mode, warn, log, module._diff))

    def warn(text: str) -> None:
        module.warn(encodable(text))

    def log(text: str) -> None:
        module.log(encodable(text))

    _end(module, connected)


def _end(module: AnsibleModule, work: Callable[[], dict[str, Any]]) -> None:
    """End the module with what ``work`` gives, or with its error as data."""
    try:
        result = work()
        _refuse_masked(module, result, written=bool(result["changed"] and not module.check_mode))
    except NxaiError as error:
        module.fail_json(**encodable({"msg": str(error), "error": error.as_result(), **error.result}))
    module.exit_json(**encodable(result))


def _refuse_masked(module: AnsibleModule, result: Mapping[str, Any], written: bool) -> None:
    """Raises BadInput where a secret of the task is a part of a value, which Ansible would then mask: an NxID with a
    hole in it is worse than none. A diff is for people only."""
    secrets = _secrets(module)
    if not secrets:
        return
    for place, text in _texts({name: value for name, value in result.items() if name != "diff"}):
        for name, secret in secrets.items():
            if secret in text:
                raise BadInput(
                    "return the result",
                    f"a part of {place} equals a secret that the task was given ({name}), so Ansible would mask it",
                    "The change was made. " * written + "Sign in by token_file, whose content Ansible does not mask.",
                    result={"changed": written},
                )


def _secrets(module: AnsibleModule) -> dict[str, str]:
    return {
        name: str(value)
        for name, spec in module.argument_spec.items()
        if spec.get("no_log") and (value := module.params.get(name))
    }


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each value inside as text, as Ansible compares it, with its place."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{place}.{name}".lstrip("."))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{place}[{index}]")
    else:
        yield place, str(value)
