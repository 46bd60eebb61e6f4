# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.nxai.cloud.plugins.module_utils._api.records import Model
from ansible_collections.nxai.cloud.plugins.module_utils._models.fields import describe_model

A, B, C = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "012")


def test_the_catalogues_of_a_model_are_shown_as_they_are_looked_up() -> None:
    """Rows may be UUIDs or objects; what has no UUID is none."""
    rows = [A.upper(), {"uuid": B}, {"ID": f"{{{C}}}", "Name": "Shelf"}, {"Name": "no id"}, None, 5]
    model = Model.from_api({"UUID": A, "Catalogues": rows})
    assert describe_model(model)["catalogues"] == [A, B, C] == list(model.catalogue_uuids)
