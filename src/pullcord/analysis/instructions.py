"""Words in which texts give orders to a reader, in several languages: a signal, never a verdict.

Attackers choose their words, so whatever uses this must work without it. Words are common ones of instructions, to
a person or to a program; none is taken from a known attack template.
"""

from __future__ import annotations

import re

_WORDS = (
    # English
    (
        "please|must|should|need to|have to|important|urgent|immediately|first|before|after that|instead|ignore|"
        "disregard|forget|override|do not|don't|never|always|make sure|be sure|ensure|your task|new task|instructions?|"
        "follow(?:ing)?|comply|required?|assistant|system|you are|as an ai|language model|todo|do the"
    ),
    # German
    (
        "bitte|musst|müssen|sollst|wichtig|dringend|sofort|zuerst|bevor|danach|stattdessen|ignorier\\w*|vergiss|"
        "anweisung\\w*|befolg\\w*|aufgabe|assistent|sprachmodell|unbedingt"
    ),
    # French
    (
        "veuillez|s'il (?:vous|te) plaît|devez|dois|important|immédiatement|d'abord|avant de|ensuite|ignor(?:e|ez)|"
        "oubli(?:e|ez)|instructions|tâche|assistante?|modèle de langage"
    ),
    # Spanish, Portuguese, Italian
    (
        "por favor|debes?|debe|importante|inmediatamente|primero|antes de|después|en lugar|ignor[ae]r?|olvida|"
        "instrucciones|tarea|asistente|deves?|imediatamente|primeiro|depois|ignore|esqueça|instruções|tarefa|"
        "per favore|devi|deve|subito|prima di|dopo|invece|ignora|dimentica|istruzioni|compito|assistente"
    ),
    # Dutch, Polish, Czech, Turkish, Swedish
    (
        "alsjeblieft|moet|belangrijk|onmiddellijk|eerst|voordat|negeer|instructies|proszę|musisz|ważne|natychmiast|"
        "najpierw|zignoruj|instrukcj\\w*|prosím|musíš|důležité|okamžitě|nejprve|ignoruj|pokyn\\w*|lütfen|gerekir|"
        "önemli|hemen|önce|yok say|talimat\\w*|vänligen|måste|viktigt|omedelbart|först|ignorera|instruktion\\w*"
    ),
    # Russian, Ukrainian
    (
        "пожалуйста|долж\\w+|важно|немедленно|сначала|прежде чем|игнорир\\w*|забудь|инструкци\\w*|задач\\w*|"
        "будь ласка|повин\\w+|важливо|негайно|спочатку|ігнор\\w*|інструкці\\w*"
    ),
)
# Chinese, Japanese, Korean, Arabic, Hindi: no word borders, so they are matched anywhere.
_WIDE = (
    "请|必须|重要|立即|首先|之前|然后|忽略|忘记|指令|指示|任务|助手|務必|請|してください|必ず|重要|すぐに|まず|無視|"
    "指示|命令|アシスタント|하세요|하십시오|반드시|중요|즉시|먼저|무시|지시|명령|يرجى|يجب|مهم|فورا|أولا|تجاهل|"
    "تعليمات|कृपया|ज़रूरी|महत्वपूर्ण|तुरंत|पहले|अनदेखा|निर्देश"
)
_PATTERN = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b|(?:{_WIDE})")
_READER = re.compile(
    r"\b(?:you|your|yourself|du|dein\w*|sie|ihr\w*|vous|votre|vos|tu|ton|tus|usted|você|seu|sua|tuo|tua|je|jij|"
    r"twój|ty|tvůj|sen|senin|din|ditt|ты|вы|твой|ваш\w*|ти|ви)\b|你|您|あなた|당신|너"
)
MAX_READ = 20_000
"""Characters of one text that are searched."""


def orders(normal: str) -> int:
    """How many different words of instruction a normalised text (see ``values.normalise``) has."""
    return len({match.group() for match in _PATTERN.finditer(normal[:MAX_READ])})


def addresses_reader(normal: str) -> int:
    """How often a normalised text speaks to its reader."""
    return sum(1 for _ in _READER.finditer(normal[:MAX_READ]))
