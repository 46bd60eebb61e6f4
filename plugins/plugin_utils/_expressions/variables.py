# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of a host, set in one step. One by one, ansible-core looks at each name again for each host."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ansible.inventory.host import Host

from .untrusted import marked

SAMPLES = ("text", marked("text"), 1, 0.5, True, None, ["text"], {"key": "text"})


def set_variables(host: Host, variables: Mapping[str, Any]) -> None:
    """What ``host.set_variable`` does for each of them."""
    if stores_as_given(tuple(variables)) and host.vars.keys().isdisjoint(variables):
        host.vars.update(variables)
        return
    for name, value in variables.items():
        host.set_variable(name, value)


@lru_cache
def stores_as_given(names: tuple[str, ...]) -> bool:
    """Whether all that ``set_variable`` does for these names is to store the value: a host of no inventory shows it."""
    return all(_stores_as_given(names, sample) for sample in SAMPLES)


def _stores_as_given(names: tuple[str, ...], sample: Any) -> bool:
    probe = Host("probe")
    for name in names:
        probe.set_variable(name, sample)
    stored = probe.vars
    return stored.__class__ is dict and tuple(stored) == names and all(value is sample for value in stored.values())
