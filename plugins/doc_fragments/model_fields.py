# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a model takes and gives, and where it is from: ``OPTION_FIELDS`` in ``_models/fields.py``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  input_driver:
    description: What the model takes, such as V(vision), which a new model without this option gets.
    type: str
  channels:
    description: The number of colour channels of the input. Found by the service where not given.
    type: int
    choices: [1, 3]
  height:
    description: The height of the input in pixels, such as V(640). Found by the service where not given.
    type: int
  width:
    description: The width of the input in pixels, such as V(640). Found by the service where not given.
    type: int
  means:
    description:
      - What is subtracted from each channel, before O(scales) is divided by. For example V([123.7, 116.3, 103.5]).
      - A new model without this option gets V([0, 0, 0]).
    type: list
    elements: float
  scales:
    description:
      - What each channel is divided by, after O(means). For example V([255, 255, 255]).
      - A new model without this option gets V([1, 1, 1]).
      - The API calls it C(vars); that this is the scale of the portal's form is inferred, not documented.
    type: list
    elements: float
  layout:
    description:
      - The order of the input's dimensions.
      - The API takes a number, C(order), 0 for V(nchw) and 1 for V(nhwc).
    type: str
    choices: [nchw, nhwc]
  input_details:
    description:
      - Other details of the input, by the names that the API has for them in C(InputDriverDetails).
      - "For example V({colorFormat: RGB}); which names there are is not publicly documented."
      - Only the keys that are given count; all others are kept.
    type: dict
  output_driver:
    description: What the model gives, such as V(vision), which a new model without this option gets.
    type: str
  output_details:
    description:
      - Details of the output, by the names that the API has for them in C(OutputDriverDetails).
      - "For example V({postProcessing: null})."
      - Only the keys that are given count; all others are kept. A new model gets V({"postProcessing":null}).
    type: dict
  conversions:
    description:
      - The conversions to run beside those that are always run, as the API takes them in C(EnableConversions).
      - The portal's form has MemryX and Hailo for this. How the API spells them is not publicly documented.
      - A new model without this option gets the empty list. It may then lack the file that a Hailo or MemryX needs.
        For example V([]).
    type: list
    elements: str
  source_name:
    description: Where the model comes from, for people, such as V(Training of week 47).
    type: str
  source_url:
    description: The address of the model's source, for people, such as V(https://example.com/models/person).
    type: str
"""
