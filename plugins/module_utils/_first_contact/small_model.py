# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The model of the third stage: a real ONNX graph of half a kilobyte, with the inputs and output that devices take.

It puts one box over the whole image, whose score is the mean brightness.
"""

from __future__ import annotations

import base64

SMALL_MODEL = base64.b64decode(
    "CAgSGG54YWkuY2xvdWQgZmlyc3QgY29udGFjdDr8AgoqCgVpbWFnZRIEbWVhbiIKUmVkdWNlTWVhbioPCghrZWVwZGltcxgAoAEC"
    "CiMKBG1lYW4KD25tc19zZW5zaXRpdml0eRIFc2NvcmUiA011bAoxCgdjb3JuZXJzCgVzY29yZQoFY2xhc3MSA2JveCIGQ29uY2F0"
    "KgsKBGF4aXMYAKABAgo0CgNib3gKBXNoYXBlEh1iYm94ZXMtZm9ybWF0Onh5eHlzYzswOkJyaWdodCIHUmVzaGFwZRIKYnJpZ2h0"
    "bmVzcyofCAQQASIQAAAAAAAAAAAAAIBCAACAQkIHY29ybmVycyoRCAEQASIEAAAAAEIFY2xhc3MqDwgCEAc6AgEGQgVzaGFwZVof"
    "CgVpbWFnZRIWChQIARIQCgIIAQoCCAMKAghACgIIQFodCg9ubXNfc2Vuc2l0aXZpdHkSCgoICAESBAoCCAFiLwodYmJveGVzLWZv"
    "cm1hdDp4eXh5c2M7MDpCcmlnaHQSDgoMCAESCAoCCAEKAggGQgQKABAQ"
)
