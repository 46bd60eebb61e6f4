#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_device
short_description: Name and groups of a registered device (experimental)
version_added: 0.1.0
description:
  - B(Experimental.) Keeps the name and the groups of a device of the registry as declared.
  - The registry (C(/dev/devices), C(/dev/groups)) is the older part of the Device API, from before Nx sites. It is
    known from the official client of that time only. Whether the cameras of Nx sites are in it is not known; the
    modules that work on those are M(nxai.cloud.nxai_pipeline) and M(nxai.cloud.nxai_device_info).
  - No call is known that enables or disables a device, or that changes the name of a camera of an Nx site. So this
    module does neither. Its options may change in any release.
  - Devices and groups are neither created nor deleted.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
options:
  name:
    description: The name or the UUID of the device in the registry.
    type: str
    required: true
  new_name:
    description: The name that the device is to have. A device that already has it counts as renamed.
    type: str
  groups:
    description: The groups of the device, each by name or UUID. Where not given, they are left as they are.
    type: list
    elements: str
  groups_mode:
    description: V(append) adds the device to O(groups), V(exact) also takes it out of all others.
    type: str
    choices: [append, exact]
    default: append
seealso:
  - module: nxai.cloud.nxai_device_info
  - module: nxai.cloud.nxai_pipeline
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: A name that says where it stands, and the groups that it belongs to
  nxai.cloud.nxai_device:
    name: Gateway 7
    new_name: Gateway north entrance
    groups: [Entrances, North]
    groups_mode: exact
"""

RETURN = r"""
device:
  description: The device as read back, or in check mode as it would be.
  returned: success
  type: dict
  contains:
    uuid:
      description: The UUID of the device in the registry.
      type: str
      sample: 0f4c4f77-39f5-4f6d-9e57-58b7f0b35d6f
    name:
      description: The name.
      type: str
      sample: Gateway north entrance
    groups:
      description:
        - The groups. Their names are empty where O(groups) is not given, since the groups are not read then.
        - V(null) where the service does not say which they are.
      type: list
      elements: dict
      sample:
        - uuid: 6f6bb0c3-94f3-4a3c-b0c5-3cbb6f0a2f11
          name: North
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

from ..module_utils._engine.module import run
from ..module_utils._fleet.registry import DeviceResource

ARGUMENT_SPEC = {
    "name": {"type": "str", "required": True},
    "new_name": {"type": "str"},
    "groups": {"type": "list", "elements": "str"},
    "groups_mode": {"type": "str", "choices": ["append", "exact"], "default": "append"},
}


def main() -> None:
    run(ARGUMENT_SPEC, DeviceResource)


if __name__ == "__main__":
    main()
