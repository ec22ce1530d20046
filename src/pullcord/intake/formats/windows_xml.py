"""Windows events as XML text (``<Event xmlns=…>``) → the JSON shape ``Event.System``/``Event.EventData``.

Parsed by expat without any document type: entities, the one thing in XML that grows, cannot be declared.
"""

from __future__ import annotations

from xml.parsers.expat import ExpatError, ParserCreate

from pullcord.intake.errors import UnreadableRecordError

_MOST_ELEMENTS, _DEEPEST = 2_000, 16
_LONGEST = 1 << 20
Element = dict[str, object]


def parse(text: str) -> Element:
    """One event.

    Raises:
        UnreadableRecordError: no well-formed XML, a document type in it, or too large, deep or many-parted.
    """
    if len(text) > _LONGEST:
        raise UnreadableRecordError(f"an event of {len(text)} characters as XML", "check what sends it")
    builder = _Builder()
    # Whatever encoding it claims, it is text by now. Names are split: a namespace in front would hide them all.
    parser = ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.buffer_text = True
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003  (positional only)
    except (ExpatError, ValueError) as error:
        raise UnreadableRecordError(
            f"no XML ({error})"[:200], "send the event as Windows renders it"
        ) from error
    return builder.root


class _Builder:
    """Makes an object of each element: attributes under ``#attributes``, text under ``#text``."""

    def __init__(self) -> None:
        self.root: Element = {}
        self._open: list[tuple[str, Element, list[str]]] = [("", self.root, [])]
        self._elements = 0

    def doctype(self, *_: object) -> None:
        raise UnreadableRecordError("a document type in an event", "send the event as Windows renders it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._open) > _DEEPEST:
            raise UnreadableRecordError(
                f"more than {_MOST_ELEMENTS} elements or {_DEEPEST} levels in an event", "check what sends it"
            )
        plain = {_local(key): value for key, value in attributes.items()}
        self._open.append((_local(name), {"#attributes": plain} if plain else {}, []))

    def text(self, data: str) -> None:
        self._open[-1][2].append(data)

    def end(self, _: str) -> None:
        name, element, parts = self._open.pop()
        text = "".join(parts)
        value: object = element
        if not element:
            value = text
        elif text.strip() or set(element) == {"#attributes"}:
            element["#text"] = text
        above = self._open[-1][1]
        if name == "Data" and isinstance(above.get("Data"), list):
            above["Data"].append(value)  # type: ignore[attr-defined]
        else:
            above[name] = [value] if name == "Data" else value


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
