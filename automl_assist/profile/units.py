"""Units of time, mass, length, volume, storage and frequency: what each is worth, and how it is written."""

from __future__ import annotations

DAY, YEAR = 86_400.0, 365.25 * 86_400
SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": DAY, "week": 7 * DAY, "month": YEAR / 12, "year": YEAR}
GRAMS = {"µg": 1e-6, "mg": 0.001, "g": 1.0, "oz": 28.349523125, "lb": 453.59237, "kg": 1000.0, "t": 1e6}
METRES = {"mm": 0.001, "cm": 0.01, "in": 0.0254, "ft": 0.3048, "yd": 0.9144, "m": 1.0, "km": 1000.0, "mi": 1609.344}
LITRES = {"µl": 1e-6, "ml": 0.001, "cl": 0.01, "dl": 0.1, "l": 1.0}
BYTES = {"B": 1.0, "kB": 1e3, "KiB": 2.0**10, "MB": 1e6, "MiB": 2.0**20, "GB": 1e9, "GiB": 2.0**30, "TB": 1e12, "TiB": 2.0**40}
HERTZ = {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9}
QUANTITIES = (SECONDS, GRAMS, METRES, LITRES, BYTES, HERTZ)
# in lower case, in English, German, French, Spanish, Italian and Portuguese
SPELLINGS = {
    "ms": "ms msec milliseconds",
    "s": "s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos",
    "min": "min mins minute minutes minuten minuto minutos minuti",
    "h": "h hr hrs hour hours std stunde stunden heure heures hora horas ore",
    "d": "d day days tag tage tagen jour jours dia dias día días giorni",
    "week": "w wk wks week weeks woche wochen semaine semaines semana semanas",
    "month": "mo mos mon month months monat monate monaten mois mes meses",
    "year": "y yr yrs year years jahr jahre jahren an ans año años",
    "µg": "µg \u03bcg ug mcg",  # the sign for micro, and the Greek letter
    "mg": "mg",
    "g": "g gr gram grams gramm",
    "oz": "oz ounce ounces",
    "lb": "lb lbs pound pounds",
    "kg": "kg kgs kilo kilos kilogram kilograms",
    "t": "t tonne tonnes",
    "mm": "mm",
    "cm": "cm",
    "in": "in inch inches",
    "ft": "ft foot feet",
    "yd": "yd yard yards",
    "m": "m meter meters metre metres",  # beside other units of time a minute or a month
    "km": "km",
    "mi": "mi mile miles",
    "µl": "µl \u03bcl ul",
    "ml": "ml",
    "cl": "cl",
    "dl": "dl",
    "l": "l liter liters litre litres",
    "B": "b byte bytes",
    "kB": "kb",
    "KiB": "kib",
    "MB": "mb",
    "MiB": "mib",
    "GB": "gb",
    "GiB": "gib",
    "TB": "tb",
    "TiB": "tib",
    "Hz": "hz",
    "kHz": "khz",
    "MHz": "mhz",
    "GHz": "ghz",
}
UNIT_OF = {word: unit for unit, words in SPELLINGS.items() for word in words.split()}
WORTH = tuple({word: size for unit, size in sizes.items() for word in SPELLINGS[unit].split()} for sizes in QUANTITIES)
LONG_WORDS = {
    "ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "d": "days", "week": "weeks", "month": "months", "year": "years",
}  # fmt: skip
