"""The one exception that ends a command with a sentence, a next step and an exit code."""

from __future__ import annotations

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
