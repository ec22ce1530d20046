"""What can go wrong with what is kept. Codes PC-7xxx; docs/reference/state.md lists them."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class StateLockedError(PullcordError):
    """Another process owns the state folder."""

    code = "PC-7001"


class StateTooNewError(PullcordError):
    """The state was written by a newer Pullcord."""

    code = "PC-7002"


class CorruptRowError(PullcordError):
    """A row of the state does not decode."""

    code = "PC-7003"


class UnfixedWalError(PullcordError):
    """Write-ahead logging was asked for on an SQLite library that can lose commits in it."""

    code = "PC-7004"


class ReadOnlyError(PullcordError):
    """Something opened for reading was asked to write."""

    code = "PC-7005"


class UnstorableError(PullcordError):
    """A value cannot be kept as it is (half a surrogate pair, a time outside 64 bits, too large)."""

    code = "PC-7006"


class StateFolderError(PullcordError):
    """The state folder, or a file that must be in it, cannot be made, read or written."""

    code = "PC-7007"


class StateBusyError(PullcordError):
    """Another transaction held the state for too long."""

    code = "PC-7008"


class UnknownIncidentError(PullcordError):
    """A row names an incident that is not there."""

    code = "PC-7009"


class SegmentNameError(PullcordError):
    """The name of a lake segment is not allowed."""

    code = "PC-7011"


class LakeDamagedError(PullcordError):
    """A file of the lake cannot be read."""

    code = "PC-7012"


class NotInVaultError(PullcordError):
    """No bytes are kept at a digest."""

    code = "PC-7021"


class VaultDamagedError(PullcordError):
    """Kept bytes, or the ledger, are not what they were."""

    code = "PC-7022"
