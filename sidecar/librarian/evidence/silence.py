"""How it is said that the vault does not say, in the language of the question."""

from __future__ import annotations

from librarian.questions import language

_SAID = {
    "en": "The vault does not say.",
    "de": "Dazu steht nichts in den Notizen.",
    "fr": "Les notes n'en disent rien.",
    "es": "Las notas no lo dicen.",
    "it": "Le note non lo dicono.",
    "pt": "As notas não o dizem.",
    "nl": "Daarover staat niets in de notities.",
    "he": "אין על כך דבר בהערות.",
    "ar": "لا تذكر الملاحظات ذلك.",
    "zh": "笔记中没有提到这一点。",
    "ja": "ノートには書かれていません。",
    "ko": "노트에 나와 있지 않습니다.",
}


def silence(question: str) -> str:
    """The sentence, in English where the language is not known."""
    return _SAID.get(language(question), _SAID["en"])
