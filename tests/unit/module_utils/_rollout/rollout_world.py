# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small world for rollouts: three shops with cameras of the same names, and of the same NxID."""

from __future__ import annotations

from typing import Any

SAME = "11111111-1111-4111-8111-111111111111"
OLD = "22222222-2222-4222-8222-222222222222"
NEW = "33333333-3333-4333-8333-333333333333"
OTHER = "44444444-4444-4444-8444-444444444444"


def wire(model: str, nms: float, **more: Any) -> dict[str, Any]:
    usual = {"resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": "", "chains": []}
    return {"modelUUID": model, "modelNMS": nms, **usual, **more}


def _camera(name: str, had: list[dict[str, Any]], nxid: str = "") -> dict[str, Any]:
    return {"name": name, "pipelines": had, **({"id": nxid} if nxid else {})}


def seed() -> dict[str, Any]:
    old, other = wire(OLD, 0.7, **{"x-of-someone": {"deep": ["ü", 1]}}), wire(OTHER, 0.3)
    shops: dict[str, list[dict[str, Any]]] = {
        "Shop 1": [_camera("Aisle 2", [old], SAME), _camera("Door", [old, other]), _camera("Till", [])],
        "Shop 2": [_camera("Aisle 2", [other], SAME), _camera("Yard", [old])],
        "Shop 3": [_camera("Aisle 2", [old]), _camera("Dock", [wire(NEW, 0.5)])],
    }
    return {
        "times": {"record": 0, "code": 0, "assignment": 2},
        "organisations": ["Retail"],
        "accounts": [{"email": "demo@example.com", "password": "demo", "organisations": ["Retail"]}],
        "models": [
            {"name": "Counter@1", "id": OLD}, {"name": "Counter@2", "id": NEW}, {"name": "Finder", "id": OTHER},
        ],
        "sites": [
            {"name": name, "servers": [{"name": f"Server of {name}", "devices": cameras}]}
            for name, cameras in shops.items()
        ],
    }  # fmt: skip
