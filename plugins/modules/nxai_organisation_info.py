#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_organisation_info
short_description: List whom the account may act for
version_added: 0.1.0
description:
  - Lists the organisations and channel partners that the account belongs to, each with the value for O(act_as).
  - It asks the identity provider, so it needs O(cloud_url). Calls and names are those of a client of the vendor.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
attributes:
  diff_mode:
    support: none
seealso:
  - module: nxai.cloud.nxai_site_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Whom can I act for?
  nxai.cloud.nxai_organisation_info:
  register: found

- name: The sites of the first organisation
  nxai.cloud.nxai_site_info:
    act_as: "{{ found.organisations[0].act_as }}"
"""

RETURN = r"""
organisations:
  description: The organisations, in the order of the service.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The UUID.
      type: str
      sample: 6f6bb0c3-94f3-4a3c-b0c5-3cbb6f0a2f11
    name:
      description: The name.
      type: str
      sample: Demo Retail
    act_as:
      description: The value for O(act_as).
      type: dict
      sample: {kind: organization, id: 6f6bb0c3-94f3-4a3c-b0c5-3cbb6f0a2f11}
channel_partners:
  description: The channel partners, in the order of the service.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The UUID.
      type: str
      sample: 0c9e6f1b-77f7-4a53-9a58-0e5d7f0a2b33
    name:
      description: The name.
      type: str
      sample: Partner Ltd
    act_as:
      description: The value for O(act_as).
      type: dict
      sample: {kind: channel_partner, id: 0c9e6f1b-77f7-4a53-9a58-0e5d7f0a2b33}
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
from ..module_utils._fleet.information import read_parties


def main() -> None:
    run_info({}, read_parties)


if __name__ == "__main__":
    main()
