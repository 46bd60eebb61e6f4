# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens in the Nx AI Cloud, as events for ansible-rulebook.

sources:
  - nxai.cloud.nxai_events:
      interval: 60
      kinds: [site_online, assignment_changed]
      sites: ["Shop *"]
      state_file: /var/lib/eda/nxai-events.json

Every option and event is described in docs/events.md. The options of the connection are those of the modules, with
their environment variables. It sends only GETs, and what it takes to sign in.

ansible-rulebook runs this file by itself, so that it belongs to no package: the collection is imported by its own name.
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

from ansible_collections.nxai.cloud.plugins.plugin_utils._events.source import watch  # noqa: E402


async def main(queue: Any, args: dict[str, Any]) -> None:
    """Put events on the queue, for ever."""
    await watch(queue, args)
