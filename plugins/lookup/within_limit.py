# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that --limit has to leave in, for the ``hosts`` of a play. A play without hosts ends as a success."""

from __future__ import annotations

DOCUMENTATION = r"""
name: within_limit
short_description: A host that the limit of the command leaves in
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Gives the host back, or fails where C(--limit), or the limit of a job template, leaves it out. Ansible would skip
    the play and end as if all were done. In C(hosts) of a play it fails also where the limit leaves no host at all.
  - The playbooks of this collection begin with it.
options:
  _terms:
    description: The host, such as V(localhost).
    required: true
"""

EXAMPLES = r"""
- name: Never skipped without a word
  hosts: "{{ lookup('nxai.cloud.within_limit', 'localhost') }}"
  gather_facts: false
  tasks:
    - name: Look
      nxai.cloud.nxai_doctor_info:
"""

RETURN = r"""
_raw:
  description: The host.
  returned: success
  type: list
  elements: str
  sample: [localhost]
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.inventory.manager import InventoryManager
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        limit = str((variables or {}).get("ansible_limit") or "")
        if limit:
            inventory = self._inventory((variables or {}).get("groups") or {})
            inventory.subset(limit)
            for term in terms:
                if not inventory.get_hosts(term):  # list_hosts gives localhost whatever the limit is
                    raise AnsibleLookupError(_left_out(term, limit))
        return terms

    def _inventory(self, groups: dict[str, list[str]]) -> Any:
        """The same hosts in the same groups, so that ansible-core itself says what a pattern means."""
        made = InventoryManager(self._loader, parse=False)
        for group, hosts in groups.items():
            made.add_group(group)
            for host in hosts:
                made.add_host(host, group=group)
        return made


def _left_out(host: str, limit: str) -> str:
    every = "all," if limit[:1] in "!&" else ""
    return (
        f"--limit {limit} leaves {host} out, where this playbook does its work, so that nothing would be done. "
        f"Leave the limit out, or add it: --limit '{host},{every}{limit}'."
    )
