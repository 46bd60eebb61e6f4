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


def device(identity, name):
    return SimpleNamespace(id=identity, name=name)


def model(identity, name):
    return SimpleNamespace(uuid=identity, name=name)


@pytest.mark.parametrize("wanted", [A, A.upper(), f"{{{A}}}", f"{{{A.upper()}}}"])
def test_a_uuid_is_found_in_any_spelling(wanted):
    assert find(wanted, [device(f"{{{A}}}", "Lobby"), device(f"{{{B}}}", "Gate")], "device", "").name == "Lobby"
    assert find(wanted, [model(B, "Cars"), model(A, "Faces")], "model", "").name == "Faces"


def test_a_name_is_exact():
    records = [model(A, "Faces"), model(B, "faces")]
    assert find("faces", records, "model", "").uuid == B


def test_a_uuid_goes_before_a_name_that_looks_the_same():
    assert find(A, [model(B, A), model(A, "Faces")], "model", "").uuid == A
    assert find(A, [model(B, A)], "model", "").uuid == B


def test_none_names_near_names():
    with pytest.raises(BadInput) as caught:
        find("loby", [device(A, "Lobby"), device(B, "Garage")], "device", "at site HQ")
    assert 'Find device "loby" at site HQ' in str(caught.value)
    assert "Lobby" in caught.value.advice
    assert "Garage" not in caught.value.advice


def test_none_among_none_says_what_may_hide_it():
    with pytest.raises(BadInput, match="none of 0") as caught:
        find("x", [], "model", "")
    assert "act_as" in caught.value.advice


def test_two_of_one_name_are_both_listed_with_their_uuids():
    with pytest.raises(BadInput) as caught:
        find("Faces", [model(A, "Faces"), model(B, "Faces")], "model", "")
    assert A in caught.value.answer
    assert B in caught.value.answer
    assert "UUID" in caught.value.advice
