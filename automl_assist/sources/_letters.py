"""Letters beyond ASCII of languages with the shares they have of their text, and the encodings that these languages were written in.

Shares are per thousand letters, as published counts of running text give them (rounded; "Letter frequency" tables of each language).
"""

from __future__ import annotations

import re

WEST = ("cp1252", "cp850", "mac_roman")
CENTRAL = ("cp1250", "iso8859_2", "cp852")
BALTIC = ("cp1257",)
TURKISH = ("cp1254", "cp857")
CYRILLIC = ("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
GREEK = ("cp1253", "iso8859_7")
HEBREW = ("cp1255", "cp862")
ARABIC = ("cp1256", "iso8859_6")
THAI = ("cp874",)

_RUSSIAN = "о110е84а80и74н67т63с55р47в45л44к35м32д30п28у26я20ы19ь17г17з16б16ч14й12х10ж9ш7ю6ц5щ4э3ф3ъ1ё1"
_WRITTEN = {
    "french": (WEST, "é19è4à5ê2ç1ù1â1î1ô1û1ë.1ï.2œ.3ü.1"),
    "german": (WEST, "ü10ä6ö4ß3"),
    "spanish": (WEST, "ó8í7á5é4ñ3ú2ü.2"),
    "catalan": (WEST, "à6ó5é4è3í3ç1ò1ú1ï.5ü.2·.5"),
    "portuguese": (WEST, "ã8ç5é4á4ó3ê4í3õ1ú2â1à1ô1"),
    "italian": (WEST, "à5è3ù2ò2ì1é1"),
    "swedish": (WEST, "ä18å13ö13é.5"),
    "danish": (WEST, "å12ø9æ9é.5"),
    "finnish": (WEST, "ä36ö4å.3"),
    "icelandic": (WEST, "ð44á18í16þ15æ9ó10ö8ú6é6ý2"),
    "dutch": (WEST, "ë3é3ï1è.5ö.5ü.5"),
    "polish": (CENTRAL, "ł18ę11ą10ó8ż7ś7ć4ń2ź1"),
    "czech": (CENTRAL, "í31á22ě15é13ř12ý10č10ž10š8ů5ú1ó.3ť.3ň.2ď.2"),
    "slovak": (CENTRAL, "á20í14č12ú10š10ž10ý11é8ť6ľ4ô2ň2ď2ä1ó1ĺ.1ŕ.1"),
    "hungarian": (CENTRAL, "á37é36ö10ó10ő10í6ü6ú3ű2"),
    "romanian": (CENTRAL, "ă40ş14ţ12î10â9"),
    "croatian": (CENTRAL, "č11š10ć9ž6đ3"),
    "lithuanian": (BALTIC, "ė17š13ų13ž8ū5į6č4ą3ę2"),
    "latvian": (BALTIC, "ā39ē18ī17š8ū5ņ6ļ3ž3č1ķ1ģ1"),
    "estonian": (BALTIC, "ä9õ9ü6ö2š.3ž.2"),
    "turkish": (TURKISH, "ı51ü19ş18ğ11ç11ö8İ3â.5î.2"),
    "russian": (CYRILLIC, _RUSSIAN),
    "ukrainian": (CYRILLIC, "о94а84н66и61і57в54т52е50р45с43л37к36д34у33м29п28я23з22ь18г16б16ч14х12ц7й14ж8ш7ї6ю9є5щ4ф3ґ.2"),
    "bulgarian": (CYRILLIC, "а118о87и85е84т76н72р51с49в45л35д33к31п29м25з21я19ъ18г15б14у13ч13ж7щ6х6ц6й6ш4ф3ю2ь.3"),
    "serbian": (CYRILLIC, "а115о91и90е89н53р49т46с45д43к38ј46у43л34м35п30в37з19г18б15ч10ц8ш8х7ж6њ7ћ6љ5ђ2џ.3ф2"),
    "greek": (GREEK, "α113ο97ι86ε78τ77σ43ν70η56υ43ρ42π39κ39μ34λ27ς38ω15γ18δ17χ11θ13φ8β7ξ4ζ4ψ2ά18ί24έ17ό19ή14ύ11ώ8ϊ.5ϋ.2ΐ.1"),
    "hebrew": (HEBREW, "י110ו104ה98ל74א63ר61ת57ש50ב47מ46נ35ם31ד26ק21פ18ע32ח25ט12ג13כ27ז13ס15צ12ן12ך5ף2ץ2"),
    "arabic": (ARABIC, "ا125ل122ي70م62و60ن58ر50ت46ب38ة36ع35د33س30ف30ه26ك24ق23أ23ح20ج15ش13ط11ص10ى8خ9إ9ذ7ث7ز6غ5ض6ء5ظ2ئ5ؤ2آ1"),
    "persian": (ARABIC, "ا140ر75ن70د68م60ه58و58ت45ب38س36ل33ش29ز26ک24گ10ف13ق10خ12ع12ج11ح9پ10چ5ص6ط5آ5ي95ك20غ4ذ3ض3ظ2ث2ژ1"),
    "thai": (
        THAI,
        "า79น71ร69อ60ก55เ50ง49่48ม40ย40ล36"
        "ว36ด33ท32ส31ต27ะ26ป20บ25้34ั44ี34ิ30ค25แ18ห26จ17พ17ช16ใ11ื13ไ13็7ข15์13ุ16ู15โ12ผ8ณ7ธ7ศ6ถ5ษ5ภ4ซ6ญ4ำ10ึ6ฟ3ๆ1ฐ2ๅ.1ฎ1",
    ),
}  # fmt: skip
# per thousand letters of each language: what stands for it in text, by letter
SHARES: dict[str, dict[str, float]] = {
    language: {letter: float(share) for letter, share in re.findall(r"(.)([\d.]+)", written)} for language, (_, written) in _WRITTEN.items()
}
ENCODINGS: dict[str, tuple[str, ...]] = {language: encodings for language, (encodings, _) in _WRITTEN.items()}
OWN_SCRIPT = frozenset(["russian", "ukrainian", "bulgarian", "serbian", "greek", "hebrew", "arabic", "persian", "thai"])  # none of ASCII
# what running text and names have most of: the first hundred of published counts, with characters of frequent surnames
JAPANESE = frozenset(
    "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手米力学問高代明"
    "実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下意法不来作性的要用制治度務強気小七成期公持野協取都和統以機平総加山思家話世"
    "受区領多県続進正安設保改数記院女初北佐藤鈴木橋渡辺伊村林斎清森池阿部石井崎原岡川吉松美太郎智陽裕真治直樹香恵由里奈洋介"
)
CHINESE = frozenset(
    "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日"
    "都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅"
    "沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭邹熊金陆郝孔白崔康毛邱秦江史顾市县区路省北南东西州海城京山河建华明文玉桂红"
)
