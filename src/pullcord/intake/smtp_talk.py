"""What an SMTP server answers to each command (RFC 5321): pure, one object for each connection."""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple

from pullcord.intake.mail import LONGEST

_LONGEST_COMMAND = 2_048
_MOST_RECIPIENTS = 100
_PATH = re.compile(r"(FROM|TO):\s?<([^<>\r\n]{0,512})>((?: \S{1,256}){0,8})\s*", re.IGNORECASE)
_SIZE = re.compile(r" SIZE=(\d{1,20})(?: |$)", re.IGNORECASE)
_EXTENSIONS = ("PIPELINING", f"SIZE {LONGEST}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


class _Reply(NamedTuple):
    code: int
    lines: tuple[str, ...]


class Reply(_Reply):
    """A code and its lines."""

    DATA: ClassVar[int] = 354
    BYE: ClassVar[int] = 221

    def encoded(self) -> bytes:
        """As it goes over the wire; nothing in it can break a line."""
        last = len(self.lines) - 1
        whole = "".join(
            f"{self.code}{'-' if at < last else ' '}{''.join(c if c.isprintable() else '?' for c in line)}\r\n"
            for at, line in enumerate(self.lines)
        )
        return whole.encode("ascii", "replace")


_PLAIN = {
    "EHLO": Reply(250, ("pullcord", *_EXTENSIONS)),
    "HELO": Reply(250, ("pullcord",)),
    "RSET": Reply(250, ("2.0.0 done",)),
    "NOOP": Reply(250, ("2.0.0 done",)),
    "VRFY": Reply(252, ("2.5.0 send it and see",)),
    "QUIT": Reply(Reply.BYE, ("2.0.0 goodbye",)),
}


class Dialogue:
    """One connection.

    Attributes:
        sender: of the mail that is being handed over.
    """

    def __init__(self, recipients: tuple[str, ...] = ()) -> None:
        self.sender = ""
        self._wanted = recipients
        self._greeted = self._mail = False
        self._recipients = 0

    def reset(self) -> None:
        """A mail has ended, or never was one."""
        self.sender, self._mail, self._recipients = "", False, 0

    def answer(self, line: bytes) -> Reply:
        """The answer to a command; after 354 the mail follows, after 221 the connection ends."""
        if len(line) > _LONGEST_COMMAND:
            return Reply(500, ("5.5.6 the line is too long",))
        text = line.decode("utf-8", "replace").rstrip()
        verb, _, rest = text.partition(" ")
        verb = verb.upper()
        if verb in ("EHLO", "HELO", "RSET"):
            self.reset()
            self._greeted |= verb != "RSET"
        if verb in _PLAIN:
            return _PLAIN[verb]
        if verb not in ("MAIL", "RCPT", "DATA"):
            return Reply(502, ("5.5.1 not offered here",))
        if not self._greeted:
            return Reply(503, ("5.5.1 say EHLO first",))
        return {"MAIL": self._from, "RCPT": self._to, "DATA": self._data}[verb](rest)

    def _from(self, rest: str) -> Reply:
        found = _PATH.fullmatch(rest)
        if found is None or found[1].upper() != "FROM":
            return Reply(501, ("5.5.4 MAIL FROM:<address>",))
        if self._mail:
            return Reply(503, ("5.5.1 a mail is under way",))
        size = _SIZE.search(found[3])
        if size is not None and int(size[1]) > LONGEST:
            return Reply(552, (f"5.3.4 more than {LONGEST} bytes: send it without attachments",))
        self.sender, self._mail = found[2], True
        return Reply(250, ("2.1.0 go on",))

    def _to(self, rest: str) -> Reply:
        found = _PATH.fullmatch(rest)
        if found is None or found[1].upper() != "TO" or not found[2]:
            return Reply(501, ("5.5.4 RCPT TO:<address>",))
        if not self._mail:
            return Reply(503, ("5.5.1 say MAIL first",))
        if self._wanted and found[2].lower() not in self._wanted:
            return Reply(550, ("5.1.1 no mail is taken for this address",))
        if self._recipients >= _MOST_RECIPIENTS:
            return Reply(452, ("4.5.3 too many recipients",))
        self._recipients += 1
        return Reply(250, ("2.1.5 go on",))

    def _data(self, rest: str) -> Reply:
        if rest:
            return Reply(501, ("5.5.4 DATA takes nothing",))
        if not self._recipients:
            return Reply(503, ("5.5.1 say RCPT first",))
        return Reply(Reply.DATA, ("end with a dot on a line of its own",))
