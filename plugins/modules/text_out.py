#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: text_out
short_description: Show a text as it is, or write it to a file
version_added: 0.1.0
description:
  - Shows a text on the screen line by line, where M(ansible.builtin.debug) would show it as JSON. In AWX it stands in
    the output of the job. With C(no_log) it is not shown. Where a callback writes JSON for a program, use
    M(ansible.builtin.debug).
  - With O(path) it replaces a file on the controller instead. Who reads the file finds the old text or the new one,
    never a part. A file beside it that is being written begins with a dot and does not end like it.
  - Characters that a terminal would obey or hide are shown as escapes.
attributes:
  check_mode:
    description: In check mode a file is left as it is.
    support: full
  diff_mode:
    description: In diff mode the change of a file is shown.
    support: full
  idempotent:
    description: A file that holds the text already is left alone.
    support: full
  action:
    description: It runs on the controller, whatever the host of the task is.
    support: full
options:
  text:
    description: The text.
    type: str
    required: true
  path:
    description:
      - The file, which everyone may read then. Its folder has to be there.
      - It is relative to the folder where Ansible was started.
    type: path
seealso:
  - module: nxai.cloud.nxai_doctor_info
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: Look
  nxai.cloud.nxai_doctor_info:
    formats: [prometheus]
  register: doctor

- name: Show what was found
  nxai.cloud.text_out:
    text: "{{ doctor.table }}"

- name: Write the metrics
  nxai.cloud.text_out:
    text: "{{ doctor.reports[0].text }}"
    path: "/tmp/{{ doctor.reports[0].name }}"
"""

RETURN = r"""
path:
  description: The file. V(null) where the text was shown.
  returned: success
  type: str
  sample: /tmp/nxai_fleet.prom
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    options = {"text": {"type": "str", "required": True}, "path": {"type": "path"}}
    module = AnsibleModule(options, supports_check_mode=True)
    module.fail_json(msg="text_out runs on the controller only, and Ansible has not found its action plugin there.")


if __name__ == "__main__":
    main()
