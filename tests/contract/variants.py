# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""THE table, put together from its areas."""

from __future__ import annotations

from . import (
    variants_answers,
    variants_assignments,
    variants_auth,
    variants_behind,
    variants_devices,
    variants_fresh,
    variants_ids,
    variants_lists,
    variants_members,
    variants_models,
    variants_paging,
    variants_partly,
    variants_pipeline_forms,
    variants_pipelines,
    variants_shown,
    variants_sites,
    variants_upload,
)
from .variant import Variant

VARIANTS: tuple[Variant, ...] = (
    *variants_auth.VARIANTS,
    *variants_paging.VARIANTS,
    *variants_lists.VARIANTS,
    *variants_ids.VARIANTS,
    *variants_sites.VARIANTS,
    *variants_devices.VARIANTS,
    *variants_pipelines.VARIANTS,
    *variants_pipeline_forms.VARIANTS,
    *variants_shown.VARIANTS,
    *variants_fresh.VARIANTS,
    *variants_assignments.VARIANTS,
    *variants_partly.VARIANTS,
    *variants_models.VARIANTS,
    *variants_members.VARIANTS,
    *variants_answers.VARIANTS,
    *variants_upload.VARIANTS,
    *variants_behind.VARIANTS,
)
