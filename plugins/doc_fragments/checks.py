# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused before anything is written: the options of ``CHECKS_SPEC`` in ``_pipelines/checks.py``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  require_ready:
    description:
      - Refuse to assign a model that is not ready. The service accepts such an assignment, and the device does nothing.
    type: bool
    default: true
  require_support:
    description: Refuse devices whose server says that it does not support pipelines.
    type: bool
    default: true
  require_runtime:
    description:
      - Refuse devices whose server has a runtime that none of the model's files is for, where both are known.
      - Costs one more request for a site, and only where the model has no file for some kind of runtime.
    type: bool
    default: true
  require_processors:
    description:
      - Refuse a preprocessor or postprocessor that the device's server does not list, where it lists them.
      - Costs one more request for a site, and only where a device is to get such a name anew.
    type: bool
    default: true
  require_available:
    description:
      - Refuse a model that is in no catalogue and belongs to another organisation than the site, where both are known.
      - With whom a catalogue is shared is not known, so a model in a catalogue is never refused for this.
    type: bool
    default: true
"""
