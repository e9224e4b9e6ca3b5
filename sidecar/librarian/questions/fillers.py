"""Words that ask and join but name nothing, by language: what is looked for is what is left of a question.

Each list is of the most frequent words of its language that have no meaning of their own, and of those that questions
are made with. They are compared folded (`librarian.terms`).
"""

from __future__ import annotations

from librarian.terms import folded

_LISTS = {
    "en": """often much go goes going went come comes came a about above again all also am an and any anyone are as at
        be been being but by can could did do does doing done else every explain find for from gave get
        give had has have having he her here hers him his how i if in into is it its know let list many
        may me mean means might mine more most much must my need no not note notes of off on one or our
        ours out please say said says shall she should show so some tell than that the their them then
        there these they this those to told too up us use was we were what whats when where which who whom
        whose why will with wrote write written would you your yours happen happens happened there's
        regarding concerning between during anything everything something think thought remember against
        difference compare compared versus vs""",
    "de": """aber alle als also am an auch auf aus bei bin bis bitte da damit dann das dass dein deine dem den denn der
        des dich die dies diese diesem diesen dieser dieses dir doch du durch ein eine einem einen einer
        eines er es etwas euch finde für gab gegen gibt habe haben hat hatte hatten heißt ich ihm ihn
        ihnen ihr ihre ihrem ihren im in ins ist kann kannst können könnte man mein meine meinem meinen
        meiner mich mir mit nach nicht noch notiz notizen nur ob oder sage sagen sagt schon sehr sein
        seine sich sie sind so soll sollte steht über um und uns unser unsere unter vom von vor wann war
        waren warum was weißt welche welchem welchen welcher welches wem wen wenn wer werden weshalb wie
        wieso wieviel wir wird wo woher wohin womit worüber worum wurde wurden zeig zeige zu zum zur
        zwischen unterschied geschrieben viel viele erkläre""",
    "fr": """à ai ainsi alors as au aussi aux avait avec avez avons c ce cela ces cet cette ceux chez ci combien comme
        comment d dans de des dit donc dont du elle elles en entre es est et étaient était êtes être eu
        eux fait faire il ils j je l la le les leur leurs lui m ma mais me même mes moi mon montre n ne
        nos note notes notre nous on ont ou où par parle pas peut peux plus pour pourquoi qu quand que
        quel quelle quelles quels qui quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton
        tous tout trouve très tu un une va vers vos votre vous y différence explique""",
    "es": """a al algo ahora aquel así aun aunque cada como cómo con cuál cuáles cuando cuándo cuánta cuántas cuánto
        cuántos de del desde di dice dime dijo donde dónde dos e el él ella ellas ellos en encuentra entre
        era eran eres es esa esas ese eso esos esta está están estas este esto estos estoy fue fueron ha
        había habla hace han hasta hay he la las le les lo los me mi mis mucho muchos muestra muy más nada
        ni no nos nota notas nuestra nuestro o os otra otro para pero por porque puede puedo pues que qué
        quien quién quiénes se según ser si sí sin sobre son su sus también tan te tengo tiene todo todos
        tu tus un una unas uno unos y ya yo diferencia explica escribí""",
    "it": """a ad agli ai al alla alle anche che chi ci come con cosa cui da dai dal dalla dei del della delle di dice
        dimmi dove e è ed era erano fra gli ha hai hanno ho i il in io la le lo loro ma mi mia mie miei
        mio ne nei nel nella nelle noi non nota note o per perché però più quale quali quando quanta
        quante quanti quanto quella quello questa questo se sei si sia sono su sua sul sulla suo tra tu
        tutti tutto un una uno vi""",
    "pt": """a ao aos as até com como da das de dela dele do dos e é ela ele eles em entre era essa esse esta está este
        eu foi foram há isso isto já lhe mais mas me meu meus minha minhas muito na não nas nem no nos nós
        nota notas o onde os ou para pela pelo por porque quais qual quando quanto quantos que quem se sem
        ser seu seus sobre sua suas são também te tem um uma você diz""",
    "nl": """aan al alle als bij dan dat de deze die dit doen door een en er had heb hebben heeft het hij hoe hoeveel
        hun ik in is je kan kunnen maar me met mij mijn moet na naar niet notitie notities nog nu of om
        onder ons ook op over te tot uit u van veel voor waar waarom wanneer was wat we welk welke werd
        wie wij worden wordt zal ze zich zij zijn zo zou""",
    "he": """אבל או איזה איזו איך אין איפה אם אני אנחנו את אתה גם האם הוא היא הם הן הזה הזאת היה היו זה זאת זו יש כי כל
        כמה לא לו לי לה להם מה מי מתי למה מדוע על עם של שלי שלך שלו שלה תחת""",
    "ar": """أن أنا أنت أو أي أين إلى إن التي الذي الذين ثم على عن في قد كان كانت كل كم كيف لا لم لماذا ما ماذا متى من
        منذ نحن هذا هذه هل هم هو هي و يكون""",
}

FILLERS = {language: frozenset(map(folded, listed.split())) for language, listed in _LISTS.items()}
"""Words by language, as ISO 639-1 calls it."""

PHRASES: dict[str, tuple[str, ...]] = {
    "zh": (
        "请问", "告诉我", "是什么", "什么时候", "什么", "怎么样", "怎么", "怎样", "如何", "为什么", "哪里",
        "哪些", "哪个", "有没有", "多少", "谁", "关于", "的吗", "吗", "呢", "我的", "我", "了", "的", "是",
    ),
    "ja": (
        "について教えて", "教えてください", "教えて", "ですか", "ますか", "でしたか", "ましたか", "とは",
        "なぜ", "どうして", "どのように", "どうやって", "どこ", "どの", "どう", "いつ", "だれ", "誰", "何",
        "私の", "ください", "は", "を", "が", "の", "に", "で", "と", "か",
    ),
    "ko": (
        "무엇인가요", "무엇입니까", "무엇을", "무엇", "뭐야", "어떻게", "언제", "어디서", "어디에", "어디",
        "누가", "누구", "왜", "인가요", "입니까", "있나요", "알려줘", "대해",
    ),
}  # fmt: skip
"""The same for languages that write words together, longest first where one is the beginning of another."""
