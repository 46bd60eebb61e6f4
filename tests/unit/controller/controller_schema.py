# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the roles of infra.aap_configuration read of each variable, and of what type a controller wants it.

A key that no role reads would have no effect, and nobody would notice: so there are no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 512}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
NAMES: Schema = {"type": "array", "items": NAME, "uniqueItems": True}
LIMIT: Schema = {"type": ["integer", "null"]}
STATE: Schema = {"enum": ["present", "absent"]}
VARIABLE = "^[a-zA-Z_][a-zA-Z0-9_]*$"
COMMON = {"name": NAME, "new_name": NAME, "description": TEXT, "state": STATE}
HEARD = {f"notification_templates_{when}": NAMES for when in ("started", "success", "error")}


def entry(required: Sequence[str], **properties: Schema) -> Schema:
    """A list of objects with these properties and no others."""
    item = {"type": "object", "required": ["name", *required], "additionalProperties": False}
    return {"type": "array", "minItems": 1, "items": {**item, "properties": {**COMMON, **properties}}}


def closed(required: Sequence[str], properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "required": [*required], "additionalProperties": False, "properties": {**properties}}


QUESTION = closed(
    ("question_name", "variable", "type", "required"),
    {
        "question_name": NAME,
        "question_description": TEXT,
        "variable": {"type": "string", "pattern": VARIABLE},
        "type": {"enum": ["text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"]},
        "required": FLAG,
        "min": LIMIT,
        "max": LIMIT,
        "default": {"type": ["string", "number"]},
        "choices": TEXT,
        "new_question": FLAG,
    },
)
SURVEY = closed(
    ("name", "description", "spec"),
    {"name": TEXT, "description": TEXT, "spec": {"type": "array", "minItems": 1, "items": QUESTION}},
)
FIELD = closed(
    ("id", "label", "type"),
    {
        "id": {"type": "string", "pattern": VARIABLE, "not": {"const": "tower"}},
        "type": {"enum": ["string", "boolean"]},
        "format": {"enum": ["ssh_private_key", "url"]},
        "choices": {**NAMES, "minItems": 1},
        "label": NAME,
        "help_text": TEXT,
        "default": {},
        **dict.fromkeys(("multiline", "secret", "ask_at_runtime"), FLAG),
    },
)
INJECTORS = closed(
    (),
    {
        "file": {
            "type": "object",
            "propertyNames": {"pattern": r"^template\.[a-zA-Z_][a-zA-Z0-9_]*$"},
            "additionalProperties": TEXT,
        },
        "env": {
            "type": "object",
            # A controller takes no variable of Ansible itself, and nothing but ASCII.
            "propertyNames": {"pattern": VARIABLE, "not": {"pattern": "^ANSIBLE_"}},
            "additionalProperties": {"type": "string", "pattern": "^[\x00-\x7f]*$"},
        },
    },
)
LINE: Schema = {"type": "string", "pattern": r"^[^\n]*$"}
MESSAGES = closed((), {"message": LINE, "body": TEXT})
MAIL = {
    **dict.fromkeys(("host", "username", "password", "sender"), TEXT),
    **dict.fromkeys(("use_tls", "use_ssl"), FLAG),
    "port": NUMBER,
    "recipients": {**NAMES, "minItems": 1},
}
ASK = {
    f"ask_{what}_on_launch": FLAG
    for what in (
        "scm_branch", "diff_mode", "variables", "limit", "tags", "skip_tags", "job_type", "verbosity", "inventory",
        "credential", "execution_environment", "forks", "instance_groups", "job_slice_count", "labels", "timeout",
    )
}  # fmt: skip
NODE = closed(
    ("identifier",),
    {
        "identifier": NAME,
        "unified_job_template": NAME,
        "lookup_organization": NAME,
        "approval_node": closed(("name",), {"name": NAME, "description": TEXT, "timeout": NUMBER}),
        "all_parents_must_converge": FLAG,
        "extra_data": {"type": "object"},
        **dict.fromkeys(("success_nodes", "failure_nodes", "always_nodes"), NAMES),
    },
)

SCHEMAS: dict[str, Schema] = {
    "controller_credential_types": entry(
        ("inputs", "injectors", "kind"),
        kind={"enum": ["cloud", "net"]},
        inputs=closed(("fields",), {"fields": {"type": "array", "items": FIELD}, "required": NAMES}),
        injectors=INJECTORS,
    ),
    "controller_execution_environments": entry(
        ("image",), image=NAME, organization=NAME, credential=TEXT, pull={"enum": ["always", "missing", "never"]}
    ),
    "controller_projects": entry(
        ("organization", "scm_type", "scm_url"),
        organization=NAME,
        scm_type={"enum": ["git", "svn", "archive", "insights", "manual"]},
        scm_url=NAME,
        scm_branch=TEXT,
        scm_credential=TEXT,
        default_environment=NAME,
        scm_update_cache_timeout=NUMBER,
        timeout=NUMBER,
        **dict.fromkeys(
            ("scm_clean", "scm_delete_on_update", "scm_update_on_launch", "allow_override", "wait", "update_project"),
            FLAG,
        ),
        **HEARD,
    ),
    "controller_inventories": entry(
        ("organization",), organization=NAME, kind=TEXT, host_filter=TEXT, variables={"type": "object"}
    ),
    "controller_inventory_sources": entry(
        ("inventory", "organization", "source"),
        inventory=NAME,
        organization=NAME,
        source={"enum": ["scm"]},
        source_project=NAME,
        source_path=NAME,
        credential=NAME,
        execution_environment=NAME,
        update_cache_timeout=NUMBER,
        timeout=NUMBER,
        **dict.fromkeys(("overwrite", "overwrite_vars", "update_on_launch"), FLAG),
        **HEARD,
    ),
    "controller_templates": entry(
        ("playbook", "project", "inventory", "credentials", "job_slice_count", "ask_limit_on_launch"),
        organization=NAME,
        project=NAME,
        playbook=NAME,
        inventory=NAME,
        execution_environment=NAME,
        credentials=NAMES,
        instance_groups=NAMES,
        job_type={"enum": ["run", "check"]},
        extra_vars={"type": "object"},
        job_slice_count=NUMBER,
        timeout=NUMBER,
        survey_spec=SURVEY,
        **dict.fromkeys(("diff_mode", "survey_enabled", "allow_simultaneous"), FLAG),
        **ASK,
        **HEARD,
    ),
    "controller_workflows": entry(
        ("organization", "simplified_workflow_nodes"),
        organization=NAME,
        inventory=NAME,
        extra_vars={"type": "object"},
        survey_spec=SURVEY,
        simplified_workflow_nodes={"type": "array", "minItems": 1, "items": NODE},
        notification_templates_approvals=NAMES,
        **dict.fromkeys(("survey_enabled", "allow_simultaneous", "destroy_current_nodes"), FLAG),
        **ASK,
        **HEARD,
    ),
    "controller_schedules": entry(
        ("unified_job_template", "rrule"),
        organization=NAME,
        unified_job_template=NAME,
        # A controller wants a beginning and an interval, and no zone together with Z.
        rrule={
            "type": "string",
            "pattern": r"^DTSTART(;TZID=[\w/+-]+:\d{8}T\d{6}|:\d{8}T\d{6}Z) RRULE:FREQ=[A-Z]+;INTERVAL=\d+",
        },
        extra_data={"type": "object"},
        enabled=FLAG,
    ),
    "controller_notifications": entry(
        ("organization", "notification_type", "notification_configuration", "messages"),
        organization=NAME,
        notification_type={"enum": ["email"]},
        notification_configuration=closed((*MAIL,), {**MAIL, "timeout": NUMBER}),
        messages=closed(
            (),
            {
                **dict.fromkeys(("started", "success", "error"), MESSAGES),
                "workflow_approval": closed(
                    (), dict.fromkeys(("running", "approved", "timed_out", "denied"), MESSAGES)
                ),
            },
        ),
    ),
}
