"""The text of HTML, for reports that come as nothing else. Linear in its length, whatever the HTML is."""

from __future__ import annotations

import html
import re

_SKIPPED = {"script": "/script", "style": "/style", "head": "/head", "template": "/template"}
_BREAKS = frozenset(("p", "/p", "br", "br/", "div", "/div", "tr", "/tr", "li", "/li", "h1", "h2", "h3", "hr"))
_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9]{0,31}/?|!--")
_BLANKS = re.compile(r"[ \t\r\f\v]+")


def html_text(text: str) -> str:
    """What a reader would see, roughly: tags, scripts, styles and comments left out, entities resolved.

    The standard library's parser takes quadratic time on some inputs, hence this one.
    """
    first, *rest = text.split("<")
    shown = [first]
    until = ""  # what ends a part that is not shown
    for piece in rest:
        found = _NAME.match(piece)
        name = found[0].lower() if found is not None else ""
        if until:
            ended = "-->" in piece if until == "-->" else name == until
            if not ended:
                continue
            shown.append(piece.partition("-->" if until == "-->" else ">")[2])
            until = ""
        elif name == "!--":
            before, end, after = piece.partition("-->")
            del before
            until = "" if end else "-->"
            shown.append(after)
        elif not name:
            shown.append(f"<{piece}")
        else:
            until = _SKIPPED.get(name, "")
            shown.append("\n" if name in _BREAKS else "")
            shown.append("" if until else piece.partition(">")[2])
    lines = (_BLANKS.sub(" ", line).strip() for line in html.unescape("".join(shown)).split("\n"))
    return "\n".join(line for line in lines if line)
