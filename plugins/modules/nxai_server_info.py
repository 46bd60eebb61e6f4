#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_server_info
short_description: List the servers of sites
version_added: 0.1.0
description:
  - Lists the Nx media servers of any number of sites, with their AI plugin, runtime and processors.
  - A site that cannot be read fails the task; the result then has the servers of all others.
  - That the service lists servers in this way is inferred, and so are the names of most fields.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.sites
attributes:
  diff_mode:
    support: none
options:
  concurrency:
    description: How many sites are read at the same time, from 1 to 16.
    type: int
    default: 8
seealso:
  - module: nxai.cloud.nxai_site_info
  - module: nxai.cloud.nxai_device_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: The servers of the shops
  nxai.cloud.nxai_server_info:
    sites: ["Shop *"]
  register: found

- name: Those that do not run
  ansible.builtin.debug:
    msg: "{{ found.servers | rejectattr('status', 'eq', 'running') | map(attribute='name') }}"
"""

RETURN = r"""
servers:
  description: The servers, by site.
  returned: success, and failure where a part could not be read
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    site_name: {description: The name of the site; empty where it is not known., type: str, sample: Shop 001}
    id:
      description: The UUID of the server; empty where it is not known.
      type: str
      sample: 0f4c4f77-39f5-4f6d-9e57-58b7f0b35d6f
    name:
      description: The name of the server.
      type: str
      sample: Server A
    status:
      description: The service's word for its state, such as V(running); V(null) where that is not known.
      type: str
      sample: running
    plugin_version:
      description: The version of the AI plugin; V(null) where that is not known.
      type: str
      sample: 4.2.0
    supports_pipelines:
      description: Whether the plugin supports pipelines; V(null) where that is not known.
      type: bool
      sample: true
    version:
      description: The version of the server; V(null) where that is not known.
      type: str
      sample: 6.0.1.39873
    runtime:
      description: What models run on; V(null) where that is not known.
      type: str
      sample: Nx CPU
    platform:
      description: The platform; V(null) where that is not known.
      type: str
      sample: linux_x64
    os:
      description: The operating system; V(null) where that is not known.
      type: str
      sample: ubuntu
    os_version:
      description: The version of the operating system; V(null) where that is not known.
      type: str
      sample: "24.04"
    licensed:
      description: Whether the plugin is licensed; V(null) where that is not known.
      type: bool
      sample: true
    preprocessors:
      description: The preprocessors that a pipeline can name; V(null) where they are not known.
      type: list
      elements: str
      sample: []
    postprocessors:
      description: The postprocessors that a pipeline can name; V(null) where they are not known.
      type: list
      elements: str
      sample: [Line Crossing, Object Counting]
unread_sites:
  description: The sites that show no servers, which is how a site looks that is off-line, with the reason.
  returned: success, and failure where a part could not be read
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
from ..module_utils._fleet.information import SITES_SPEC, read_servers

ARGUMENT_SPEC = {**SITES_SPEC, "concurrency": {"type": "int", "default": 8}}


def main() -> None:
    run_info(ARGUMENT_SPEC, read_servers)


if __name__ == "__main__":
    main()
