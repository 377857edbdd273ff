"""What a file is, told from its bytes; the suffix is never asked."""

from __future__ import annotations

import io
import re
from enum import Enum
from typing import BinaryIO

import olefile

from ingest.readers.package import DAMAGED, open_package

HEAD_BYTES = 64 * 1024

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")

SPREADSHEETML_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"

_OTHER_MAGICS = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"RIFF", "图片或音视频"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf'\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gz 压缩包"),
    (b"BZh", "bz2 压缩包"),
    (b"\xfd7zXZ", "xz 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
    (b"SQLite format 3", "数据库文件"),
    (b"MIME-Version:", "单个文件网页（mht）"),
)
_OLE_STREAMS = (
    ("EncryptedPackage", None),
    ("WordDocument", "Word 文档（doc）"),
    ("PowerPoint Document", "PowerPoint 演示文稿（ppt）"),
    ("__properties_version1.0", "Outlook 邮件（msg）"),
)
# possessive, since comments that end in no tag would else be split up in every possible way
_HTML_START = re.compile(
    r"^(?:\s++|<!--(?>.*?-->)|<\?xml[^>]*+>)*+"
    r"<(?:!doctype\s+html|html|head|meta|title|style|script|body|table|div|center|p|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Format(Enum):
    """Physical formats told apart by their bytes."""

    XLSX = "xlsx"
    XLS = "xls"
    SPREADSHEETML = "spreadsheetml"
    HTML = "html"
    DELIMITED = "csv"
    ZIP = "zip"
    EMPTY = "empty"
    OTHER = "other"
    UNKNOWN = "unknown"


def sniff(content: bytes) -> Format:
    """Tell the format of a file.

    Args:
        content: the file's bytes; the first 64 KiB are enough for all but zip and OLE containers,
            whose directory stands elsewhere.

    Returns:
        The format. `OTHER` is something known that is not a table (`name_other` names it).
    """
    if not content.strip(b"\x00\t\r\n "):
        return Format.EMPTY if not content.strip() else Format.UNKNOWN
    if content.startswith(ZIP_MAGICS):
        return _sniff_zip(content)
    if content.startswith(OLE_MAGIC):
        return _sniff_ole(content)
    if any(content.startswith(magic) for magic, _ in _OTHER_MAGICS):
        return Format.OTHER
    return _sniff_text(content)


def name_other(content: bytes) -> str:
    """Name, in Chinese, what a file of format `OTHER` is.

    Args:
        content: the file's bytes.

    Returns:
        Such as 「Word 文档（docx）」.
    """
    for magic, name in _OTHER_MAGICS:
        if content.startswith(magic):
            return name
    if content.startswith(ZIP_MAGICS):
        return _office_part(_zip_names(io.BytesIO(content))) or "压缩包"
    if content.startswith(OLE_MAGIC):
        streams = _ole_streams(content)
        return next((name for stream, name in _OLE_STREAMS if name and stream in streams), "") or (
            "Office 旧格式文件，但不是 Excel 工作簿"
        )
    return "不是表格的 XML 文件"


def is_archive(handle: BinaryIO) -> bool:
    """Tell whether an open file is a zip archive of files, not a workbook or other document.

    Nothing but the directory of a zip is looked at, so that this can be asked of any file.

    Args:
        handle: the file, seekable.

    Returns:
        True for an archive, also for a damaged one.
    """
    handle.seek(0)
    if not handle.read(len(ZIP_MAGICS[0])).startswith(ZIP_MAGICS):
        return False
    return not _office_part(_zip_names(handle))


def _zip_names(handle: BinaryIO) -> list[str]:
    try:
        with open_package(handle) as archive:
            return archive.namelist()
    except DAMAGED:
        # the directory is cut off: the names still stand before each member
        handle.seek(0)
        head = handle.read(16 * HEAD_BYTES)
        return [
            match.group(1).decode("latin-1")
            for match in re.finditer(
                rb"PK\x03\x04.{22}.{4}?((?:\[Content_Types\]|[A-Za-z_]+/)[\w./\[\]-]*)",
                head,
                re.DOTALL,
            )
        ]


def _office_part(names: list[str]) -> str:
    """Name the office document a zip's members make up; empty if they make up none."""
    found = set(names)
    if "xl/workbook.bin" in found:
        return "Excel 二进制工作簿（xlsb）"
    if any(name.startswith("xl/") for name in found):
        return "Excel 工作簿"
    if any(name.startswith("word/") for name in found):
        return "Word 文档（docx）"
    if any(name.startswith("ppt/") for name in found):
        return "PowerPoint 演示文稿（pptx）"
    if "mimetype" in found and "content.xml" in found:
        return "OpenDocument 文档（ods/odt）"
    if "[Content_Types].xml" in found:
        return "Office 文档，但不是 Excel 工作簿"
    if "OFD.xml" in found:
        return "OFD 版式文件"
    return ""


def _sniff_zip(content: bytes) -> Format:
    part = _office_part(_zip_names(io.BytesIO(content)))
    if part == "Excel 工作簿":
        return Format.XLSX
    return Format.OTHER if part else Format.ZIP


def _ole_streams(content: bytes) -> set[str]:
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            return {entry[0] for entry in container.listdir()}
    except Exception:  # olefile raises whatever a damaged directory leads to
        return set()


def _sniff_ole(content: bytes) -> Format:
    streams = _ole_streams(content)
    if streams & {"Workbook", "Book", "WORKBOOK", "BOOK", "EncryptedPackage"} or not streams:
        # an encrypted or damaged one is refused, by that name, when it is opened
        return Format.XLS
    return Format.OTHER


def _sniff_text(content: bytes) -> Format:
    head = content[:HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", errors="ignore")
    else:
        text = head.decode("latin-1")
        if text.startswith("\xef\xbb\xbf"):
            text = text[3:]
    stripped = text.lstrip()
    if stripped.startswith("<"):
        if SPREADSHEETML_NAMESPACE in text and re.search(r"<(?:\w+:)?Workbook\b", text):
            return Format.SPREADSHEETML
        if _HTML_START.match(stripped):
            return Format.HTML
        if stripped.startswith("<?xml"):
            return Format.OTHER
    # a NUL is told of by the decoder; other control characters mean bytes that are not text
    controls = len(_CONTROL.findall(text.replace("\x00", "")))
    if controls > len(text) // 1000:
        return Format.UNKNOWN
    return Format.DELIMITED
