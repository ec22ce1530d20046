"""What can go wrong with the demo plant."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class PlantError(PullcordError):
    """The demo plant cannot be started, or stopped working."""

    code = "PC-9001"


class NoAnswerError(PullcordError):
    """A program of the demo plant, or Pullcord, does not answer, or answers no; ``status`` 0: not at all."""

    code = "PC-9002"
    status = 0

    @classmethod
    def of(cls, port: int, status: int, what: str) -> NoAnswerError:
        """An answer with an HTTP status, or none."""
        error = cls(f"port {port}: {what}", "look into the log folder of the demo plant")
        error.status = status
        return error
