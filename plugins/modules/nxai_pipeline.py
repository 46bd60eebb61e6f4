#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_pipeline
short_description: Assign models to devices as pipelines
version_added: 0.1.0
description:
  - Makes the assignments of devices (cameras) what is declared. An assignment is the ordered list of pipelines of one
    device; a pipeline is one model with its settings.
  - Works on devices of any number of sites at once. Reads them first, keeps what is not declared, and sends one request
    for each site and different result, several sites at a time. Then it reads back until each device reports what was
    sent.
  - What goes wrong at one site or device does not stop the others. The task then fails with the state of every device.
  - The service replaces all that a device had. So the earlier assignments are returned as RV(snapshot), also where the
    task fails, and O(restore) takes them back.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.checks
  - nxai.cloud.pipelines
  - nxai.cloud.targets
  - nxai.cloud.wait
options:
  state:
    description:
      - V(present) adds the pipelines whose model a device does not run, changes the declared settings of those that it
        runs, and keeps all other pipelines and their order.
      - V(exact) makes the list exactly what is declared; settings that are left out get their defaults.
      - V(absent) takes the pipelines of the declared models out and keeps the rest.
    type: str
    choices: [present, exact, absent]
    default: present
  swap:
    description:
      - Puts one model in the place of another, or of several, wherever those run, in chains too, and keeps every other
        setting.
      - Where a device then has the new model from several of these models, or runs it already, only one stays. It is
        the one that comes first in its list, with its settings.
      - With O(select=running), O(running_model) is C(from) unless it is given.
    type: dict
    suboptions:
      from:
        description:
          - The model that runs now, by name or UUID.
          - Or a glob over names, such as V(Person detector@*), which stands for all models that it matches except
            C(to). It may match none.
        type: str
        required: true
      to:
        description: The model that is to run, by name or UUID.
        type: str
        required: true
  restore:
    description:
      - A RV(snapshot) of an earlier task, or RV(nxai.cloud.nxai_pipeline_info#module:pipelines).
      - Each device in it gets back exactly what it had. Its models are not checked beforehand.
    type: list
    elements: dict
    suboptions:
      site:
        description: The cloud system id, or the name, of the site.
        type: str
        required: true
      device:
        description: The NxID, or the name, of the device, such as V(Entrance).
        type: str
        required: true
      name:
        description: The name of the device, for people. It is not used.
        type: str
      pipelines:
        description: The pipelines as the API gives them.
        type: list
        elements: dict
        required: true
      on_the_way:
        description:
          - Whether something else may still arrive at the device. Then it is sent its pipelines whatever it reports,
            and followed. RV(snapshot) has V(true) where the task sent something that the device did not report.
        type: bool
        default: false
  prove:
    description:
      - What to do about devices of which the service does not show whether they run anything. The member of their row
        that holds the pipelines is not there, or is null. That can mean that there are none, or that they are not
        shown, and what runs would be lost.
      - V(refuse) refuses the task before anything is written, and says how such a row looks.
      - V(one) writes to O(prove_device) first, alone, and reads it back. If it shows what was sent, rows of that shape
        mean that there are no pipelines, and the task goes on. If not, the task ends there.
      - V(false) takes them for devices without pipelines. Use it only if you know that they are.
      - A device whose row holds something that is not understood is refused in each case.
    type: str
    choices: [refuse, one, "false"]
    default: refuse
  prove_device:
    description:
      - The NxID, or the name, of a device of this task that may lose what it runs, for O(prove=one).
      - It proves for all devices whose rows have the same members and types as its own. The others are refused.
      - For example V(Storage room).
    type: str
  no_pipelines:
    description:
      - Shapes of rows that are known to mean that a device has no pipelines, beside those of the contract.
      - An earlier task gives them as RV(contract.no_pipelines).
      - "For example V(['Name: text, NxID: text, nxAI: null'])."
    type: list
    elements: str
    default: []
  batch_size:
    description: The most devices in one request.
    type: int
    default: 200
  applicable_timeout:
    description:
      - For how many seconds a request is repeated that the service refuses with C(No devices are applicable).
      - It does so for a while after a media server has restarted, until the devices are announced again.
    type: float
    default: 60
  not_applicable:
    description:
      - What to do about devices that cannot be written to now. These are devices that the service does not find
        applicable when O(applicable_timeout) has passed, that a site does not list although they are named by NxID, and
        devices of a site that shows none, which is how a site looks that is off-line.
      - V(fail) refuses the task before anything is written where that is known so early, and otherwise fails it when
        all other devices are done. V(skip) leaves them, with the status RV(devices[].status=not_applicable).
    type: str
    choices: [fail, skip]
    default: fail
  wait:
    description: Read back until each device reports what was sent.
  wait_timeout:
    description:
      - For how many seconds to read back. A device that still reports what it had is then sent to once more, alone, and
        waited for as long again.
    default: 60
  wait_interval:
    default: 2
notes:
  - The service has no way to write only if nothing has changed since it was read. Whoever else writes to the same
    devices at the same moment is noticed only by what they report afterwards (RV(devices[].status=conflict)), and is
    not overwritten.
seealso:
  - module: nxai.cloud.nxai_pipeline_info
  - module: nxai.cloud.nxai_model
  - plugin: nxai.cloud.nxai_devices
    plugin_type: inventory
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: The person detector on two cameras of one shop, beside what they run
  nxai.cloud.nxai_pipeline:
    site: Shop 001
    devices:
      - Entrance
      - "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
    pipelines:
      - model: Person detector
        nms: 0.5
  register: assigned

- name: All cameras of a group of the inventory, over all its sites
  nxai.cloud.nxai_pipeline:
    devices: >-
      {{ groups['canaries'] | map('extract', hostvars)
         | items2dict(key_name='nxai_device_id', value_name='nxai_site_id')
         | dict2items(key_name='device', value_name='site') }}
    pipelines:
      - model: Person detector

- name: The new version wherever the old one runs, with the settings that it has there
  nxai.cloud.nxai_pipeline:
    select: running
    sites: ["*"]
    swap:
      from: Person detector 1
      to: Person detector 2

- name: Exactly this on every enabled camera of the shops; a camera that is not there stays as it is
  nxai.cloud.nxai_pipeline:
    select: enabled
    sites: ["Shop *"]
    state: exact
    pipelines:
      - model: Person detector
        nms: 0.5
      - model: Face locator
    not_applicable: skip

- name: Each camera of a shop as it is to be, in one task
  nxai.cloud.nxai_pipeline:
    assignments:
      - site: Shop 001
        devices: [Entrance, Till 1]
        pipelines:
          - model: Person detector
            nms: 0.5
      - site: Shop 001
        devices: [Storage room]
        pipelines: []

- name: As it was before
  nxai.cloud.nxai_pipeline:
    restore: "{{ assigned.snapshot }}"
"""

RETURN = r"""
devices:
  description:
    - Each device of the task, in the order of the options, grouped by site. Devices that could not be read come last.
  returned: success, and failure after the plan
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    device:
      description: The NxID of the device, with braces. Where the device could not be read, what the task names it by.
      type: str
      sample: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
    name: {description: The name of the device., type: str, sample: Entrance}
    before:
      description: The assignment before, in the words of O(pipelines). V(null) where it is not known.
      type: list
      elements: dict
      sample:
        - {model: 459d2273-1514-431c-9d34-f5b72f3bfe20, nms: 0.42, resizing_method: letterbox,
           preprocessor: "", postprocessor: "", chains: [], extra: {}}
    after:
      description: The assignment to have, in the words of O(pipelines). V(null) where the device could not be read.
      type: list
      elements: dict
      sample:
        - {model: 459d2273-1514-431c-9d34-f5b72f3bfe20, nms: 0.42, resizing_method: letterbox,
           preprocessor: "", postprocessor: "", chains: [], extra: {}}
    changed:
      description: Whether the task sent something to the device, or in check mode would.
      type: bool
      sample: true
    status:
      description:
        - V(unchanged) where it had what is declared; V(planned) in check mode; V(applied) where it reports what was
          sent; V(sent) with O(wait=false).
        - V(pending) where it did not report in time what was sent; V(conflict) where it reports neither that nor what
          it had, or others lost theirs for it; V(not_applicable) where it cannot be written to now; V(failed) where
          its site could not be read, or the request failed; V(not_sent) where its site could no longer be reached, or
          a device before it did not keep what it was sent, or proved nothing (O(prove)).
      type: str
      sample: applied
    reason:
      description:
        - Why, where it is not as declared. For V(conflict) it has what was sent beside what is reported.
        - For V(applied), what the service shows otherwise than it was sent, such as another order. Otherwise empty.
      type: str
      sample: ""
snapshot:
  description:
    - The assignments before the task, of all its devices of which they are known, as O(restore) takes them. Also those
      of others that lost theirs for what a device of the task was sent.
  returned: success, and failure after the plan
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
proof:
  description: The device that proves what rows of its shape mean (O(prove=one)).
  returned: where there is such a device
  type: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    device: {description: "The NxID of the device, with braces.", type: str,
             sample: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"}
    shape: {description: "The keys and types of its row, without values.", type: str,
            sample: "Name: text, NxID: text, nxAI: null"}
    proved: {description: Whether it shows what was sent. V(false) in check mode., type: bool, sample: true}
contract:
  description: What to keep in the contract file, so that the proof is asked for once.
  returned: where O(prove=one) has proved something
  type: dict
  contains:
    no_pipelines: {description: The shapes., type: list, elements: str,
                   sample: ["Name: text, NxID: text, nxAI: null"]}
totals:
  description: How many devices the task is for, how many of them changed, and how many have each status.
  returned: success, and failure after the plan
  type: dict
  sample:
    devices: 12
    changed: 10
    unchanged: 1
    planned: 0
    applied: 9
    sent: 0
    pending: 1
    conflict: 0
    not_applicable: 1
    failed: 0
    not_sent: 0
unread_sites:
  description: The sites that could not be read, or show no devices, with the reason.
  returned: success, and failure after the plan
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    name: {description: The name of the site; empty where it is not known., type: str, sample: Shop 001}
    reason: {description: Why nothing of it is in the result., type: str,
             sample: "the site shows no devices: it is off-line, or still loading"}
refused:
  description: Where the plan was refused and nothing was written, each device with each reason against it.
  returned: failure before anything was written
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
      reason: its server does not support pipelines
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
from ..module_utils._pipelines.options import ARGUMENT_SPEC, RULES
from ..module_utils._pipelines.resource import PipelineResource


def main() -> None:
    run(ARGUMENT_SPEC, PipelineResource, **RULES)


if __name__ == "__main__":
    main()
