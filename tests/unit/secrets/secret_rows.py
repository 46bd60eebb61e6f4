# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task for each module, in a small world."""

from __future__ import annotations

from typing import Any

PASSWORD, MFA_CODE, CODE = "pass-word-marked-7Q", "mfa-marked-4711", "code-marked-0815"
WORLD: dict[str, Any] = {
    "times": {"record": 0, "code": 0, "assignment": 0},
    "accounts": [
        {
            "email": "demo@example.com",
            "password": PASSWORD,
            "organisations": ["Retail"],
            "mfa": "refusal",
            "mfa_code": MFA_CODE,
        }
    ],
    "organisations": [{"name": "Retail"}],
    "catalogues": [{"name": "Old"}],
    "models": [{"name": "Alpha", "catalogues": ["Old"]}],
    "sites": [{"name": "Shop", "servers": [{"name": "A", "devices": ["Door"]}]}],
    "registry": {"groups": [{"name": "G1"}], "devices": [{"name": "R1"}]},
}
# Options of the task, and how it ends where all requests are answered.
TASKS: dict[str, dict[str, Any]] = {
    "nxai_catalogue": {"name": "New", "models": ["Alpha"]},
    "nxai_catalogue_info": {},
    "nxai_contract_info": {},
    "nxai_device": {"name": "R1", "groups": ["G1"]},
    "nxai_device_info": {},
    "nxai_doctor_info": {},
    "nxai_model": {"name": "New", "file": "{{ model_file }}"},
    "nxai_model_check": {"file": "{{ model_file }}"},
    "nxai_model_info": {},
    "nxai_pipeline": {"site": "Shop", "devices": ["Door"], "pipelines": [{"model": "Alpha"}]},
    "nxai_pipeline_info": {},
    "nxai_rollout_state": {
        "path": "rollout",
        "step": "open",
        "name": "night",
        "declaration": {"state": "present"},
        "waves": [{"name": "all", "devices": [{"site": "s", "site_name": "Shop", "device": "d", "name": "Door"}]}],
    },
    "nxai_server_info": {},
    "nxai_site_info": {},
    "nxai_token": {"token_file": "{{ token_file }}", "code": "{{ vault_code }}", "force": True, "grant": "password"},
}
