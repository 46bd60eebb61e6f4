#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_site_info
short_description: List sites
version_added: 0.1.0
description:
  - Lists the sites (Nx systems) that the token may see, all pages of them, also those that are off-line.
  - That the service lists sites in this way is inferred, and so are the names of the fields.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.sites
attributes:
  diff_mode:
    support: none
seealso:
  - module: nxai.cloud.nxai_server_info
  - module: nxai.cloud.nxai_device_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: All sites
  nxai.cloud.nxai_site_info:
  register: found

- name: Those that are off-line
  ansible.builtin.debug:
    msg: "{{ found.sites | rejectattr('online') | map(attribute='name') }}"
"""

RETURN = r"""
sites:
  description: The sites, in the order of the service.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The cloud system id.
      type: str
      sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
    name:
      description: The name.
      type: str
      sample: Shop 001
    online:
      description: Whether it is on-line; V(null) where that is not known.
      type: bool
      sample: true
    version:
      description: The version of the Nx system; V(null) where that is not known.
      type: str
      sample: 6.0.1.39873
    updated_at:
      description:
        - When it was last updated; V(null) where that is not known.
        - The year 1 stands for a site that is off-line.
      type: str
      sample: "2026-01-01T00:00:00Z"
    organisation:
      description:
        - The name, or else the UUID, of the organisation it belongs to. V(null) where the service does not say, and for
          a site of a person.
      type: str
      sample: Demo Retail
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
from ..module_utils._fleet.information import SITES_SPEC, read_sites


def main() -> None:
    run_info(SITES_SPEC, read_sites)


if __name__ == "__main__":
    main()
