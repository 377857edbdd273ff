"""Zip archives as Chinese Windows writes them: member names in GBK without the UTF-8 flag."""

from __future__ import annotations

import io
import zipfile

from simulate.writers.content import FileContent

ZIP_TIME = (2020, 6, 5, 10, 0, 0)
UTF8_FLAG = 0x800


class _GbkZipInfo(zipfile.ZipInfo):
    """A member whose name is stored in GBK."""

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits & ~UTF8_FLAG


def zip_bytes(members: list[FileContent]) -> bytes:
    """Pack files into a zip.

    Args:
        members: path inside the archive and bytes of each.

    Returns:
        The bytes of the archive.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            info = _GbkZipInfo(member.path, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, member.content, compresslevel=1)
    return stream.getvalue()
