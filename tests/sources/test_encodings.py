"""Encodings that are told by the bytes of a text, and lines around its rows in any of them."""

import gzip

import pytest

from automl_assist.sources import read

WORDS = {
    "koi8_r": "Москва Казань красный зелёный большой дешёвый хорошо город улица товар",
    "mac_cyrillic": "Москва Казань красный зелёный большой дешёвый хорошо город улица товар",
    "cp1255": "ירושלים חיפה אדום ירוק כחול גדול קטן שלום בית ספר",
    "cp1254": "İstanbul kırmızı yeşil büyük küçük güzel çirkin şehir ışık ağaç",
    "cp1253": "Αθήνα Θεσσαλονίκη κόκκινο πράσινο μεγάλο μικρό ακριβό πόλη",
    "cp1250": "Praha Plzeň žlutý modrý velký dobrý špatný město zboží příliš kůň",
    "iso8859_2": "Łódź Kraków żółty niebieski duży mały książka źródło święto",
    "cp1257": "Klaipėda Šiauliai žalias mėlynas gražus gatvė ąžuolas didelė",
    "cp1256": "القاهرة الرياض أحمر أخضر كبير صغير رخيص مدينة شارع",
    "cp874": "กรุงเทพ เชียงใหม่ แดง เขียว ใหญ่ เล็ก เมือง ถนน",
    "cp850": "München Köln groß günstig schön hässlich Straße Mädchen",
    "euc_jp": "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 大阪 東京",
    "iso2022_jp": "東京 大阪 名古屋 カメラ テレビ お客様",
    "cp1252": "Genève Orléans élevé être très château forêt œuvre",
}


@pytest.mark.parametrize("encoding", WORDS)
def test_words_of_a_language_tell_their_encoding(tmp_path, encoding):
    words = WORDS[encoding].split()
    text = "id,word,y\n" + "".join(f"{i},{words[i % len(words)]} {words[i * 7 % len(words)]},{i % 2}\n" for i in range(30))
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    table = read(str(tmp_path / "t.csv"))
    assert {word for cell in table.frame["word"] for word in cell.split()} == set(words)
    assert any(encoding in said for said in table.reading.assumptions)


ROWS = "".join(f"é{i},{i * 7 % 50},{i}.5,{'ab'[i % 2]}\n" for i in range(40))
MARGINS = f"næme,x,z,y\n,[kg],[m],\n{ROWS}Total,3000,3000,\n\nSource: our office\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("packed", [False, True])
def test_lines_around_the_rows_are_left_out_in_any_encoding(tmp_path, encoding, packed):
    data = MARGINS.encode(encoding)
    path = tmp_path / ("t.csv.gz" if packed else "t.csv")
    path.write_bytes(gzip.compress(data) if packed else data)
    table = read(str(path))
    assert len(table.frame) == 40 and table.reading.encoding == encoding
    assert "lines 2, 43, 45" in next(m.message for m in table.messages if m.code == "W0119").replace(", 44", "")
    few = tmp_path / "few.csv"
    few.write_text("næme,x,z,y\né1,4,2.5,a\né2,5,2.5,a\né3,6,2.5,b\nTotal,15,7.5,\nSource: our office\n")
    assert len(read(str(few), like=table.reading).frame) == 3


def test_a_row_whose_first_word_is_total_is_a_row(tmp_path):
    (tmp_path / "t.csv").write_text("film,year,y\n" + "".join(f"film {i},{1950 + i},a\n" for i in range(40)) + "Total Recall,1990,b\n")
    assert len(read(str(tmp_path / "t.csv")).frame) == 41
