"""Texts of our own making of which the key sentences are known: those that a person would underline.

In each, what matters stands in different places, among small talk, repetitions and asides, as in notes of people. A
summary is measured by the share of key sentences that it says, against the first three sentences of the note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from librarian.embedding import StaticEmbedder
from librarian.extraction import chosen
from librarian.sentences import sentences, words

GOAL = 0.6
"""The share of key sentences that is said of every text."""
MEAN_GOAL = 0.75

KEY = "•"
"""Stands before a key sentence in `TEXTS`."""

TEXTS = {
    "en meeting": """# Board, 14 March

Good morning everybody. Coffee was late again, and the heating was off. Ann opened the meeting in the old school.

•The tide gate of 1962 leaks, floods the coast road twice a year, and the board decided to rebuild the gate by 2027.
Somebody had brought cake. Ben asked whether the window could be opened.

•Rebuilding the tide gate costs 1.2 million euros, of which the county pays two thirds and the board the rest. There was
some talk about last year's excursion.

- Tom will bring more chairs
- •The survey of the marsh before the gate is rebuilt has to be done by the end of May, while the road is dry

The gate, as was said, leaks. The next meeting is in April, as always. Lunch was soup.
""",
    "en research": """# Carbon in eelgrass

This page began as a letter to Ida. I wrote most of it on the train. It rained.

Methods were those of everybody else, and nothing about them is new. We took cores, froze them and counted.

•Restored eelgrass meadows bury 40 grams of carbon per square metre each year, about half of what old meadows bury.
The boat broke down twice. Thanks to Jonas for the rope.

•Most of the carbon that leaves an eelgrass meadow is buried elsewhere on the sea floor, where no project counts it.
My supervisor liked the figures. I did not.

•Counting only the carbon below the meadow therefore makes restored eelgrass look half as useful as it is. Next week I will
clean the freezer. The train is late again.
""",
    "en how-to": """# Sourdough

My grandmother called it the lazy bread. She had two cats. This version is from 2019, with coffee stains.

People argue about flour on the internet all day. I do not.

•Mix 500 g of flour with 350 g of water and 100 g of starter, and let the dough rest for an hour before the salt goes in.
Wash the bowl at once. The radio helps.

•Fold the dough four times in two hours, then let it rise in the cold overnight until the dough has grown by half.
The cats are not helpful here.

•Bake the bread for 20 minutes at 250 degrees under a lid, and for 25 minutes at 220 degrees without the lid.
Let somebody else slice it. My sister prefers rolls anyway.
""",
    "en news": """# Gate to be rebuilt

•The leaking tide gate of 1962 will be rebuilt by 2027, the board of the dike decided on Saturday. •The county pays two
thirds of the 1.2 million euros that the new tide gate costs. •Before the tide gate is rebuilt, the marsh has to be surveyed
by the end of May.

Ann Harms, who led the meeting, was glad about the weather. The old school was full.

Some people asked about parking. A dog barked. The next meeting is in April.
""",
    "de Protokoll": """# Sitzung des Deichverbands

Guten Abend allerseits. Der Kaffee kam spät, und die Heizung war aus. Frau Harms begrüßte alle.

•Das Sieltor von 1962 ist undicht und wird bis 2027 neu gebaut, weil die Straße am Deich zweimal im Jahr unter Wasser steht.
Jemand hatte Kuchen dabei. Das Fenster blieb zu.

•Der Neubau des Sieltors kostet 1,2 Millionen Euro, von denen das Land zwei Drittel und der Deichverband den Rest bezahlt.
Über den Ausflug im letzten Jahr wurde gelacht.

•Vor dem Neubau des Sieltors muss die Vermessung der Salzwiese bis Ende Mai fertig sein. Zu Mittag gab es Suppe. Danach
gingen alle nach Hause.
""",
    "es acta": """# Acta de la junta

Buenos días a todos. El café llegó tarde y hacía frío. Ana abrió la reunión en la escuela vieja.

•La compuerta de 1962 tiene fugas e inunda la carretera de la costa dos veces al año, y la junta decidió reconstruirla en 2027.
Alguien trajo un pastel. La ventana estaba abierta.

•La reconstrucción de la compuerta cuesta 1,2 millones de euros, de los que la provincia paga dos tercios y la junta el resto.
Se habló un poco de la excursión.

•El estudio de la marisma antes de reconstruir la compuerta debe terminar a finales de mayo. Comimos sopa. La próxima vez
llueve seguro.
""",
    "zh 会议": """# 会议记录

大家早上好。咖啡又来晚了。安妮在旧学校宣布开会。

•一九六二年的潮闸漏水，海岸公路每年被淹两次，理事会决定在二〇二七年以前重建潮闸。有人带了蛋糕。窗户开着。

•重建潮闸需要一百二十万欧元，其中县里承担三分之二，理事会承担其余部分。大家聊了聊去年的郊游。

•重建潮闸之前，盐沼的调查必须在五月底以前完成。午饭是汤。下次可能下雨。
""",
    "he ישיבה": """# ישיבת הוועד

בוקר טוב לכולם. הקפה איחר. ענת פתחה את הישיבה בבית הספר הישן.

•סכר הגאות משנת 1962 דולף ומציף את כביש החוף פעמיים בשנה, והוועד החליט לבנות את סכר הגאות מחדש עד 2027. מישהו הביא עוגה.
החלון היה פתוח.

•בניית סכר הגאות מחדש עולה 1.2 מיליון אירו, שמהם המחוז משלם שני שלישים והוועד את השאר. דיברו קצת על הטיול.

•סקר המלחה לפני בניית סכר הגאות חייב להסתיים עד סוף מאי. אכלנו מרק. בפעם הבאה אולי ירד גשם.
""",
}


@dataclass(frozen=True)
class Measured:
    """Shares of key sentences that are said."""

    name: str
    ours: float
    lead: float
    goal: float = GOAL

    @property
    def is_met(self) -> bool:
        return self.ours >= self.goal


def mean(measured: Sequence[Measured]) -> Measured:
    """The means of all texts, held to a goal of their own."""
    return Measured("mean", fmean(each.ours for each in measured), fmean(each.lead for each in measured), MEAN_GOAL)


def measure(model: StaticEmbedder) -> list[Measured]:
    """Every text, with summaries as long as its key sentences."""
    return [_measure(name, text, model) for name, text in TEXTS.items()]


def _measure(name: str, marked: str, model: StaticEmbedder) -> Measured:
    key = {each.text.removeprefix(KEY) for each in sentences(marked) if each.text.startswith(KEY)}
    read = sentences(marked.replace(KEY, ""))
    assert key <= {each.text for each in read}, name
    length = sum(words(each) for each in key)
    sample = " ".join(each.text for each in read)
    picked = chosen([read], length, model.model.embed if model.reads(sample) else None)
    said = {each.sentence.text for each in picked}
    lead = {each.text for each in read[:3]}
    return Measured(name, len(key & said) / len(key), len(key & lead) / len(key))
