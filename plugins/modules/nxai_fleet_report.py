#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_fleet_report
short_description: Write a page that shows what runs at each site, and what is wrong there
version_added: 0.1.0
description:
  - Reads all sites, servers, cameras and models that the account sees, and writes one HTML file. It loads nothing from
    elsewhere, so that you can mail it or put it on any web server.
  - The page has a tile for each site, the worst first. It can be searched and filtered. A site opens with its servers,
    cameras, pipelines, their settings, and what M(nxai.cloud.nxai_doctor_info) finds there.
  - C(fleet.json) beside it is what the next report compares with. From it the page knows what changed since the last
    report, and since when each camera runs what it runs. What was not read is neither new nor gone.
  - Sends only GETs (sign-in excepted). What cannot be read is shown as not known. Where the list of sites cannot be
    read, or has none after a report that had some, the task fails, and the page stays as it is.
  - The files are for their owner alone, since they hold the names of your sites and cameras.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.sites
attributes:
  check_mode:
    description: In check mode it reads and compares, and writes no file.
    support: full
  diff_mode:
    support: none
  idempotent:
    description: The task is changed where the report says something else than the last one. The files are written
      each time all the same, since they say when the fleet was read.
    support: full
options:
  dir:
    description:
      - The folder for C(fleet.html) and C(fleet.json), on the host that runs the task, such as C(/srv/fleet). It
        is made where it is missing. One that another user owns or everyone can write to is refused.
      - A C(fleet.html) that is from something else is an error.
      - A C(fleet.json) that cannot be used is named in a warning and left as it is. It may be torn, a link, from
        another user or from something else.
    type: path
    required: true
  concurrency:
    description: How many sites are read at the same time, from 1 to 16.
    type: int
    default: 8
seealso:
  - module: nxai.cloud.nxai_doctor_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Look at the fleet
  nxai.cloud.nxai_fleet_report:
    dir: /tmp/fleet
  register: fleet

- name: What changed since the last report
  ansible.builtin.debug:
    msg: "{{ fleet.changes }}"
"""

RETURN = r"""
files:
  description: The paths of the files.
  returned: success
  type: dict
  sample: {page: /home/me/fleet/fleet.html, memory: /home/me/fleet/fleet.json}
previous_at:
  description: When the fleet was read for the last report. V(null) where there is none.
  returned: success
  type: str
  sample: "2026-11-26T03:00:00Z"
totals:
  description:
    - How many sites there are, and how many of them have something C(wrong), are C(gone) (off-line or not known), have
      something to look at (C(warned)), or are C(well).
    - How many cameras there are, and how many of them are C(running) something, are C(idle), or it is C(unknown).
  returned: success
  type: dict
  sample: {sites: 40, wrong: 2, gone: 2, warned: 6, well: 30, cameras: 1200, running: 1062, idle: 76, unknown: 62}
changes:
  description: What changed since the last report, that of most cameras first.
  returned: success
  type: list
  elements: str
  sample: ["12 cameras at 3 sites: Person detector@6 → Person detector@7"]
problems:
  description: What is wrong, the worst first, one line for each kind.
  returned: success
  type: list
  elements: str
  sample: ["2 sites: they are off-line"]
summary:
  description: The same for people, for the log of a job.
  returned: success
  type: str
  sample: "40 sites: 2 with something wrong, 38 with nothing wrong"
unread_sites:
  description: The sites whose cameras could not be read. The page shows how they were last seen.
  returned: success
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    name: {description: The name of the site; empty where it is not known., type: str, sample: Shop 001}
    reason: {description: Why nothing of it is in the result., type: str,
             sample: "the site shows no devices: it is off-line, or still loading"}
error:
  description: What was tried, what came back, and what to do now.
  returned: failure
  type: dict
  contains:
    tried: {description: "What was tried, such as the method and the address of the request.", type: str,
            sample: GET https://api.sclbl.nxvms.com/dev/systems}
    answer: {description: "What came back, or what is wrong.", type: str,
             sample: "HTTP 401 Unauthorized: token expired"}
    advice: {description: What to do now. Empty where there is nothing to say., type: str,
             sample: "The token is missing, wrong or expired. Get a new one."}
    status: {description: The HTTP status. V(null) where it is not about an answer of the service., type: int,
             sample: 401}
"""

from ..module_utils._engine.module import run_info
from ..module_utils._estate.publishing import write_report
from ..module_utils._fleet.information import SITES_SPEC

ARGUMENT_SPEC = {
    **SITES_SPEC,
    "dir": {"type": "path", "required": True},
    "concurrency": {"type": "int", "default": 8},
}


def main() -> None:
    run_info(ARGUMENT_SPEC, write_report)


if __name__ == "__main__":
    main()
