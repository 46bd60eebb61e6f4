#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_rollout_state
short_description: Keep the state of a rollout
version_added: 0.1.0
description:
  - The memory of the role P(nxai.cloud.pipeline_rollout#role), which is the only user of this module. It makes no
    request to the cloud.
  - Keeps the plan, the snapshot and the outcome of each wave in a directory. Each file is replaced as a whole and is on
    the disk when the task ends. Also writes the reports C(rollout-report.json) and C(rollout-report.html).
attributes:
  check_mode:
    description: In check mode the module says what it would do, and writes nothing.
    support: full
  diff_mode:
    description: In diff mode O(step=open) shows the waves.
    support: full
  idempotent:
    description: Opening a rollout in which nothing is left to do writes nothing.
    support: full
options:
  path:
    description:
      - The directory. It is made if need be, for its owner only.
      - One that another user owns or everyone can write to is refused, since what is in it decides what devices get
        back.
    type: path
    required: true
  trusted_owner:
    description:
      - A user whose files are trusted like those of the user who runs the task, by name or number. For example V(awx)
        or V(1000).
      - A directory of that user on the way is used even if everyone can write to it. So V(root) makes an C(emptyDir) of
        Kubernetes usable.
      - Also read from the environment variable E(NXAI_TRUSTED_OWNER).
    type: str
  step:
    description:
      - V(open) plans a rollout or goes on with one; V(begin) keeps the snapshot of a wave before it is written;
        V(written) keeps what the writing task said; V(gate) ends a wave; V(restored) keeps what the restoring task
        said; V(close) ends a run; V(interrupt) keeps an error that ended a run.
    type: str
    choices: [open, begin, written, gate, restored, close, interrupt]
    required: true
  run:
    description: The RV(run) of O(step=open). Another run that has opened the rollout since is an error.
    type: str
  wave:
    description: The number of the wave, from 1.
    type: int
  name:
    description: The name of the rollout, with O(step=open).
    type: str
  action:
    description: Whether to go on with the rollout or to take it back, with O(step=open).
    type: str
    choices: [rollout, rollback]
    default: rollout
  declaration:
    description: What the devices are to get, with O(step=open). It cannot change once a wave has begun.
    type: dict
  gate_tasks:
    description:
      - A file whose tasks are to be run as gates, with O(step=open). It is only judged here. One that another user owns
        or everyone can write to is refused.
      - For example V(/srv/rollouts/gates.yml).
    type: path
  waves:
    description: The waves as P(nxai.cloud.rollout_waves#filter) gives them, with O(step=open).
    type: list
    elements: dict
    default: []
  left_out:
    description: The devices that cannot take pipelines now, as P(nxai.cloud.rollout_devices#filter) gives them.
    type: list
    elements: dict
    default: []
  saved:
    description: The RV(saved) of an earlier run, taken where it is newer than what is in O(path).
    type: str
    default: ""
  devices:
    description: RV(nxai.cloud.nxai_pipeline#module:devices) of the task that planned, wrote, looked or restored.
    type: list
    elements: dict
    default: []
  refused:
    description: RV(nxai.cloud.nxai_pipeline#module:refused) of that task.
    type: list
    elements: dict
    default: []
  snapshot:
    description: RV(nxai.cloud.nxai_pipeline#module:snapshot) of the task that planned, with O(step=begin).
    type: list
    elements: dict
    default: []
  proof:
    description:
      - RV(nxai.cloud.nxai_pipeline#module:proof) of that task, with O(step=begin) and O(step=written).
      - "For example V({site: shop, device: door, shape: 'Name: text, nxAI: null', proved: false})."
    type: dict
  servers:
    description: RV(nxai.cloud.nxai_device_info#module:devices), with O(step=gate).
    type: list
    elements: dict
    default: []
  server_running:
    description: The words for a server that runs, in lower case.
    type: list
    elements: str
    default: [running]
  gate_failures:
    description: Devices that the user's gate tasks found wanting, each with C(site), C(device) and C(reason).
    type: list
    elements: dict
    default: []
  reason:
    description: Why the user's gate tasks failed, or why the run ends.
    type: str
    default: ""
  max_failures:
    description: How many devices may fail in all, as a number or a share.
    type: str
    default: "0"
  max_failures_per_wave:
    description: How many devices of a wave may fail, as a number or a share.
    type: str
    default: "0"
  on_breach:
    description: What to do when more devices fail.
    type: str
    choices: [stop, rollback_wave, rollback_all]
    default: stop
  unavailable:
    description: What to do about devices that cannot take pipelines now.
    type: str
    choices: [fail, skip, queue]
    default: fail
  soak:
    description: Seconds between the writing of a wave and its gates, for each wave; the last for all further ones.
    type: list
    elements: float
    default: [0]
  pause_before_wave:
    description: The numbers of waves before which a run ends; V(all) for each wave.
    type: list
    elements: str
    default: []
seealso:
  - module: nxai.cloud.nxai_pipeline
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Plan a rollout, or go on with it
  nxai.cloud.nxai_rollout_state:
    path: rollout-detector
    step: open
    name: detector
    declaration:
      pipelines:
        - model: Person detector
    waves: "{{ devices | nxai.cloud.rollout_waves(['5%', '100%']) }}"
    left_out: "{{ hosts | nxai.cloud.rollout_devices | rejectattr('unavailable', 'equalto', '') }}"
    saved: "{{ saved_by_an_earlier_job | default('') }}"
    pause_before_wave: ["2"]
  register: opened

- name: Keep what the devices of the first wave had
  nxai.cloud.nxai_rollout_state:
    path: rollout-detector
    step: begin
    run: "{{ opened.run }}"
    wave: 1
    devices: "{{ planned.devices }}"
    snapshot: "{{ planned.snapshot }}"

- name: Keep what became of them
  nxai.cloud.nxai_rollout_state:
    path: rollout-detector
    step: written
    run: "{{ opened.run }}"
    wave: 1
    devices: "{{ written.devices | default([]) }}"
    refused: "{{ written.refused | default([]) }}"

- name: End the wave with what the gates found
  nxai.cloud.nxai_rollout_state:
    path: rollout-detector
    step: gate
    run: "{{ opened.run }}"
    wave: 1
    devices: "{{ looked.devices }}"
    servers: "{{ known.devices }}"
    gate_failures:
      - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
        device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
        reason: it counts nobody
    reason: a camera counts nobody
"""

RETURN = r"""
run:
  description: What further steps of this run are to give as O(run).
  returned: success
  type: str
  sample: 5f1f9d3ce0c04b0e
todo:
  description: The waves of this run, each with C(number), C(name) and C(devices).
  returned: success, with O(step=open)
  type: list
  elements: dict
  sample:
    - number: 1
      name: 25%
      devices:
        - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
          device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
devices:
  description: With O(step=begin), the devices to write to. With O(step=written), those whose gates are to be looked at.
  returned: success, with these steps
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
soak:
  description: With O(step=written), the seconds to wait before the gates.
  returned: success, with this step
  type: float
  sample: 600
breach:
  description: Why the wave failed; empty where it did not.
  returned: success
  type: str
  sample: "4 of 50 devices failed (0 allowed)"
restore:
  description: What is to be taken back now, as O(nxai.cloud.nxai_pipeline#module:restore) takes it.
  returned: success
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
      name: Entrance
      pipelines:
        - {modelUUID: 459d2273-1514-431c-9d34-f5b72f3bfe20, modelNMS: 0.42, resizingMethod: Letterbox,
           Preprocessor: "", Postprocessor: "", chains: []}
no_pipelines:
  description: What was proved in this rollout, as O(nxai.cloud.nxai_pipeline#module:no_pipelines) takes it.
  returned: success
  type: list
  elements: str
  sample: ["Name: text, NxID: text, nxAI: null"]
remaining:
  description: With O(step=restored), the number of devices that are not back yet.
  returned: success, with this step
  type: int
  sample: 0
summary:
  description: Where the rollout stands, in numbers.
  returned: success
  type: dict
  sample:
    name: detector
    status: running
    message: ""
    how_to_go_on: "If the playbook no longer runs, run the same command again: it goes on where it was."
    totals: {devices: 500, done: 125, failed: 0, aside: 0, back: 0, waiting: 375}
    waves:
      - number: 1
        name: 25%
        status: done
        totals: {devices: 125, done: 125, failed: 0, aside: 0, back: 0, waiting: 0}
lines:
  description: The same for people.
  returned: success
  type: list
  elements: str
  sample:
    - "wave 1 of 4 (25%): done; 125 done"
report:
  description: The path of the HTML report.
  returned: success
  type: str
  sample: rollout-detector/rollout-report.html
saved:
  description: State and snapshots, for O(saved) of a run on another machine.
  returned: success
  type: str
  sample: eJyrVsrILMgvKlGyUlDKSM3JyVfISM0pVuICAFW0B3Q=
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

from ..module_utils._engine.module import run_local
from ..module_utils._rollout.options import ARGUMENT_SPEC, REQUIRED_IF
from ..module_utils._rollout.steps import RolloutRun


def main() -> None:
    run_local(
        ARGUMENT_SPEC,
        lambda options, check_mode: RolloutRun(options, check_mode).take_step(),
        required_if=REQUIRED_IF,
    )


if __name__ == "__main__":
    main()
