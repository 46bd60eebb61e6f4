# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._engine.lookup import find

A = "0b0e7f4c-1111-4222-8333-444455556666"
B = "0b0e7f4c-1111-4222-8333-777755556666"


def model(identity, name):
    return SimpleNamespace(uuid=identity, name=name)


def test_a_uuid_goes_before_a_name_that_looks_the_same_and_a_name_is_exact():
    assert find(A, [model(B, A), model(A, "Faces")], "model", "").uuid == A
    assert find(A, [model(B, A)], "model", "").uuid == B
    assert find("faces", [model(A, "Faces"), model(B, "faces")], "model", "").uuid == B


def test_none_among_none_says_what_may_hide_it():
    with pytest.raises(BadInput, match=r'Find model "x" at site HQ.*none of 0') as caught:
        find("x", [], "model", "at site HQ")
    assert "act_as" in caught.value.advice
