# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a role or playbook of this collection, each of the type that is declared for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ansible import context
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ..module_utils._core.errors import BadInput
from ..plugin_utils._expressions.untrusted import TAGS
from ..plugin_utils._options.answers import UNSET, read_all
from ..plugin_utils._options.as_typed import Typed
from ..plugin_utils._options.given import is_encrypted

SPEC = {
    "role": {"type": "str"},
    "playbook": {"type": "str"},
    "entry_point": {"type": "str", "default": "main"},
    "defaults": {"type": "dict", "default": {}},
}
RULES = {"mutually_exclusive": [("role", "playbook")], "required_one_of": [("role", "playbook")]}
COLLECTION = Path(__file__).parents[2]
_ADVICE = "Correct it. Variables come from -e, and a vault needs its password."


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(SPEC, **RULES)
        what = options["role"] or options["playbook"]
        try:
            declared = declared_in(options["role"], options["playbook"], options["entry_point"])
            typed = Typed(context.CLIARGS.get("extra_vars") or ())
            given = {name: self._rendered(name, spec, task_vars or {}, typed) for name, spec in declared.items()}
            given.update({name: value for name, value in options["defaults"].items() if given.get(name) in UNSET})
            found = read_all(what, declared, given)
        except BadInput as error:
            return {**result, "failed": True, "msg": str(error)}
        # What is handed on by another job may be large, and an address signed: it is no output. Errors are shown.
        return {**result, **without_prefix(what, found), "changed": False, "_ansible_no_log": True}

    def _rendered(self, name: str, spec: dict[str, Any], task_vars: dict[str, Any], typed: Typed) -> Any:
        value = task_vars.get(name)
        as_typed = typed.instead_of(name, value)
        if as_typed is not value:
            return as_typed
        if is_encrypted(value):
            return str(value)
        try:
            if TAGS or spec.get("type") not in ("str", "path"):
                return self._templar.template(value)
            # ansible-core before 2.19 reads Python in what comes out, also in a text that only looks like it.
            return self._templar.template(value, convert_data=False)
        except AnsibleError as error:
            raise BadInput(f"Read the variable {name}", str(error), _ADVICE) from None


def declared_in(role: str | None, playbook: str | None, entry_point: str) -> dict[str, Any]:
    """The options of an argument specification of this collection."""
    folder = COLLECTION / "roles" / role if role else COLLECTION / "playbooks"
    name = entry_point if role else playbook
    try:
        if not re.fullmatch("[a-z_]*", role or ""):
            raise KeyError(role)
        entry = _yaml(folder / "meta" / "argument_specs.yml")["argument_specs"][name]
        defaults = _yaml(folder / "defaults" / "main.yml") if role else {}
    except (OSError, KeyError):
        answer = f"nxai.cloud has no {f'role {role}' if role else 'playbook'} with {name}"
        raise BadInput("Read the variables", answer, "Correct the names.") from None
    declared: dict[str, Any] = json.loads(json.dumps(entry["options"]))  # YAML's anchors make one object of several
    # With the default of a list in the specification, ansible-core itself would refuse one that is null.
    for option in declared.keys() & defaults.keys():
        declared[option].setdefault("default", defaults[option])
    return declared


def _yaml(file: Path) -> Any:
    import yaml  # the controller has it

    return yaml.load(file.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def without_prefix(what: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(f"{what}_"): value for name, value in values.items()}
