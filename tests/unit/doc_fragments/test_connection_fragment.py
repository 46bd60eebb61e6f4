# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the connection says what ``Settings`` declares, of every option, and of nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.nxai.cloud.plugins.doc_fragments.act_as import ModuleDocFragment as ActAs
from ansible_collections.nxai.cloud.plugins.doc_fragments.connection import ModuleDocFragment as Connection
from ansible_collections.nxai.cloud.plugins.module_utils._connection.fields import ConnectionField
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import CONNECTION_FIELDS
from ansible_collections.nxai.cloud.plugins.module_utils._engine.module import CONNECTION_SPEC

WITHOUT_SUBOPTIONS = [each for each in CONNECTION_FIELDS if not each.suboptions]


def options_of(text: str) -> dict[str, Any]:
    options: dict[str, Any] = yaml.safe_load(text)["options"]
    return options


def variables(options: Mapping[str, Any]) -> dict[str, Any]:
    """The environment variables that the prose of each option names as read."""
    named = re.compile(r"Also read from the environment variable E\((\w+)\)")
    return {
        name: (named.findall("\n".join(option["description"])), variables(option.get("suboptions", {})))
        for name, option in options.items()
    }


def declared(fields: Iterable[ConnectionField]) -> dict[str, Any]:
    return {each.name: ([each.environment] if each.environment else [], declared(each.suboptions)) for each in fields}


def test_for_modules() -> None:
    """Types, defaults and choices are compared by validate-modules of ansible-test."""
    options = {**options_of(Connection.DOCUMENTATION), **options_of(ActAs.DOCUMENTATION)}
    assert variables(options) == declared(CONNECTION_FIELDS)


def test_for_plugins() -> None:
    """Only where each value is found. ansible-core reads neither of these for suboptions."""
    assert options_of(Connection.PLUGIN) == {
        each.name: {"env": [{"name": each.environment}], "ini": [{"section": "nxai", "key": each.name}]}
        for each in WITHOUT_SUBOPTIONS
    }


@pytest.mark.parametrize("field", WITHOUT_SUBOPTIONS, ids=lambda field: field.name)
def test_the_argument_spec_has_it(field: ConnectionField) -> None:
    """With words of its own for each, since ``no_log`` and the environment are in no documentation that is compared."""
    argument = CONNECTION_SPEC[field.name]
    assert (argument["type"], argument.get("default"), argument["no_log"]) == (field.type, field.default, field.secret)
    assert argument["fallback"][1] == [f"NXAI_{field.name.upper()}"]


def test_the_suboptions_of_act_as_come_from_the_environment_both_or_none() -> None:
    act_as = CONNECTION_SPEC["act_as"]
    assert {name: each["fallback"][1] for name, each in act_as["options"].items()} == {
        "kind": ["NXAI_ACT_AS_KIND"],
        "id": ["NXAI_ACT_AS_ID"],
    }
    assert act_as["apply_defaults"] and act_as["required_together"] == [("kind", "id")]
    assert set(CONNECTION_SPEC) == {each.name for each in CONNECTION_FIELDS}
