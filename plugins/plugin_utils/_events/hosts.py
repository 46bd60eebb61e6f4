# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an event is about, as the inventory calls it, so that a rule can limit a playbook to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.errors import BadInput
from .._inventory.names import identity_of, naming_of_sites, own_name

GROUP_NAMES = ("plain", "digits")
CONTROLLER = "localhost"  # where the playbooks of this collection run: a limit without it leaves them nothing to do


def with_hosts(event: Mapping[str, Any], group_names: str = "plain") -> dict[str, Any]:
    """The event with ``host`` (of a device), ``site_group``, ``limit``, and ``meta.hosts`` for ansible-rulebook.

    An event that is about no site stays as it is. ``group_names`` is that of the inventory.
    """
    if group_names not in GROUP_NAMES:
        advice = f"Use {' or '.join(GROUP_NAMES)}, as the inventory does."
        raise BadInput("Read the option group_names", f"{group_names!a} is neither", advice)
    found = dict(event)
    site_id, site_name = str(event.get("site_id") or ""), str(event.get("site_name") or "")
    if not site_id:
        return found
    if group_names == "digits":
        found["site_group"] = naming_of_sites([(site_id, site_name)], always=True).names[0]
    named = [found.get("site_group")]
    if event.get("device_id"):
        device_id, name = str(event["device_id"]), str(event.get("device_name") or "")
        found["host"] = own_name("device", site_name, name, identity_of("device", site_id, device_id))
        named = [found["host"]]
    if named[0]:
        hosts = [CONTROLLER, *named]
        found["limit"] = ",".join(map(str, hosts))
        found["meta"] = {**(event.get("meta") or {}), "hosts": hosts}
    return found
