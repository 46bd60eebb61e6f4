# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For each line that comes in, read the whole estate with one client; say what this process holds by then."""

from __future__ import annotations

import json
import os
import sys

from tools.workplace import COLLECTIONS

sys.path.append(str(COLLECTIONS))

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import SiteReader


def read(client: Client) -> int:
    """The number of errors. A site whose listing fails is one, and a list of sites that does."""
    try:
        client.compute.list_models()
        client.compute.list_catalogues()
        reader = SiteReader(client.device, 8)
        listings = reader.read(reader.all(), client.device.list_devices)
        return sum(isinstance(each, NxaiError) for each in listings)
    except NxaiError:
        return 1


def main() -> None:
    errors = 0
    options = {"api_url": os.environ["NXAI_API_URL"], "token": os.environ["NXAI_TOKEN"], "retry_budget": 5.0}
    with Client.from_options(options) as client:
        for _line in sys.stdin:
            errors += read(client)
            with open("/proc/self/statm", encoding="ascii") as file:
                kilobytes = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
            held = {"kilobytes": kilobytes, "files": len(os.listdir("/proc/self/fd")), "errors": errors}
            print(json.dumps(held), flush=True)


if __name__ == "__main__":
    main()
