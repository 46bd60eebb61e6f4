# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the models are releases of one model, by their names ``MODEL@VERSION``. Pure: no request is made here."""

from __future__ import annotations

DOCUMENTATION = r"""
name: releases
short_description: The releases of a model, newest first
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Picks from a list of models those whose name is the name of one model, an C(@) and a version, and orders them by
    version.
  - Versions are compared part by part, numbers as numbers, so that C(10) is newer than C(9), and C(2026.48) than
    C(2026.5). A part of letters is older than none, so that C(1.0-rc1) is older than C(1.0).
positional: model
options:
  _input:
    description: The models, as M(nxai.cloud.nxai_model_info) returns them.
    type: list
    elements: dict
    required: true
  model:
    description: The name of the model, without a version.
    type: str
    required: true
seealso:
  - plugin: nxai.cloud.model_release
    plugin_type: role
"""

EXAMPLES = r"""
- name: Read
  nxai.cloud.nxai_model_info:
    models: ["Person detector@*"]
  register: found

- name: The newest release that can be used
  ansible.builtin.debug:
    msg: "{{ (detectors | selectattr('state', 'equalto', 'ready') | first).version }}"
  vars:
    detectors: "{{ found.models | nxai.cloud.releases('Person detector') }}"
"""

RETURN = r"""
_value:
  description: The models that are releases, newest first, each with its C(version) added.
  returned: success
  type: list
  elements: dict
  sample:
    - name: Person detector@1.10
      uuid: 459d2273-1514-431c-9d34-f5b72f3bfe20
      state: ready
      version: "1.10"
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
PART = re.compile(r"[0-9]+|[A-Za-z]+")


def releases(models: Any, model: str) -> list[dict[str, Any]]:
    """Those named ``MODEL@VERSION``, newest first; of equal versions, the one with the lower UUID first."""
    if not isinstance(models, list) or not all(isinstance(each, Mapping) and "name" in each for each in models):
        raise AnsibleFilterError("nxai.cloud.releases takes the models that nxai_model_info returns")
    found = [{**each, "version": version} for each in models if (version := _version(each["name"], model))]
    found.sort(key=lambda release: str(release.get("uuid")))
    return sorted(found, key=lambda release: _age(release["version"]), reverse=True)


def _version(name: str, model: str) -> str:
    own, at, version = name.rpartition("@")
    return version if at and own == model and VERSION.fullmatch(version) else ""


def _age(version: str) -> list[tuple[int, int, str]]:
    """Each part as a number, or else as a word; the end between the two."""
    return [*map(_part, PART.findall(version)), (1, 0, "")]


def _part(part: str) -> tuple[int, int, str]:
    """A number by its length and digits: int() refuses one of thousands of digits."""
    digits = part.lstrip("0")
    return (2, len(digits), digits) if part.isdigit() else (0, 0, part.lower())


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"releases": releases}
