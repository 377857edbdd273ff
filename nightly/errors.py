"""The one exception that ends a command with a sentence, a next step and an exit code."""

from __future__ import annotations

import errno

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_NOTHING_CHANGED = 3
EXIT_KEPT_YESTERDAY = 4
EXIT_LOCKED = 5
EXIT_NO_RELEASE = 6
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

EXIT_CODES_ZH: dict[int, str] = {
    EXIT_OK: "成功；nightly：新发布已上线",
    EXIT_FAILURE: "本系统自身的故障（与报送内容无关）",
    EXIT_USAGE: "命令写法有误",
    EXIT_NOTHING_CHANGED: "没有任何变化，沿用现有发布",
    EXIT_KEPT_YESTERDAY: (
        "质量关口或审计未通过，或变动超过限度而暂缓，沿用上一发布；"
        "check、draw verify、backup、restore、restore-drill、watch：发现问题"
    ),
    EXIT_LOCKED: "另一个夜间任务（或备份、演练）正在运行",
    EXIT_NO_RELEASE: "还没有任何发布",
    EXIT_INTERRUPTED: "被 Ctrl+C 中断，现行发布不受影响",
    EXIT_TERMINATED: "收到停止信号（SIGTERM），现行发布不受影响",
}


class StopError(Exception):
    """A reason to end the command that a person can act on.

    Attributes:
        message: what happened, one Chinese sentence.
        next_step: what to do about it, one Chinese sentence.
        exit_code: one of the `EXIT_` codes.
    """

    def __init__(self, message: str, next_step: str, exit_code: int = EXIT_FAILURE) -> None:
        """Keep the sentence, the next step and the code."""
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.exit_code = exit_code


class TerminatedError(KeyboardInterrupt):
    """The process was asked to stop by SIGTERM; libraries let go of it as of Ctrl+C."""


NO_ROOM_ERRNOS = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM_WORDS = ("No space left on device", "Disk quota exceeded")


def is_no_room(problem: BaseException | str) -> bool:
    """Whether the disk, or what the user may take of it, was full.

    DuckDB, polars and dbt say so only in the words of the operating system.

    Args:
        problem: an error with whatever it came from, or what somebody printed.

    Returns:
        Whether room is what was missing.
    """
    if isinstance(problem, str):
        return any(words in problem for words in NO_ROOM_WORDS)
    seen: list[BaseException] = []
    error: BaseException | None = problem
    while error is not None and error not in seen:
        seen.append(error)
        if isinstance(error, OSError) and error.errno in NO_ROOM_ERRNOS:
            return True
        if is_no_room(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def no_room() -> StopError:
    """The reason that ends a command on a full disk."""
    return StopError(
        "磁盘已满；现行发布不受影响，已接收的文件不会丢失。",
        "腾出空间后重新运行；jixiao doctor 说明还剩多少、每年需要多少。",
    )
