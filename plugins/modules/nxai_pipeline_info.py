#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_pipeline_info
short_description: Read what devices run
version_added: 0.1.0
description:
  - Reads the assignments of devices, as a snapshot that O(nxai.cloud.nxai_pipeline#module:restore) takes, and in the
    words of its options.
  - Which devices these are is said as in M(nxai.cloud.nxai_pipeline). Without any of O(site), O(sites), O(devices) and
    O(select), it is all that the token may see.
  - A site that cannot be read, or a device that is named and not there, fails the task; the result then has all others.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.targets
attributes:
  diff_mode:
    support: none
options: {}
seealso:
  - module: nxai.cloud.nxai_pipeline
  - module: nxai.cloud.nxai_device_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: What every camera of the shops runs
  nxai.cloud.nxai_pipeline_info:
    sites: ["Shop *"]
  register: found

- name: Keep it
  ansible.builtin.copy:
    content: "{{ found.pipelines | to_nice_json }}"
    dest: shops.json
    mode: "0600"

- name: Make it so again
  nxai.cloud.nxai_pipeline:
    restore: "{{ lookup('ansible.builtin.file', 'shops.json') | from_json }}"

- name: What one camera runs
  nxai.cloud.nxai_pipeline_info:
    site: Shop 001
    devices: [Entrance]
  register: entrance

- name: The same on another
  nxai.cloud.nxai_pipeline:
    site: Shop 002
    devices: [Entrance]
    pipelines: "{{ entrance.devices[0].pipelines }}"
    state: exact
"""

RETURN = r"""
pipelines:
  description:
    - The assignment of each device exactly as the API gives it, as O(nxai.cloud.nxai_pipeline#module:restore) takes it.
    - A device of which it is not known what it runs is not among them, and a warning names it.
  returned: success, and failure where a part could not be read
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
      name: Entrance
      pipelines:
        - {modelUUID: 459d2273-1514-431c-9d34-f5b72f3bfe20, modelNMS: 0.42, resizingMethod: Letterbox,
           Preprocessor: "", Postprocessor: "", chains: []}
      on_the_way: false
devices:
  description: The same in the words of O(nxai.cloud.nxai_pipeline#module:pipelines), for all devices.
  returned: success, and failure where a part could not be read
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    site_name: {description: The name of the site; empty where it is not known., type: str, sample: Shop 001}
    device: {description: "The NxID of the device, with braces.", type: str,
             sample: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"}
    name: {description: The name of the device., type: str, sample: Entrance}
    pipelines:
      description:
        - What the device runs, in the words of O(nxai.cloud.nxai_pipeline#module:pipelines), which takes it.
        - V(null) where that is not known.
      type: list
      elements: dict
      sample:
        - {model: 459d2273-1514-431c-9d34-f5b72f3bfe20, nms: 0.42, resizing_method: letterbox,
           preprocessor: "", postprocessor: "", chains: [], extra: {}}
    unknown:
      description: Why it is not known what the device runs; empty where it is known.
      type: str
      sample: ""
unread_sites:
  description: The sites that show no devices, which is how a site looks that is off-line, with the reason.
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
from ..module_utils._fleet.information import READ_RULES
from ..module_utils._fleet.targets import TARGETS_SPEC
from ..module_utils._pipelines.information import read_pipelines


def main() -> None:
    run_info(TARGETS_SPEC, read_pipelines, **READ_RULES)


if __name__ == "__main__":
    main()
