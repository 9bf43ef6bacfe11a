"""Everything that may go wrong in words a user can act on.

SpikekitError          message, hint, exit code
├── UsageError         a flag or a value that cannot be meant (2)
├── FileProblems       every problem of one or more files at once, each with its place (2)
├── Refused            load that may not go there (5)
├── Unmeasured         nothing to judge: an unreachable target, a run without data (4)
└── Interrupted        Ctrl-C; what was measured is kept (130)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spikekit.vocabulary import ExitCode


class SpikekitError(Exception):
    """An error with a hint (one thing to try) and the exit code a script sees."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SpikekitError):
    """The command cannot be meant as it was typed."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file a person wrote. Line and column count from 1; both are 0 where no line is to blame."""

    file: str
    line: int
    column: int
    path: str
    message: str

    @property
    def place(self) -> str:
        """``campaign.yaml:14:9``, as editors read it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else f"{self.file}:"

    @property
    def words(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    def __str__(self) -> str:
        return f"{self.place} {self.words}"


class FileProblems(SpikekitError):
    """All the problems of the files that were read, in the order of the files and their lines."""

    exit_code = ExitCode.USAGE

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = tuple(problems)


class Refused(SpikekitError):
    """Load that must not be sent; nothing was sent, or sending has stopped."""

    exit_code = ExitCode.REFUSED


class Unmeasured(SpikekitError):
    """There is nothing to judge."""

    exit_code = ExitCode.INCONCLUSIVE


class Interrupted(SpikekitError):
    """The user stopped it; what was measured so far is kept."""

    exit_code = ExitCode.INTERRUPTED
