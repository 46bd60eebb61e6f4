#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_doctor_info
short_description: Find what is wrong with the connection and the sites
version_added: 0.1.0
description:
  - Checks the way to the service, TLS, the token, O(act_as), the API itself, sites, servers, devices and models, and
    says for each finding what to do.
  - Sends only GETs (sign-in excepted). What cannot be read is a finding, and does not stop the other checks. The task
    succeeds all the same; only options that cannot work fail it.
  - The playbook C(nxai.cloud.doctor) prints the result and fails where something is wrong.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
  - nxai.cloud.sites
attributes:
  diff_mode:
    support: none
options:
  concurrency:
    description: How many sites are read at the same time, from 1 to 16.
    type: int
    default: 8
  formats:
    description:
      - In which forms RV(reports) is returned, beside RV(table).
      - V(junit) is XML as CI systems take it. V(prometheus) is a file for the textfile collector of node_exporter.
    type: list
    elements: str
    choices: [text, junit, prometheus]
    default: [text]
  fail_on_warnings:
    description: Whether a warning counts as a failure in the report V(junit).
    type: bool
    default: false
seealso:
  - module: nxai.cloud.nxai_contract_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Look
  nxai.cloud.nxai_doctor_info:
  register: doctor

- name: Show what was found
  nxai.cloud.text_out:
    text: "{{ doctor.table }}"

- name: Nothing is wrong
  ansible.builtin.assert:
    that: doctor.counts.error == 0
"""

RETURN = r"""
checks:
  description: Each check and how it ended.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: The name of the check; docs/doctor.md lists them.
      type: str
      sample: sites
    status:
      description: V(ok), V(warning) or V(error), or V(unknown) where what it looks at could not be read.
      type: str
      sample: warning
    findings:
      description: How many findings there are.
      type: int
      sample: 1
findings:
  description: What was found, each thing by itself, errors first.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: The check that found it.
      type: str
      sample: devices
    problem:
      description: The kind of what is wrong; docs/doctor.md lists them.
      type: str
      sample: device_idle
    severity:
      description:
        - V(error) for what does not work, V(warning) for what may be meant to be so, V(note) for what is good to know.
      type: str
      sample: warning
    where:
      description: What it is about.
      type: str
      sample: Entrance at Shop Copenhagen
    what:
      description: What is wrong.
      type: str
      sample: it is enabled and runs nothing
    advice:
      description: What to do.
      type: str
      sample: Assign a model with nxai_pipeline, or switch the plugin off there.
    site:
      description: The id of the site. V(null) where it is not about one.
      type: str
      sample: 9d0a4c0e-7f43-4f0e-8f6e-0a2d5d0f6c11
    site_name:
      description: Its name. V(null) as RV(findings[].site), and where it has none.
      type: str
      sample: Shop Copenhagen
    server:
      description: The id of the server. V(null) where it is not about one, or where only the name is known.
      type: str
      sample: 7b65bdda-39da-4259-b1bf-b0d1dbb7b160
    server_name:
      description: Its name. V(null) where it is not about a server, and where it has none.
      type: str
      sample: Main
    device:
      description: The NxID of the device, which may be at several sites. V(null) where it is not about one.
      type: str
      sample: "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}"
    device_name:
      description: Its name. V(null) as RV(findings[].device), and where it has none.
      type: str
      sample: Entrance
    model:
      description: The UUID of the model. V(null) where it is not about one.
      type: str
      sample: 459d2273-1514-431c-9d34-f5b72f3bfe20
    model_name:
      description: Its name. V(null) where it is not about a model, and where it is not known.
      type: str
      sample: Person detector@7
    cameras:
      description: How many devices it concerns; of a model, those that are to run it.
      type: int
      sample: 1
problems:
  description: The findings of one kind together, the worst first.
  returned: success
  type: list
  elements: dict
  contains:
    problem:
      description: The kind of what is wrong; docs/doctor.md lists them.
      type: str
      sample: device_idle
    check:
      description: The check that found it.
      type: str
      sample: devices
    severity:
      description: As in RV(findings).
      type: str
      sample: warning
    what:
      description: What is wrong.
      type: str
      sample: they are enabled and run nothing
    causes:
      description: Why, where that is known; the three most common causes.
      type: list
      elements: str
      sample: []
    findings:
      description: How many findings these are.
      type: int
      sample: 12
    cameras:
      description: How many devices that concerns.
      type: int
      sample: 12
    sites:
      description: At how many sites.
      type: int
      sample: 3
    examples:
      description: Up to three of what it is about.
      type: list
      elements: str
      sample: [Entrance at Shop Copenhagen, Till 1 at Shop Copenhagen, Entrance at Shop Berlin]
    advice:
      description: What to do.
      type: str
      sample: Assign a model with nxai_pipeline, or switch the plugin off there.
counts:
  description: How many findings there are of each severity.
  returned: success
  type: dict
  sample: {error: 0, warning: 1, note: 0}
table:
  description: The problems for people, with at most 40 lines. The first line says how many there are.
  returned: success
  type: str
  sample: "Nothing is wrong"
reports:
  description: What is asked for with O(formats), but V(text).
  returned: success
  type: list
  elements: dict
  contains:
    format:
      description: The format.
      type: str
      sample: prometheus
    name:
      description: The name that the file should have.
      type: str
      sample: nxai_fleet.prom
    text:
      description: What should be in it.
      type: str
      sample: "# HELP nxai_cameras Cameras of a site by status, each counted once."
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

from ..module_utils._doctor.reading import DOCTOR_SPEC, read_doctor
from ..module_utils._engine.module import run_info
from ..module_utils._fleet.information import SITES_SPEC

ARGUMENT_SPEC = {**SITES_SPEC, **DOCTOR_SPEC}


def main() -> None:
    run_info(ARGUMENT_SPEC, read_doctor)


if __name__ == "__main__":
    main()
