# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What devices are to run."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  pipelines:
    description: The pipelines that are declared. With O(state=absent), only their models count.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model, by name or UUID, such as V(Person detector@7).
          - In check mode, a name that does not exist is taken for one that an earlier task would create.
        type: str
        required: true
      nms:
        description:
          - The threshold of the non-maximum suppression, from 0 to 1. The portal also calls it sensitivity.
          - Where not given, V(present) keeps what the device has; a new pipeline gets V(0.42).
          - For example V(0.5).
        type: float
      resizing_method:
        description:
          - How the image is brought to the size of the model's input.
          - Where not given, V(present) keeps what the device has; a new pipeline gets V(letterbox).
          - Only letterbox was seen on the wire; the spelling of the others is inferred from the portal.
        type: str
        choices: [letterbox, stretch, crop]
      preprocessor:
        description: The name of an external preprocessor, such as V(Denoise); the empty string for none.
        type: str
      postprocessor:
        description: The name of a postprocessor, such as V(Line Crossing); the empty string for none.
        type: str
      chains:
        description:
          - The chained models, as the API gives and takes them. Their format is not publicly documented.
          - Wherever a C(modelUUID) stands in them, the name of a model does as well.
          - "For example V([{modelUUID: Face blur}])."
        type: list
        elements: dict
      extra:
        description:
          - Further keys of the pipeline in the API that this collection does not know, sent as they are.
          - Such keys of a device's pipeline are kept where nothing is declared.
          - "For example V({newSetting: 1})."
        type: dict
  assignments:
    description:
      - Groups of devices, each with exactly the pipelines that it is to have, as with O(state=exact).
      - Keys that are not understood, and that a device has at a pipeline of the same model, are kept, also where
        C(extra) does not have them.
      - In place of O(pipelines) and O(devices), where devices get different pipelines. One task takes any number of
        groups, such as those of thousands of devices at hundreds of sites.
      - A device that is named twice is refused, also where that is once by its name and once by its NxID.
    type: list
    elements: dict
    suboptions:
      site:
        description: The cloud system id, or the name, of the site, such as V(Shop 001).
        type: str
        required: true
      devices:
        description: The devices of the site, each by its NxID or its name, such as V([Entrance, Till 1]).
        type: list
        elements: str
        required: true
      pipelines:
        description:
          - What these devices are to have, in this order. Settings that are left out get their defaults.
          - An empty list takes away all that they have.
        type: list
        elements: dict
        required: true
        suboptions:
          model:
            description: The model, as O(pipelines[].model), such as V(Person detector@7).
            type: str
            required: true
          nms:
            description: The threshold, as O(pipelines[].nms), such as V(0.5). V(0.42) where not given.
            type: float
          resizing_method:
            description: As O(pipelines[].resizing_method). V(letterbox) where not given.
            type: str
            choices: [letterbox, stretch, crop]
          preprocessor:
            description: The name of an external preprocessor, such as V(Denoise).
            type: str
          postprocessor:
            description: The name of a postprocessor, such as V(Line Crossing).
            type: str
          chains:
            description:
              - The chained models, as O(pipelines[].chains).
              - "For example V([{modelUUID: Face blur}])."
            type: list
            elements: dict
          extra:
            description:
              - Further keys, as O(pipelines[].extra).
              - "For example V({newSetting: 1})."
            type: dict
"""
