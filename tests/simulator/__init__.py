# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the Nx AI Cloud: Compute API, Device API and identity provider on one port.

Run it with ``python -m simulator``, or in tests with ``simulator.testing.serve()``. What it does follows what is
publicly known of the service; a guess is marked as one in the OpenAPI documents it serves (``x-evidence: inferred``).
"""
