# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory makes of sites that do not show what they hold."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError, Refused
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory.read import Wanted, read_estate

ONE, TWO = ("0b0e7f4c-1111-4222-8333-444455556661", "0b0e7f4c-1111-4222-8333-444455556662")
DOOR = Device.from_api({"NxID": "459d2273-1514-431c-9d34-f5b72f3bfe20", "Name": "Door"})
GONE = Refused("GET /x", "HTTP 404 Not Found", "Look.", 404)
FAILED = Refused("GET /x", "HTTP 500 Internal Server Error", "Look.", 500)


class Known:
    """What was read before: of each site one device."""

    def __init__(self) -> None:
        self.put_by: list[str] = []

    def put(self, name: str, _rows: Any) -> None:
        self.put_by.append(name)

    def put_site(self, site_id: str, _servers: Any, _devices: Any) -> None:
        self.put_by.append(f"site {site_id}")

    def get(self, _name: str) -> Any:
        return SimpleNamespace(at="2026-11-01T10:00:00Z", rows=[])

    def get_site(self, _site_id: str) -> Any:
        return SimpleNamespace(at="2026-11-01T10:00:00Z", servers=[], devices=[DOOR])


def read(online: bool | None, one: Any, two: Any, on_error: str = "fail") -> tuple[Any, Known]:
    told = {} if online is None else {"Online": online}
    sites = [Site.from_api({"ID": ONE, "Name": "HQ", **told}), Site.from_api({"ID": TWO, "Name": "Shop", **told})]

    def list_devices(site_id: str) -> list[Device]:
        found = one if site_id == ONE else two
        if isinstance(found, NxaiError):
            raise found
        return list(found)

    api = SimpleNamespace(list_sites=lambda: sites, list_devices=list_devices, as_known=list)
    client: Any = SimpleNamespace(device=api)
    known = Known()
    return read_estate(client, Wanted(on_error=on_error), known), known  # type: ignore[arg-type]


def test_a_site_that_may_be_off_line_shows_what_is_known_and_a_warning() -> None:
    estate, known = read(None, GONE, [DOOR])
    first, second = estate.listings
    assert (first.site.online, first.known_at, first.error) == (False, "2026-11-01T10:00:00Z", None)
    assert (second.site.online, second.known_at, second.devices) == (None, None, [DOOR])
    assert estate.warnings == ["1 sites show nothing, and are taken for off-line: 'HQ'."] and not estate.fresh
    assert f"site {ONE}" not in known.put_by and f"site {TWO}" in known.put_by


@pytest.mark.parametrize(("online", "two"), [(None, GONE), (True, [DOOR])])
def test_a_call_that_is_not_there_for_any_site_or_for_one_online_is_an_error(online: bool | None, two: Any) -> None:
    with pytest.raises(Refused) as caught:
        read(online, GONE, two)
    assert caught.value.advice == "Look. To do without what cannot be read: on_error: skip, or cached."


def test_other_errors_name_on_error() -> None:
    with pytest.raises(Refused, match="HTTP 500") as caught:
        read(None, FAILED, [DOOR])
    assert "on_error: skip" in caught.value.advice


def test_and_a_token_that_is_refused_does_not() -> None:
    with pytest.raises(Refused) as caught:
        read(None, Refused("GET /x", "HTTP 401", "Sign in.", 401), [DOOR])
    assert caught.value.advice == "Sign in."


def test_where_none_is_read_skip_and_cached_say_so() -> None:
    with pytest.raises(NxaiError, match=r"none could be read.*HTTP 404"):
        read_estate_without_memory("skip")
    estate, _known = read(None, GONE, GONE, on_error="cached")
    assert [each.known_at for each in estate.listings] == ["2026-11-01T10:00:00Z"] * 2
    assert "2 sites could not be read" in estate.warnings[0]


def read_estate_without_memory(on_error: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Known, "get_site", lambda _known, _site_id: None)
        read(None, GONE, GONE, on_error=on_error)
