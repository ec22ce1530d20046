"""Cuts a folded text into words, and gives addresses, links, role marks and code one name each."""

from __future__ import annotations

import re
from typing import NamedTuple

from pullcord.detection.text.lexicon import CONCEPTS, concept_of

_TOKEN = re.compile(
    r"(?P<link>(?:https?|ftp|hxxps?)://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+)"
    r"|(?P<address>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}\b)"
    r"|(?P<mark><\|[^|<>]{1,40}\|>|\[/?(?:inst|sys|system|user|assistant|admin)\]|<</?sys>>|"
    r"</?(?:system|user|assistant|instructions?|information|admin|prompt|context|data|document|tool_response|"
    r"function_results?|important)>|\b(?:system|assistant|user|human|admin)\s?(?:message|prompt|note|override)?:|"
    r"[-=#*]{5,}|#{2,4}(?= )|\"\"\"|```)"
    r"|(?P<code>\b\w+\([^()\s]{0,40}\)|\$\(|&&|\|\||\brm -rf\b|/etc/passwd)"
    r"|(?P<wide>[\u3040-\u30ff\u3400-\u9fff])"
    r"|(?P<word>[^\W_]+(?:['\u2019][^\W_]{1,3})?)"
)
_NAMED = {name: CONCEPTS.index(name) for name in ("link", "address", "mark", "code")}
_LONGEST_WORD = 40
# Languages without blanks between words: their common words are read as the English ones.
_WIDE = {
    "忽略": "ignore", "无视": "ignore", "無視": "ignore", "忘记": "forget", "忘れ": "forget", "之前": "previous",
    "以前": "previous", "以上": "above", "上面": "above", "所有": "all", "すべて": "all", "指令": "instructions",
    "指示": "instructions", "命令": "command", "提示词": "prompt", "提示": "prompt", "プロンプト": "prompt",
    "系统": "system", "系統": "system", "システム": "system", "规则": "rules", "規則": "rules", "ルール": "rules",
    "限制": "restrictions", "制限": "restrictions", "显示": "show", "告诉": "tell", "透露": "reveal", "泄露": "reveal",
    "表示": "show", "教えて": "tell", "你现在是": "you are now", "你是": "you are", "扮演": "roleplay",
    "假装": "pretend",
    "密码": "password", "发送": "send", "送信": "send", "助手": "assistant", "用户": "user", "现在": "now",
}  # fmt: skip
_WIDE_PATTERN = re.compile("|".join(sorted(_WIDE, key=len, reverse=True)))


class Tokens(NamedTuple):
    """The words of a text.

    Attributes:
        words: as the model reads them.
        starts, ends: where each is in ``text``.
        concepts: (place among the words, number of the idea), rising.
        text: what the places refer to.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    concepts: list[tuple[int, int]]
    text: str


def tokenise(folded: str) -> Tokens:
    """The words of a folded text, in order; work is linear in its length."""
    text = folded if folded.isascii() else _WIDE_PATTERN.sub(lambda one: f" {_WIDE[one.group()]} ", folded)
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    concepts: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind in _NAMED:
            concept: int | None = _NAMED[kind]
            word = f"<{kind}>"
        else:
            word = match.group()[:_LONGEST_WORD]
            concept = concept_of(word)
        if concept is not None:
            concepts.append((len(words), concept))
        words.append(word)
        starts.append(match.start())
        ends.append(match.end())
    return Tokens(words, starts, ends, concepts, text)
