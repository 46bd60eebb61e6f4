# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract matrix: services in which one guess about the API is otherwise, and what the collection does there.

``layer`` stands in front of the simulator, ``rewrites`` are its parts, ``variants_*`` the table. ``scenes`` are what a
user does, ``judge`` says what became of it.
"""
