# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of the cloud in events: no template, nothing that moves a terminal, and the names that the inventory makes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.hosts import with_hosts
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.text import harmless
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.names import (
    identity_of,
    is_host_name,
    naming_of_sites,
    own_name,
    readable,
    slug,
)

SITE, CAMERA = "5c0ff1ce-0000-4000-8000-000000000001", "{3c0a91be-5e1c-4b6f-9d52-0f4a4c8d7e21}"
NASTY = st.text(st.sampled_from("{}%#a1 \n\x1b\x7f\x85\u202e\u00a0\u3000ä中\u00ad[]'jinja2:")) | st.text()


@pytest.mark.parametrize("text", ["{{ 1 }}", "{% if %}", "{# x #}", "{{{ x", "#jinja2: a", "  #jinja2: a", "a{{{{"])
def test_no_text_is_a_template(text: str) -> None:
    found = harmless({"a": [text], text: 1})
    said = json.dumps(found)
    assert not any(opening in said for opening in ("{{", "{%", "{#", "#jinja2:"))


def test_other_values_stay() -> None:
    data: Any = {"a": [1, 0.4, None, True, "Shop 7", {"b": "Café 中"}]}
    assert harmless(data) == data


@settings(deadline=None)
@given(NASTY)
def test_the_names_are_those_of_the_inventory(text: str) -> None:
    shown = harmless(text)
    assert shown.isprintable() and "{{" not in shown and "{%" not in shown
    assert (slug(shown), readable(shown)) == (slug(text), readable(text))
    assert harmless(shown) == shown


@settings(deadline=None)
@given(NASTY, NASTY)
def test_a_limit_is_the_host_of_the_inventory_and_no_other_pattern(site: str, camera: str) -> None:
    event = {"site_id": SITE, "site_name": site, "device_id": CAMERA, "device_name": camera, "site_group": "site_x"}
    found = with_hosts(harmless(event))
    host = own_name("device", site, camera, identity_of("device", SITE, CAMERA))
    assert found["host"] == host and is_host_name(host)
    assert found["limit"] == f"localhost,{host}"
    assert found["meta"]["hosts"] == ["localhost", host]


def test_an_event_of_a_site_is_limited_to_its_group() -> None:
    event = {"kind": "site_online", "site_id": SITE, "site_name": "Shop 7", "site_group": "site_shop_7"}
    assert with_hosts({**event, "meta": {"a": 1}})["meta"] == {"a": 1, "hosts": ["localhost", "site_shop_7"]}
    found = with_hosts(event, "digits")
    assert found["site_group"] == naming_of_sites([(SITE, "Shop 7")], always=True).names[0] != "site_shop_7"
    assert "limit" not in with_hosts({**event, "site_group": ""})


def test_other_events_have_no_limit() -> None:
    event = {"kind": "model_ready", "model_id": "x"}
    assert with_hosts(event) == event


def test_a_slip_of_the_pen_is_refused() -> None:
    with pytest.raises(BadInput, match="Use plain or digits"):
        with_hosts({}, "digit")


def test_no_member_is_without_a_name() -> None:
    """At one, ansible-rulebook comes to a halt: it tells of nothing any more, and does not end."""
    assert harmless({"after": [{"extra": {"": 1, "a.b": 2}}]}) == {"after": [{"extra": {"_": 1, "a.b": 2}}]}
