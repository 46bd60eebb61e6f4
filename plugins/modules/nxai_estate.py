#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: nxai_estate
short_description: Take a step of applying an estate
version_added: 0.1.0
description:
  - Makes the catalogues and models of an account what the files of its estate say, and says what is left to assign to
    devices. The role P(nxai.cloud.estate#role) takes the steps in their order; use that.
  - Each catalogue and model is kept by the engine of M(nxai.cloud.nxai_catalogue) and M(nxai.cloud.nxai_model). What
    speaks against the estate is said before anything is written.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.sites
  - nxai.cloud.wait
options:
  path:
    description:
      - The file or folder of the estate, as M(nxai.cloud.nxai_estate_info) makes it.
      - For example V(estate/).
    type: path
    required: true
  step:
    description:
      - V(apply) makes catalogues and models what the estate says, and returns what is to be assigned.
      - V(prune) is about what the estate does not name, when everything is assigned. It also says what still differs.
    type: str
    choices: [apply, prune]
    required: true
  files:
    description:
      - The files of models on this machine, by the names of the models. A model that is missing is uploaded from it.
      - "For example V({Person detector@7: models/person-7.onnx}). Where the value is V(null) or empty, none is given."
    type: dict
    default: {}
  prune:
    description:
      - With V(delete), O(step=prune) deletes models and catalogues that the estate does not name, where they are
        certainly the account's own and nothing uses them. RV(emptied) then has the devices of sites that the estate
        does not have.
      - With V(report) and V(none), nothing is deleted.
    type: str
    choices: [none, report, delete]
    default: report
  needed:
    description:
      - UUIDs of models that are not deleted, such as those that an unfinished rollout may have to give back.
      - For example V([459d2273-1514-431c-9d34-f5b72f3bfe20]).
    type: list
    elements: str
    default: []
  whole:
    description: Whether to return RV(whole), for a rollout that has to be declared in the same words in each run.
    type: bool
    default: false
  concurrency:
    description: How many sites are read at the same time.
    type: int
    default: 8
  wait:
    description: Wait until each model that was written is ready.
  wait_timeout:
    description: For how many seconds to wait for the conversion of each model.
    default: 900
  wait_interval:
    default: 5
seealso:
  - module: nxai.cloud.nxai_estate_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Make catalogues and models what the estate says
  nxai.cloud.nxai_estate:
    path: estate/
    step: apply
    files:
      Person detector: person.onnx
  register: applied

- name: Make assignments what it says
  nxai.cloud.nxai_pipeline:
    assignments: "{{ applied.assignments }}"

- name: Is there anything left that the estate does not name?
  nxai.cloud.nxai_estate:
    path: estate/
    step: prune
"""

RETURN = r"""
done:
  description: The catalogues and models that were made or changed, or in check mode would be.
  returned: success, with O(step=apply)
  type: list
  elements: str
  sample: ["model Person detector@7"]
differences:
  description:
    - Where the cloud differs from the estate and to apply it changes that, one line for each kind.
    - With O(step=prune), what is left of it.
  returned: success
  type: list
  elements: str
  sample: ["Door at Shop 1: Person detector@6 instead of Person detector@7"]
beside:
  description:
    - What the estate does not name, and what it names and the account does not see. To apply it changes nothing there.
    - So is a key of a pipeline that nobody understands, and that the estate does not have.
  returned: success, with O(step=apply)
  type: list
  elements: str
  sample: ["Shop 9: the account does not see this shop any more"]
not_known:
  description: What could not be compared, so that nothing is done about it, with the reason.
  returned: success, with O(step=apply)
  type: list
  elements: str
  sample: ["Shop 2: the site is off-line"]
assignments:
  description:
    - What to assign so that each device that differs has what the estate says, as
      O(nxai.cloud.nxai_pipeline#module:assignments) takes it.
  returned: success, with O(step=apply)
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      devices: ["{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"]
      pipelines: [{model: Person detector@7}]
whole:
  description: With O(whole=true), the same for all devices of the estate, whatever the cloud has.
  returned: success, with O(step=apply)
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      devices: ["{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"]
      pipelines: [{model: Person detector@7}]
coming:
  description: The names of the models that were made, or in check mode would be.
  returned: success, with O(step=apply)
  type: list
  elements: str
  sample: [Person detector@7]
emptied:
  description: With O(prune=delete), the devices that are to run nothing, as their site is not in the estate.
  returned: success, with O(step=apply)
  type: list
  elements: dict
  sample:
    - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
      devices: ["{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"]
      pipelines: []
deleted:
  description: What was deleted, or in check mode would be.
  returned: success, with O(step=prune)
  type: list
  elements: str
  sample: ["model Person detector@4"]
kept:
  description: With O(prune=delete), what the estate does not name and stays, with the reason.
  returned: success, with O(step=prune)
  type: list
  elements: str
  sample: ["model Person detector@5: it is in use (Shop 1: Door)"]
refused:
  description: Each reason against the estate. Nothing was written.
  returned: failure before anything was written
  type: list
  elements: str
  sample: ["the model Face blur needs its file, and estate_files has none for it"]
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
from ..module_utils._estate.options import APPLY_SPEC, take_step


def main() -> None:
    run_steps(APPLY_SPEC, take_step)


if __name__ == "__main__":
    main()
