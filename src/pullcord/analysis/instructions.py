"""Words in which texts give orders to a reader, in several languages: a signal, never a verdict.

Attackers choose their words, so whatever uses this must work without it. Words are common ones of instructions, to
a person or to a program; none is taken from a known attack template. ``*`` stands for any ending.
"""

from __future__ import annotations

import re

from pullcord.analysis.tools import words_of

_BY_LANGUAGE = {
    "English": (
        "please must should need_to have_to important urgent immediately first before after_that instead ignore "
        "disregard forget override do_not don_t never always make_sure be_sure ensure your_task new_task instruction "
        "instructions follow following comply require required assistant system you_are as_an_ai language_model todo "
        "do_the"
    ),
    "German": (
        "bitte musst müssen sollst wichtig dringend sofort zuerst bevor danach stattdessen ignorier* vergiss "
        "anweisung* befolg* aufgabe assistent sprachmodell unbedingt"
    ),
    "French": (
        "veuillez s_il_vous_plaît s_il_te_plaît devez dois important immédiatement d_abord avant_de ensuite ignore "
        "ignorez oublie oubliez instructions tâche assistant assistante modèle_de_langage"
    ),
    "Spanish": (
        "por_favor debe debes importante inmediatamente primero antes_de después en_lugar ignora ignorar ignore "
        "olvida instrucciones tarea asistente"
    ),
    "Portuguese": "por_favor deve deves imediatamente primeiro depois ignore esqueça instruções tarefa assistente",
    "Italian": "per_favore devi deve subito prima_di dopo invece ignora dimentica istruzioni compito assistente",
    "Dutch": "alsjeblieft moet belangrijk onmiddellijk eerst voordat negeer instructies",
    "Polish": "proszę musisz ważne natychmiast najpierw zignoruj instrukcj*",
    "Czech": "prosím musíš důležité okamžitě nejprve ignoruj pokyn*",
    "Turkish": "lütfen gerekir önemli hemen önce yok_say talimat*",
    "Swedish": "vänligen måste viktigt omedelbart först ignorera instruktion*",
    "Russian": "пожалуйста долж* важно немедленно сначала прежде_чем игнорир* забудь инструкци* задач*",
    "Ukrainian": "будь_ласка повин* важливо негайно спочатку ігнор* інструкці*",
}
# Scripts without word borders or with endings joined on: matched anywhere.
_ANYWHERE = sorted(
    words_of(
        "请 必须 重要 立即 首先 之前 然后 忽略 忘记 指令 指示 任务 助手 "
        "務必 請 してください 必ず すぐに まず 無視 命令 アシスタント "
        "하세요 하십시오 반드시 중요 즉시 먼저 무시 지시 명령 "
        "يرجى يجب مهم فورا أولا تجاهل تعليمات "
        "कृपया ज़रूरी महत्वपूर्ण तुरंत पहले अनदेखा निर्देश"
    )
)
_READER = words_of(
    "you your yourself du dein deine deinen sie ihr ihre vous votre vos tu ton tus usted você seu sua tuo tua je jij "
    "twój ty tvůj sen senin din ditt ты вы твой ваш ваша ваши ти ви"
)
_READER_ANYWHERE = ("你", "您", "あなた", "당신", "너")
_ALL = [entry for words in _BY_LANGUAGE.values() for entry in words.split()]
_SINGLE = frozenset(entry for entry in _ALL if "_" not in entry and "*" not in entry)
_BEGINNINGS = tuple(sorted({entry.rstrip("*") for entry in _ALL if entry.endswith("*")}))
_PHRASES = tuple(sorted({f" {entry.replace('_', ' ')} " for entry in _ALL if "_" in entry}))
_WORD = re.compile(r"[^\W\d_]+")
MAX_READ = 20_000
"""Characters of one text that are searched."""


def orders(normal: str) -> int:
    """How many different words of instruction a normalised text (see ``values.normalise``) has."""
    text = normal[:MAX_READ]
    words: list[str] = _WORD.findall(text)
    different = set(words)
    line = f" {' '.join(words)} "
    count = len(different & _SINGLE) + sum(word.startswith(_BEGINNINGS) for word in different)
    count += sum(phrase in line for phrase in _PHRASES)
    return count if text.isascii() else count + sum(piece in text for piece in _ANYWHERE)


def addresses_reader(normal: str) -> int:
    """How often a normalised text speaks to its reader."""
    text = normal[:MAX_READ]
    count = sum(word in _READER for word in _WORD.findall(text))
    return count if text.isascii() else count + sum(text.count(piece) for piece in _READER_ANYWHERE)
