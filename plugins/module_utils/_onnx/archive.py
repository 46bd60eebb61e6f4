# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a ZIP archive, as Teachable Machine exports it: a TensorFlow Lite file, and its labels."""

from __future__ import annotations

import lzma
import os
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO

from .._api.records.file_mark import FileMark
from .._core.errors import BadInput
from .._core.files import open_regular
from .formats import names_in_archive
from .lite import report_on
from .report import Report
from .tflite import Damaged

TITLE = "ZIP with TensorFlow Lite"
_MOST_LABELS = 1 << 20  # bytes
_STEP = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error, lzma.LZMAError,
)  # fmt: skip
_AGAIN = "Export the model again, or copy the file again."


def check_archive(path: str, max_size: int, mark: FileMark) -> Report:
    """Raises BadInput for an archive that is damaged, or has not one model in it."""
    tried = f"check the model file {path}"
    try:
        with open_regular(path) as file:
            names = names_in_archive(file, os.fstat(file.fileno()).st_size)
            with zipfile.ZipFile(file) as archive:
                return _inside(archive, names, mark, max_size, tried)
    except (*_UNREADABLE, OSError) as error:  # bzip2 raises an OSError
        raise BadInput(tried, f"it is no whole .zip file: {error}", _AGAIN) from None
    except Damaged as error:
        raise BadInput(tried, f"the .tflite file in it is not whole: {error}", _AGAIN) from None


def _inside(archive: zipfile.ZipFile, names: Sequence[str], mark: FileMark, max_size: int, tried: str) -> Report:
    models = [name for name in names if name.lower().endswith(".tflite")]
    if len(models) != 1:
        answer = f"it holds {len(models)} .tflite files: {', '.join(models[:3])}"
        raise BadInput(tried, answer, "An archive is one model: leave the others out.")
    with archive.open(models[0]) as packed, tempfile.TemporaryFile() as unpacked:
        size = _unpack(packed, unpacked, max_size)
        if size is None:
            answer = f"{models[0][:100]} in it has more than {max_size >> 20} MiB once it is unpacked"
            raise BadInput(tried, answer, "Use a smaller network. If your service takes more: raise max_size.")
        return report_on(unpacked, size, mark, max_size, TITLE, _labels(archive, names))


def _unpack(packed: object, unpacked: BinaryIO, most: int) -> int | None:
    """How many bytes it has, or None for too many: an archive of a few bytes can unpack to any size."""
    size = 0
    while content := packed.read(_STEP):  # type: ignore[attr-defined]
        size += len(content)
        if size > most:
            return None
        unpacked.write(content)
    return size


def _labels(archive: zipfile.ZipFile, names: Sequence[str]) -> dict[int, str]:
    """Lines such as ``0 Cat``, as Teachable Machine writes them, or names alone."""
    found = next((name for name in names if name.lower().rpartition("/")[2] in ("labels.txt", "label.txt")), None)
    if found is None:
        return {}
    with archive.open(found) as file:
        lines = file.read(_MOST_LABELS).decode("utf-8", "replace").splitlines()
    return dict(enumerate(without_numbers([line.strip() for line in lines if line.strip()])))


def without_numbers(labels: Sequence[str]) -> list[str]:
    """``Cat`` of ``0 Cat``, where each line begins with its number."""
    pairs = [line.partition(" ") for line in labels]
    if all(number == str(index) and name for index, (number, _blank, name) in enumerate(pairs)):
        return [name.strip() for _number, _blank, name in pairs]
    return list(labels)
