"""Bytes to text, strictly: an encoding that does not fit is refused, never patched over."""

from __future__ import annotations

import codecs
import re

from ingest.readers.grid import UnreadableFileError

EXPECTED_ENCODINGS = "UTF-8、GB18030（GBK、GB2312）或带 BOM 的 UTF-16 编码的文字"

_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN_RUN = re.compile(r"[\u00a1-\u00ff]{4,}")
_LOST = re.compile("\ufffd|锟斤拷|烫烫烫")
_CHINESE_CODE_PAGES = {"gb2312", "gbk", "gb18030", "cp936", "936", "x-gbk", "gb_2312-80", "hz"}


def decode(content: bytes, declared: str | None = None) -> str:
    """Decode a text file.

    A BOM decides; then the declared encoding, if the bytes fit it; then UTF-8, then GB18030, each
    strictly.

    Args:
        content: the file's bytes.
        declared: the encoding the file says it has (XML prolog, HTML meta), if any.

    Returns:
        The text without its BOM.

    Raises:
        UnreadableFileError: FILE-106, if no encoding fits, or the text is mojibake.
    """
    text = _decode_strictly(content, declared)
    if "\x00" in text:
        raise UnreadableFileError(
            "FILE-106", "文字中夹有空字节（NUL），文件可能没有写完整", EXPECTED_ENCODINGS
        )
    _refuse_mojibake(text)
    return text


def _decode_strictly(content: bytes, declared: str | None) -> str:
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        if content.startswith(codecs.BOM_UTF8):
            return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            "FILE-106", f"第 {error.start + 1} 个字节起无法按文件自带的编码标记解读",
            EXPECTED_ENCODINGS,
        ) from error
    candidates = ["utf-8", "gb18030"]
    if (declared or "").strip().lower() in _CHINESE_CODE_PAGES:
        candidates.reverse()
    failures = []
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            failures.append(error.start)
            continue
        return _meant_as_chinese(content, text) if encoding == "utf-8" else text
    raise UnreadableFileError(
        "FILE-106", f"第 {max(failures) + 1} 个字节起既不是 UTF-8 也不是 GB18030",
        EXPECTED_ENCODINGS,
    )


def _meant_as_chinese(content: bytes, text: str) -> str:
    """Undo a chance: two bytes of GB18030 can be one foreign letter of UTF-8 (丶 is also ؼ).

    Only a file with foreign letters and not one Chinese character is doubted; mojibake that was
    saved as UTF-8 stays what it is, for `_refuse_mojibake` to refuse.
    """
    if text.isascii() or _CJK.search(text) or _LATIN_RUN.search(text):
        return text
    try:
        chinese = content.decode("gb18030")
    except UnicodeDecodeError:
        return text
    foreign = [letter for letter in chinese if not letter.isascii()]
    return chinese if all(_CJK.match(letter) for letter in foreign) else text


def _refuse_mojibake(text: str) -> None:
    """Refuse Chinese that was read as Latin letters, or lost, before it was saved again."""
    # the Latin letters of mojibake (À-ÿ) all start with 0xC3 in UTF-8: asking so is instant
    runs = _LATIN_RUN.findall(text) if b"\xc3" in text.encode(errors="replace") else []
    wrong = sum(len(run) for run in runs if _reads_as_chinese(run))
    chinese = len(_CJK.findall(text)) if wrong or "\ufffd" in text or "锟" in text else 0
    if wrong > (chinese + wrong) * 0.05:
        sample = next(run for run in runs if _reads_as_chinese(run))[:12]
        raise UnreadableFileError("FILE-106", f"乱码「{sample}」", EXPECTED_ENCODINGS)
    lost = len(_LOST.findall(text)) if chinese else text.count("\ufffd")
    if lost >= 3 and lost > chinese * 0.01:
        raise UnreadableFileError(
            "FILE-106", f"有 {lost} 处文字已经丢失（显示为「�」或「锟斤拷」）", EXPECTED_ENCODINGS
        )


def _reads_as_chinese(run: str) -> bool:
    """Tell whether Latin letters are really the bytes of Chinese, such as ÈÎÎñÃû³Æ (任务名称)."""
    raw = run.encode("latin-1")
    for encoding in ("gb18030", "utf-8"):
        for cut in (len(raw), len(raw) - 1):
            try:
                text = raw[:cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            if len(_CJK.findall(text)) >= len(text) * 0.6:
                return True
    return False
