# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an event of nxai_events is about, as the inventory nxai.cloud.nxai_devices calls it.

sources:
  - nxai.cloud.nxai_events:
    filters:
      - nxai.cloud.nxai_hosts:

An event of a device gets ``host``, one of a site ``site_group``, and both get ``limit``, such as
``localhost,shop-001-till-1-9f963f3f``. ansible-rulebook limits the playbook of a rule to the same hosts, by itself.
``group_names: digits`` says that the inventory has that option. Its ``hostnames`` must be the default, ``[slug]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

_COLLECTIONS = Path(__file__).absolute().parents[6]
if str(_COLLECTIONS.parent) not in sys.path:
    sys.path.insert(0, str(_COLLECTIONS.parent))

import ansible_collections  # noqa: E402

if str(_COLLECTIONS) not in ansible_collections.__path__:  # that of the package ansible is no namespace
    ansible_collections.__path__.append(str(_COLLECTIONS))

from ansible_collections.nxai.cloud.plugins.plugin_utils._events.hosts import with_hosts  # noqa: E402


def main(event: dict[str, Any], group_names: str = "plain") -> dict[str, Any]:
    """The event with the names of its hosts."""
    return with_hosts(event, group_names)
