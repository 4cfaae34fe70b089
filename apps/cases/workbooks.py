"""A look at an uploaded spreadsheet before anything unpacks it."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

MEGABYTE = 1024 * 1024
MOST_UNPACKED = 30 * MEGABYTE
MOST_PARTS = 200
_PARTS = ("[Content_Types].xml", "xl/workbook.xml")


class NotReadable(ValueError):
    """The file is no spreadsheet to be read here; the message, in Chinese, says what to do."""


def check_workbook(file: BinaryIO, most_bytes: int, most_unpacked: int = MOST_UNPACKED) -> None:
    """Raise NotReadable unless ``file`` is an .xlsx of at most ``most_bytes`` bytes that stays small when unpacked.

    ``most_unpacked``: bytes of all its parts together.

    The size a packed part states is also the most that is ever read of it, so a part cannot lie about it.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size > most_bytes:
        raise NotReadable(f"文件超过 {most_bytes // MEGABYTE} MB，请只保留名单后再上传。")
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise NotReadable("文件不是 .xlsx 表格。旧版 .xls 或 .csv 请先另存为 .xlsx。") from None
    finally:
        file.seek(0)
    names = {part.filename for part in parts}
    too_big = len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most_unpacked
    if too_big or not names.issuperset(_PARTS):
        raise NotReadable("文件不是可读取的 .xlsx 表格，请用本页的模板填写。")
