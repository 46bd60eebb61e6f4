#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_first_contact
short_description: Find out how the service differs, and write the contract file that adapts the collection
version_added: 0.1.0
description:
  - Calls the service in each way that the collection relies on. Where something is not as it was known, it tries what
    else it may be, and writes what it finds into a contract file for O(contract).
  - The first stage only reads. It sends no write of any kind. A password, code or refresh token is sent in one form
    alone, and never again once it was refused.
  - The second stage (O(device)) sends one camera exactly what it has, and reads it back. The third (O(create)) creates
    a catalogue and a small model with a name of their own, changes them, and removes them again, also after an error.
  - Some cameras may not say what they run. RV(cameras.unknown) has each kind of them, and how to find out with O(prove)
    whether such cameras run nothing.
  - It writes three files into O(dir). C(nxai-contract.yml) is the contract; where nothing differs, only a comment.
    C(first-contact.md) is a report for people. C(first-contact-evidence.json) holds shapes of answers alone, and no
    values, so that you can attach it to an issue.
  - It begins with the lines of C(nxai-contract.yml) in O(dir), and of O(contract), which count before those. The file
    holds them as well in the end. A file that is no contract is an error. A run that cannot read leaves it as it is.
  - In check mode it reads, and writes nothing, no file either. The task fails where a stage could not be finished; the
    files are written all the same.
  - The playbook C(nxai.cloud.first_contact) runs it.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
attributes:
  idempotent:
    support: partial
    details: Without O(device) and O(create). These stages write to the service each time.
options:
  dir:
    description:
      - The folder for the files, on the host that runs the task, such as C(.). It is made where it is missing.
      - A file of one of their names that is not from first contact is an error.
    type: path
    required: true
  device:
    description:
      - The NxID of a camera for the second stage, such as V({e0a5b1a4-8b0c-4e0d-9a6b-2f3c4d5e6f70}). Choose one that
        runs something, as that proves most.
    type: str
  site:
    description: The name or cloud system id of its site, such as V(Shop 001), where two sites have such a camera.
    type: str
  prove:
    description:
      - What to do where it is not known what O(device) runs. V(refuse) sends nothing.
      - With V(one) you say that this camera may lose what it runs, to find out whether cameras that show nothing run
        nothing.
      - One that shows what it runs is then sent exactly that, as always. If other cameras do not, it is sent an empty
        list as well, and after a look at its row what it had. That is kept in C(first-contact-snapshot.json) in O(dir)
        before, and removed once it is seen there again. O(nxai.cloud.nxai_pipeline#module:restore) takes what is at
        C(snapshot) in it. Until then each run names it in RV(earlier), and never writes over it.
      - One that does not show what it runs is sent a model, and an empty list at the end, also after an error. What it
        ran before, if the service did not show it, is gone.
    type: str
    choices: [refuse, one]
    default: refuse
  model:
    description:
      - The model for O(prove=one), by name or UUID, such as V(Person detector). Without it, one that other cameras run,
        or any that is ready.
    type: str
  create:
    description: Whether the third stage is run.
    type: bool
    default: false
  try_refresh:
    description:
      - Whether a write that is refused with 401 or 403 is tried with the refresh token, which then goes to O(api_url).
    type: bool
    default: false
seealso:
  - module: nxai.cloud.nxai_contract_info
  - module: nxai.cloud.nxai_doctor_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Read, and write the files
  nxai.cloud.nxai_first_contact:
    dir: .

- name: Prove with one camera how pipelines are written, and create and remove a model
  nxai.cloud.nxai_first_contact:
    dir: .
    device: "{e0a5b1a4-8b0c-4e0d-9a6b-2f3c4d5e6f70}"
    create: true

- name: Find out whether cameras that show nothing run nothing, with one that may lose what it runs
  nxai.cloud.nxai_first_contact:
    dir: .
    contract: nxai-contract.yml
    device: "{e0a5b1a4-8b0c-4e0d-9a6b-2f3c4d5e6f70}"
    prove: one
"""

RETURN = r"""
contract:
  description: What the contract file holds; empty where nothing differs.
  returned: success, and failure after the first stage
  type: dict
  sample: {}
differs:
  description: The lines that were found to differ, each with what speaks for it.
  returned: success, and failure after the first stage
  type: list
  elements: dict
  contains:
    line:
      description: The line of the contract.
      type: str
      sample: fields.device.pipelines
    value:
      description: What the service has, as JSON.
      type: str
      sample: '"CurrentPipeline"'
    why:
      description: What speaks for it.
      type: str
      sample: nothing that runs is shown where it was expected; here each element names a model
questions:
  description: What only you can know, in words. Each begins with the line that it is about.
  returned: success, and failure after the first stage
  type: list
  elements: str
  sample: ["words.running: do these say that a server is well: started?"]
cameras:
  description: How many of the cameras that were read say what they run.
  returned: success, and failure after the first stage
  type: dict
  contains:
    running:
      description: Those that show what they run.
      type: int
      sample: 6
    none:
      description: Those that run nothing, by an empty list or by RV(contract).
      type: int
      sample: 0
    not_understood:
      description: Those that may show it, in a way that is not understood.
      type: int
      sample: 0
    unknown:
      description: The others, by what their rows look like.
      type: list
      elements: dict
      contains:
        shape:
          description: The members of such a row, with their types.
          type: str
          sample: "Enabled: boolean, Name: text, NxID: text"
        cameras:
          description: How many have such a row.
          type: int
          sample: 1
        device:
          description: The NxID of one of them.
          type: str
          sample: "{e0a5b1a4-8b0c-4e0d-9a6b-2f3c4d5e6f70}"
        site:
          description: The cloud system id of its site.
          type: str
          sample: d7e9a5a1-6b0c-4f6e-9a55-0d6a2a4f1c11
        offered:
          description:
            - The NxID of a camera for O(device) that shows what it runs, and with O(prove=one) is given none for a
              moment. Empty where there is no such camera, or something speaks against it that the others run nothing.
          type: str
          sample: "{0c0c0c0c-1111-4111-8111-111111111111}"
        offered_site:
          description: The cloud system id of its site, for O(site).
          type: str
          sample: d7e9a5a1-6b0c-4f6e-9a55-0d6a2a4f1c11
        advice:
          description: What speaks for it or against it, and how you find out.
          type: str
          sample: Of the others that were read, 6 show what they run, and none says that nothing runs...
stages:
  description: How each stage ended.
  returned: success, and failure after the first stage
  type: dict
  contains:
    read:
      description: The first stage.
      type: dict
      sample: {status: ok, reason: all that can be read was read.}
    prove:
      description: The second stage.
      type: dict
      sample: {status: not_asked, reason: ""}
    create:
      description: The third stage. C(status) is V(ok), V(failed), V(not_asked) or, in check mode, V(not_run).
      type: dict
      sample: {status: not_asked, reason: ""}
files:
  description: The paths of the files.
  returned: success, and failure after the first stage
  type: dict
  sample: {contract: /home/me/nxai-contract.yml, report: /home/me/first-contact.md,
           evidence: /home/me/first-contact-evidence.json}
left_behind:
  description: What the second and the third stage have made and could not remove.
  returned: success, and failure after the first stage
  type: list
  elements: dict
  contains:
    kind:
      description: V(model), V(catalogue), or V(pipeline) of a camera.
      type: str
      sample: model
    name:
      description: Its name, or that of the model and of the camera.
      type: str
      sample: nxai first contact 1c2d3e4f
    uuid:
      description: Its UUID, or that of the model, or why that is not known.
      type: str
      sample: 459d2273-1514-431c-9d34-f5b72f3bfe20
earlier:
  description:
    - What an earlier run has left that was ended before it could remove it or give it back. A camera is listed until a
      run has seen on it what C(first-contact-snapshot.json) holds of it.
  returned: success, and failure after the first stage
  type: list
  elements: dict
  contains:
    kind:
      description: V(camera), V(model) or V(catalogue).
      type: str
      sample: camera
    name:
      description: Its name.
      type: str
      sample: Entrance
    uuid:
      description: Its UUID; of a camera its NxID.
      type: str
      sample: "{e0a5b1a4-8b0c-4e0d-9a6b-2f3c4d5e6f70}"
    advice:
      description: The command that gives it back, or removes it.
      type: str
      sample: "If no other run is at work, remove it: ansible localhost -m nxai.cloud.nxai_model -a ..."
summary:
  description: What an earlier run has left, whether anything differs, which lines, and the questions, in words.
  returned: success, and failure after the first stage
  type: list
  elements: str
  sample: ["differs: fields.device.pipelines"]
requests:
  description: How many requests were sent.
  returned: success, and failure after the first stage
  type: int
  sample: 21
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
from ..module_utils._first_contact.resource import ARGUMENT_SPEC, FirstContact


def main() -> None:
    run(ARGUMENT_SPEC, FirstContact)


if __name__ == "__main__":
    main()
