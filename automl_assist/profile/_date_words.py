"""Words in dates made plain: names of months in several languages, ordinals, week days, time zones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# English, German, French, Spanish, Italian, Portuguese and Dutch; Swedish, Danish, Norwegian, Romanian, Hungarian, Indonesian, Turkish;
# Polish, Czech and Slovak; Russian and Ukrainian; Finnish; Greek in the letters of ACCENTS. As a word begins, without accents, in the case
# that follows a day. Croatian has the listopad of Poles and Czechs a month earlier, and is left out.
MONTHS = {
    "Jan": """january jan januar janner janvier janv enero ene gennaio gen janeiro januari ianuarie ian ocak oca stycznia styczen
        sty ledna leden januara январь января янв січня
        tammi tammikuu tammikuuta ianouarios ianouariou""",
    "Feb": """february feb februar fevrier fevr fev febrero febbraio fevereiro februari februarie subat sub lutego luty lut unora
        unor februara февраль февраля фев лютого
        helmi helmikuu helmikuuta fevrouarios fevrouariou""",
    "Mar": """march mar marz mrz mars marzo marco maart mrt marts martie marcius maret mart marca marzec brezna brezen март марта
        березня
        maalis maaliskuu maaliskuuta martios martiou""",
    "Apr": """april apr avril avr abril abr aprile aprilie aprilis nisan nis kwietnia kwiecien kwi dubna duben aprila апрель апреля
        апр квітня
        huhti huhtikuu huhtikuuta abrilios abriliou""",
    "May": """may mai mayo maggio mag maio mei maj majus mayis maja kvetna kveten май мая травня
        touko toukokuu toukokuuta maios maiou""",
    "Jun": """june jun juni juin junio giugno giu junho iunie iun junius haziran haz czerwca czerwiec cze cervna cerven juna июнь
        июня июн червня
        kesa kesakuu kesakuuta iounios iouniou ioun""",
    "Jul": """july jul juli juillet juil julio luglio lug julho iulie iul julius temmuz tem lipca lipiec lip cervence cervenec jula
        июль июля июл липня
        heina heinakuu heinakuuta ioulios iouliou ioul""",
    "Aug": """august aug aout agosto ago augustus augusti augusztus agustus agu agustos sierpnia sierpien sie srpna srpen augusta
        август августа авг серпня
        elo elokuu elokuuta augoustos augoustou""",
    "Sep": """september sept sep septembre septiembre settembre setembro set septembrie szeptember szept eylul eyl wrzesnia wrzesien
        wrz zari septembra сентябрь сентября сен сент вересня
        syys syyskuu syyskuuta sebtemvrios sebtemvriou sebt seb""",
    "Oct": """october oct oktober okt octobre octubre ottobre ott outubro out octombrie ekim eki pazdziernika pazdziernik paz rijna
        rijen oktobra октябрь октября окт жовтня
        loka lokakuu lokakuuta oktovrios oktovriou""",
    "Nov": """november nov novembre noviembre novembro noiembrie noi kasim kas listopada listopad lis listopadu novembra ноябрь
        ноября ноя нояб листопада
        marras marraskuu marraskuuta noemvrios noemvriou noe""",
    "Dec": """december dec dezember dez decembre diciembre dic dicembre dezembro desember des decembrie aralik ara grudnia grudzien
        gru prosince prosinec decembra декабрь декабря дек грудня
        joulu joulukuu joulukuuta dekemvrios dekemvriou dek""",
}
MONTH_OF = {word: month for month, words in MONTHS.items() for word in words.split()}
NUMBER_OF = {word: k for k, words in enumerate(MONTHS.values(), 1) for word in words.split()}
WEEK_DAYS = """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim lunes martes miercoles jueves viernes sabado domingo
mie jue vie sab lunedi martedi mercoledi giovedi venerdi domenica gio dom
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
mandag tirsdag onsdag torsdag fredag lordag sondag tisdag pazartesi sali carsamba persembe cuma cumartesi pazar
poniedzialek wtorek sroda czwartek piatek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье"""
DAYS = frozenset(WEEK_DAYS.split())  # but for "mar", which is a month in more languages
FILLERS = frozenset(["de", "del", "of", "the", "at", "um", "uhr", "le", "kl", "\u0433", "года", "\u0440", "року"])
# Hours from UTC of the abbreviations that are in use for one zone only, by and large.
ZONES = {
    "utc": "+0000", "gmt": "+0000", "wet": "+0000", "west": "+0100", "bst": "+0100", "cet": "+0100", "cest": "+0200", "mez": "+0100",
    "mesz": "+0200", "eet": "+0200", "eest": "+0300", "msk": "+0300", "est": "-0500", "edt": "-0400", "cst": "-0600", "cdt": "-0500",
    "mst": "-0700", "mdt": "-0600", "pst": "-0800", "pdt": "-0700", "jst": "+0900", "aest": "+1000", "aedt": "+1100",
}  # fmt: skip
ACCENTS = str.maketrans(
    "äáàâãåăąéèêëěęíîï\u0131óôõöøőúùûüůűçčćşșśšğńňřźžżłţțýάαβγδέεζήηίϊΐικλμνξόοπρσςτύϋΰυφώω",  # noqa: RUF001
    "aaaaaaaaeeeeeeiiiioooooouuuuuucccssssgnnrzzzlttyaavgdeeziiiiiiklmnxoobrsstuuuufoo",
    "\u0307",
)  # the dot that is left of a Turkish capital in small letters, too; b for the Greek p, whose p.m. is before noon
WORD = re.compile(r"[^\W\d_]+")
ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
HALF_DAY = re.compile(r"(?<=\d)\s*([ap])\.?m\.?(?![a-z])")
OFFSET = re.compile(r"(?<=[\s:\d])(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?(?=\s|$)")
# 2023年1月3日 5時06分07秒, and the same in Korean
EASTERN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日일])?")
EASTERN_CLOCK = re.compile(r"(\d{1,2})\s?[時时시]\s?(\d{1,2})\s?[分분](?:\s?(\d{1,2})\s?[秒초])?")
QUARTER_WORDS = "(?:q|t|quarter|trimestre|quartal)"
QUARTER_NAME = re.compile(rf"{QUARTER_WORDS}\s?([1-4])|([1-4])(?:\.|st|nd|rd|th)?\s?{QUARTER_WORDS}", re.IGNORECASE)
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
BASES = (
    "%Y-%m", "%d %b %Y", "%b %d %Y", "%Y %b %d", "%d-%b-%Y", "%b %Y", "%Y %b", "%b %d %H:%M:%S %Y", "%d %b %y", "%d/%b/%y", "%d-%b-%y",
    "%d/%b/%Y", "%Y-%m-%d", "%Y/%m/%d", "%I:%M %p", "%I:%M:%S %p", "%I %p", "%H:%M", "%H:%M:%S",
)  # fmt: skip


def part_named(text: object, part: str) -> int | None:
    """Return the number of a month or a quarter that is given by its name, such as ``March`` or ``Q1``; None for anything else."""
    if not isinstance(text, str):
        return None
    if part == "month":
        return NUMBER_OF.get(text.strip().rstrip(".").lower().translate(ACCENTS))
    found = QUARTER_NAME.fullmatch(text.strip()) if part == "quarter" else None
    return int(found[1] or found[2]) if found else None


def has_words(text: str) -> bool:
    """Whether a month, a day, a zone or a half of a day is named in a text that also holds digits, or the signs of an eastern date."""
    if EASTERN.match(text):
        return True
    words = set(WORD.findall(text.lower().translate(ACCENTS)))
    if not words or not any(c.isdigit() for c in text):
        return False
    known = any(word in MONTH_OF or word in ZONES or word in DAYS for word in words)
    return known or "uhr" in words or HALF_DAY.search(text.lower()) is not None


def plain(text: str) -> str:
    """Return a date with English months of three letters, a zone as an offset at its end, and nothing that says no more."""
    text = EASTERN.sub(lambda m: "-".join(part.zfill(2) for part in m.groups() if part), text)
    text = EASTERN_CLOCK.sub(lambda m: " " + ":".join(part.zfill(2) for part in m.groups() if part), text)
    text = text.lower().translate(ACCENTS)
    text = HALF_DAY.sub(lambda m: f" {m[1].upper()}M", ORDINAL.sub(r"\1", text))
    text, zone = _without_offset(text)
    words = []
    for piece in re.split(r"[\s,]+", text):
        name = piece.strip(".")
        if name in ZONES:
            zone = zone or ZONES[name]
        elif name and name not in DAYS and name not in FILLERS:
            words.append(WORD.sub(lambda m: MONTH_OF.get(m[0], m[0]), name))
    return " ".join([*words, *([zone] if zone else [])])


def _without_offset(text: str) -> tuple[str, str]:
    """Part an offset such as ``+01:00`` or ``GMT+1`` from a text that has a time of day before it."""
    found = OFFSET.search(text) if ":" in text else None
    if found is None or ":" not in text[: found.start()]:
        return text, ""
    return text[: found.start()] + " " + text[found.end() :], f"{found[1]}{int(found[2]):02d}{found[3] or '00'}"


def forms(numeric: Sequence[str]) -> Iterator[str]:
    """Yield the forms that plain dates may have; `numeric` are those of days and months in figures, in the order to try them."""
    for base in (*BASES, *numeric):
        for clock in ("",) if "%H" in base or "%I" in base else CLOCKS:
            yield base + clock
            if clock or "%H:%M:%S %Y" in base:
                yield base + clock + " %z"
