#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_rollout
short_description: Take a step of a rollout
version_added: 0.1.0
description:
  - Gives devices (cameras) their pipelines in waves. The role P(nxai.cloud.pipeline_rollout#role) takes the steps in
    their order; use that.
  - Each step does all of its work, with the engine of M(nxai.cloud.nxai_pipeline). What a camera has is on the disk, in
    a journal, before the request that replaces it goes out. The journal is only ever appended to, and one run at a time
    can do so.
  - Also writes the reports C(rollout-report.json) and C(rollout-report.html).
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
attributes:
  check_mode:
    description: In check mode O(step=open) plans all waves, or all that is to be taken back, and writes nothing.
      No other step can be taken.
    support: full
  diff_mode:
    description: With O(step=open), diff mode shows the waves, and in check mode each change.
    support: full
  idempotent:
    description: Opening a rollout in which nothing is left to do writes nothing.
    support: full
options:
  path:
    description:
      - The directory of the journal and the reports. It is made if need be, for its owner only.
      - One that another user owns or everyone can write to is refused, since what is in it decides what cameras get
        back. So is a file system that cannot lock files.
      - Needed by all steps but V(needed).
    type: path
  step:
    description:
      - V(open) begins a run. It plans the rollout, or goes on with it.
      - V(wave) plans, writes and follows a wave. V(gate) looks at it and ends it.
      - V(restore) takes back what is to be taken back. V(give_up) lets cameras go.
      - V(close) ends a run. V(interrupt) ends one at which something went wrong.
      - V(needed) lists the models that unfinished rollouts may have to give back.
    type: str
    choices: [open, wave, gate, restore, give_up, close, interrupt, needed]
    required: true
  run:
    description: The RV(run) of O(step=open). Where another run has opened the rollout since, the step is refused.
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
    description:
      - What the cameras are to get, with O(step=open). C(pipelines), C(state), C(swap) and C(assignments) are as in
        M(nxai.cloud.nxai_pipeline). C(model), and C(nms) with it, are short for C(pipelines) of one model.
      - With C(assignments), cameras that no group names are left out.
      - It can change until the first request went out. After that another one is refused, and the difference shown.
    type: dict
  coming:
    description:
      - Names of models that an earlier task would create, for check mode. Other unknown ones are refused.
      - For example V(Person detector@8).
    type: list
    elements: str
    default: []
  retiring:
    description:
      - UUIDs of models that are to be deleted after the rollout. A warning names the cameras that run one.
      - For example V(459d2273-1514-431c-9d34-f5b72f3bfe20).
    type: list
    elements: str
    default: []
  gate_tasks:
    description:
      - A file whose tasks are to be run as gates, with O(step=open). It is only judged here. One that another user owns
        or everyone can write to is refused.
      - For example V(/srv/rollouts/gates.yml).
    type: path
  devices:
    description:
      - The cameras of the hosts that are chosen, with O(step=open), as P(nxai.cloud.rollout_devices#filter) gives them.
        As a list, or as the text that P(nxai.cloud.rollout_hosts#filter) makes of it.
      - A camera that cannot take pipelines now has the reason in C(unavailable).
    type: raw
  hosts:
    description: The host pattern that O(devices) were chosen by, with O(step=open).
    type: str
    default: all
  limit:
    description: The limit of the run, with O(step=open), such as V(localhost,site_shop_001). Empty for none.
    type: str
    default: ""
  part:
    description:
      - The part of all sites that this rollout has, with O(step=open), such as V(3/8) for the third of eight. Which
        sites are in it follows from their ids. Each part is a rollout with a name and a journal of its own.
    type: str
    default: ""
  waves:
    description: The sizes of the waves, as P(nxai.cloud.rollout_waves#filter) takes them, with O(step=open).
    type: raw
  groups:
    description: "The hosts of each group that O(waves) or O(canary) names, such as V({site_shop_001: [Door]})."
    type: dict
    default: {}
  canary:
    description: A group whose cameras make the first wave, such as V(site_shop_001). Empty for none.
    type: str
    default: ""
  saved:
    description:
      - The RV(saved) of an earlier run, or a dictionary of such by the names of rollouts.
      - "For example V({detector: eJyrVsrILMgvKlGyUlDKSM3JyVfISM0pVuICAFW0B3Q=})."
      - It is taken where it goes on from the journal in O(path), or where there is none.
    type: raw
  settings:
    description: Further options of M(nxai.cloud.nxai_pipeline), which describes them.
    type: dict
    suboptions:
      batch_size: {description: "The most devices in one request, such as V(200).", type: int}
      concurrency: {description: "How many sites are worked on at the same time, such as V(8).", type: int}
      applicable_timeout: {description: "Seconds to repeat what is not applicable, such as V(60).", type: float}
      wait_timeout: {description: "Seconds until cameras have to report what was sent, such as V(60).", type: float}
      wait_interval: {description: "Seconds between two looks, such as V(2).", type: float}
      require_ready: {description: Refuse models that are not ready., type: bool}
      require_support: {description: Refuse cameras whose server does not support pipelines., type: bool}
      require_runtime: {description: Refuse cameras whose runtime none of the model's files is for., type: bool}
      require_processors: {description: Refuse pre- and postprocessors that the server does not list., type: bool}
      require_available: {description: Refuse models that the site's organisation cannot use., type: bool}
  prove:
    description: What to do about cameras that do not say what they run, as in M(nxai.cloud.nxai_pipeline).
    type: str
    choices: [refuse, one, "false"]
    default: refuse
  prove_device:
    description:
      - The NxID or the name of a camera that may lose what it runs, for O(prove=one). It makes the first wave, alone.
      - For example V(Storage room).
    type: str
  server_running:
    description: The words for a server that runs, in lower case, such as V([running]), the default.
    type: raw
  gate_failures:
    description:
      - Cameras that the user's gate tasks found wanting, each with C(site), C(device) and C(reason).
      - "For example V([{site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d, device: '{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}',
        reason: it counts nobody}])."
    type: list
    elements: dict
    default: []
  reason:
    description: Why the user's gate tasks failed, or why the run ends, such as V(the dashboard is red).
    type: str
    default: ""
  give_up:
    description:
      - Cameras to let go, by NxID, or by the name of the camera or its host, or as C(CAMERA at SITE). What is the name
        of several is refused; with C(*) for any characters it means all of them.
      - With O(step=open) these are only looked up. In check mode the result says which they are.
      - For example V(site_shop_007_*).
    type: raw
  max_failures:
    description: How many cameras may fail in all, as a number or a share.
    type: str
    default: "0"
  max_failures_per_wave:
    description: How many cameras of a wave may fail, as a number or a share.
    type: str
    default: "0"
  on_breach:
    description: What to do when more cameras fail.
    type: str
    choices: [stop, rollback_wave, rollback_all]
    default: stop
  unavailable:
    description: What to do about cameras that cannot take pipelines now.
    type: str
    choices: [fail, skip, queue]
    default: fail
  soak:
    description:
      - Seconds between the writing of a wave and its gates, for each wave; the last for all further ones.
      - For example V([3600, 600]).
    type: raw
  pause_before_wave:
    description: The numbers of waves before which a run ends, such as V([2]); V(all) for each wave.
    type: raw
  rollouts:
    description: Folders of rollouts, with O(step=needed). C(*) stands for any characters, as in V(rollout-*).
    type: raw
seealso:
  - module: nxai.cloud.nxai_pipeline
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Plan a rollout, or go on with it
  nxai.cloud.nxai_rollout:
    path: rollout-detector
    step: open
    name: detector
    declaration:
      pipelines:
        - model: Person detector
    devices: "{{ groups['all'] | map('extract', hostvars) | nxai.cloud.rollout_devices }}"
    waves: ["5%", "100%"]
  register: opened

- name: Write the first wave
  nxai.cloud.nxai_rollout:
    path: rollout-detector
    step: wave
    run: "{{ opened.run }}"
    wave: 1
  register: written

- name: End it
  nxai.cloud.nxai_rollout:
    path: rollout-detector
    step: gate
    run: "{{ opened.run }}"
    wave: 1
  when: written.breach | length == 0

- name: The models that no unfinished rollout can do without
  nxai.cloud.nxai_rollout:
    step: needed
    rollouts: ["rollout-*"]
"""

RETURN = r"""
run:
  description: What further steps of this run are to give as O(run). Empty in check mode.
  returned: success, with each step but V(needed)
  type: str
  sample: 5f1f9d3ce0c04b0e
todo:
  description: The waves of this run, with the number of their cameras. None in check mode.
  returned: success, with O(step=open)
  type: list
  elements: dict
  sample:
    - {number: 1, name: 25%, size: 125}
soak:
  description: With O(step=wave), the seconds to wait before the gates.
  returned: success, with this step
  type: float
  sample: 600
written:
  description: The cameras that something was, or may have been, sent to; NxIDs by the cloud system id of their site.
  returned: success, with O(step=wave) and O(step=restore)
  type: dict
  sample:
    8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d: ["{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"]
breach:
  description: Why the wave failed; empty where it did not.
  returned: success, with each step but V(needed)
  type: str
  sample: "4 of 50 cameras failed (0 allowed)"
remaining:
  description: With O(step=restore), the number of cameras that are not back yet.
  returned: success, with this step
  type: int
  sample: 0
overwritten:
  description: With O(step=restore), cameras that somebody else had given something, which is kept in the journal.
  returned: success, with this step
  type: list
  elements: str
  sample: ["Entrance at Shop 001 (line 7 of the journal)"]
needed:
  description: With O(step=needed), each model that a rollout may have to give back, with the names of the rollouts.
  returned: success, with this step
  type: list
  elements: dict
  sample:
    - {model: 459d2273-1514-431c-9d34-f5b72f3bfe20, rollouts: [detector]}
summary:
  description:
    - Where the rollout stands, in numbers. C(causes) has the cameras that failed by cause, and C(failed) the first 20
      of them. Both are filled with O(step=close) and O(step=interrupt) alone.
  returned: success, with each step but V(needed)
  type: dict
  sample:
    name: detector
    status: running
    message: ""
    how_to_go_on: "If the playbook no longer runs, run the same command again: it goes on where it was."
    totals: {devices: 500, done: 125, unchanged: 0, failed: 0, aside: 0, back: 0, waiting: 375}
    waves:
      - number: 1
        name: 25%
        status: done
        totals: {devices: 125, done: 125, unchanged: 0, failed: 0, aside: 0, back: 0, waiting: 0}
    causes:
      - {cause: its server does not support pipelines, status: refused, devices: 2}
    failed:
      - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
        site_name: Shop 001
        device: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
        name: Entrance
        status: refused
        reason: its server does not support pipelines
failures:
  description:
    - What failed, for people. First the number of cameras of each cause, then the first 20 cameras. RV(summary) has the
      same as C(causes) and C(failed).
  returned: success, with O(step=close) and O(step=interrupt)
  type: list
  elements: str
  sample:
    - "Failed: 2 cameras: the service does not find it applicable"
    - "Failed: Entrance at Shop 001: the service does not find it applicable"
lines:
  description: The same for people.
  returned: success, with each step but V(needed)
  type: list
  elements: str
  sample:
    - "wave 1 of 4 (25%): done; 125 done"
report:
  description: The path of the HTML report.
  returned: success, with each step but V(needed)
  type: str
  sample: rollout-detector/rollout-report.html
saved:
  description: The journal, for O(saved) of a run on another machine.
  returned: success, with O(step=close) and O(step=interrupt)
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

from ..module_utils._engine.module import run_steps
from ..module_utils._rollout.options import ARGUMENT_SPEC, RULES
from ..module_utils._rollout.steps import RolloutRun


def main() -> None:
    run_steps(ARGUMENT_SPEC, lambda task: RolloutRun(task).take_step(), **RULES)


if __name__ == "__main__":
    main()
