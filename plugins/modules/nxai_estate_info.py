#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_estate_info
short_description: Read the estate as YAML, and compare it with files
version_added: 0.1.0
description:
  - Reads the catalogues, the models and the assignments of all devices, and returns them as the text of YAML files that
    read well in git. docs/estate.md says what is in them.
  - With O(path), also says what differs between the files that are there and the cloud.
  - Sends only GETs (sign-in excepted), and writes no file. The playbook C(nxai.cloud.estate_export) writes them, and
    C(nxai.cloud.drift) tells what differs.
  - What is not known is never taken for empty. A site that is off-line or cannot be read keeps what the files say of
    it, and so does a device of which it is not known what it runs. What no file knows is marked. All are named.
  - Models and catalogues of somebody else are left out. That the service tells whose they are is inferred; what does
    not say is taken for the account's own, but for models that the account does not list and only may use.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.sites
attributes:
  diff_mode:
    support: none
options:
  path:
    description:
      - The file or the folder in which the estate is, or is to be. Of a folder, all YAML files count, also those in
        folders below it. Files and folders whose name begins with a dot do not.
      - Sites and devices that were not read, or are not seen any more, keep what it says of them. Profiles keep the
        names that they have in there.
      - What is not there yet is not read, and RV(comparison) is V(null). For example V(estate).
    type: path
  split:
    description: Whether each site gets a file of its own. It counts only where O(path) is not a file.
    type: bool
    default: false
  concurrency:
    description: How many sites are read at the same time, from 1 to 16.
    type: int
    default: 8
requirements:
  - PyYAML (with O(path))
seealso:
  - module: nxai.cloud.nxai_pipeline
  - module: nxai.cloud.nxai_model
  - module: nxai.cloud.nxai_catalogue
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Read it
  nxai.cloud.nxai_estate_info:
    path: "{{ playbook_dir }}/estate.yml"
  register: estate

- name: Write it down
  ansible.builtin.copy:
    content: "{{ estate.files[0].text }}"
    dest: "{{ playbook_dir }}/estate.yml"
    mode: "0644"

- name: Nothing has changed
  ansible.builtin.assert:
    that: not estate.comparison.drift
    fail_msg: "{{ estate.comparison.summary }}"
  when: estate.comparison is not none
"""

RETURN = r"""
files:
  description: The estate as files. There is one, unless O(split) asks for one a site.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The path of the file below O(path), of safe letters. Where O(path) is a file, its own name.
      type: str
      sample: estate.yml
    text:
      description: What is to be in the file.
      type: str
      sample: "estate: 1"
    changed:
      description: Whether the file that is there, if any, has another text.
      type: bool
      sample: true
stale:
  description: The files below O(path) whose content is in other RV(files) now, such as that of a site with a new name.
  returned: success
  type: list
  elements: str
  sample: []
underway:
  description:
    - The whole estate as one file, to be written before RV(files) and removed after them.
    - Where it is still below O(path), an export was interrupted, and that file counts in place of all others.
    - V(null) where at most one file changes.
  returned: success
  type: dict
  contains:
    name:
      description: What the file is called, directly below O(path).
      type: str
      sample: .estate-export.yml
    text:
      description: What is to be in it.
      type: str
      sample: "---\nestate: 1\n"
  sample: null
comparison:
  description: What differs between O(path) and the cloud. V(null) where nothing is there to compare with.
  returned: success
  type: dict
  contains:
    drift:
      description: Whether anything differs.
      type: bool
      sample: true
    summary:
      description: One line for each difference, with the devices that have it in common.
      type: list
      elements: str
      sample: ["12 cameras at 3 shops: Person detector@6 instead of Person detector@7 (Till 1 at Shop 001 and 11 more)"]
    not_known:
      description: One line for each thing that could not be compared. It is no difference.
      type: list
      elements: str
      sample: ["Shop 002: the site is off-line"]
    differences:
      description: The lines of RV(comparison.summary) as data.
      type: list
      elements: dict
      contains: &group
        kind:
          description:
            - What differs. C(model), C(catalogue), C(site) or C(device), followed by C(_missing) for what the cloud
              does not have, C(_unlisted) for what the file does not name, or the option or name that differs.
            - V(assignment) for what devices run. V(device_extra) where that has keys more than the file has, which
              nobody understands. To assign takes none of them away, so RV(comparison.assignments) leaves them out.
          type: str
          sample: assignment
        line:
          description: The difference for people.
          type: str
          sample: "Till 1 at Shop 001: Person detector@6 instead of Person detector@7"
        what:
          description: What differs, without where.
          type: str
          sample: Person detector@6 instead of Person detector@7
        places:
          description: The sites, or the devices, that have it.
          returned: for sites and devices
          type: list
          elements: dict
          contains:
            site: {description: The cloud system id of the site., type: str,
                   sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
            site_name: {description: The name of the site., type: str, sample: Shop 001}
            device: {description: The NxID of the device., returned: for devices, type: str,
                     sample: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"}
            name: {description: The name of the device., returned: for devices, type: str, sample: Till 1}
        name:
          description: The name of the model or catalogue.
          returned: for models and catalogues
          type: str
          sample: Person detector@7
        uuid:
          description: Its UUID. V(null) where it is not in the cloud.
          returned: for models and catalogues
          type: str
          sample: 459d2273-1514-431c-9d34-f5b72f3bfe20
        own:
          description:
            - Whether something that the file does not name belongs to the account. V(null) where that is not known, and
              for all else.
          returned: for models and catalogues
          type: bool
          sample: null
        option:
          description: The option of the model that differs.
          returned: for options of models
          type: str
          sample: alias
        declared:
          description: What the file says, by the option. RV(comparison.assignments) has that of devices.
          returned: for options of models
          type: dict
          sample: {alias: person}
        found:
          description: What the cloud has, by the option.
          returned: for options of models
          type: dict
          sample: {alias: people}
    unseen:
      description: The lines of RV(comparison.not_known) as data.
      type: list
      elements: dict
      contains: *group
    assignments:
      description:
        - What to assign so that each device has what the file says, by site and equal pipelines, in the words of the
          option O(nxai.cloud.nxai_pipeline#module:pipelines).
      type: list
      elements: dict
      sample:
        - site: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d
          devices: ["{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"]
          pipelines: [{model: Person detector@7}]
unread_sites:
  description: The sites of which it is not known what they hold, with the reason.
  returned: success
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    name: {description: The name of the site; empty where it is not known., type: str, sample: Shop 001}
    reason: {description: Why nothing of it is in the result., type: str,
             sample: "the site shows no devices: it is off-line, or still loading"}
unknown_devices:
  description: The devices of which it is not known what they run.
  returned: success
  type: list
  elements: dict
  contains:
    site: {description: The cloud system id of the site., type: str, sample: 8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d}
    site_name: {description: The name of the site., type: str, sample: Shop 001}
    device: {description: The NxID of the device., type: str, sample: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"}
    name: {description: The name of the device., type: str, sample: Till 1}
    unknown: {description: Why it is not known., type: str, sample: the service shows nothing at nxAI.pipelines}
not_known:
  description:
    - RV(unread_sites), RV(unknown_devices), and the sites and devices of O(path) that are not seen any more. One line
      for each reason, for people.
  returned: success
  type: list
  elements: str
  sample: ["Shop 002: the site is off-line"]
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
from ..module_utils._estate.reading import ESTATE_SPEC, read_estate_info


def main() -> None:
    run_info(ESTATE_SPEC, read_estate_info)


if __name__ == "__main__":
    main()
