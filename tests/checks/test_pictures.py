"""Findings about pictures: planted problems are found, and honest pictures have none."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from automl_assist import sources
from automl_assist.checks import CheckContext, find_all
from automl_assist.profile import describe_rows
from automl_assist.schema import Options

WANTED = ("F603", "F701", "F702", "F703", "F704", "F705", "F706")


@pytest.fixture
def folder(tmp_path):
    """Two kinds of noisy pictures, eighty together."""
    rng = np.random.default_rng(0)
    for kind, tilt in (("left", 1), ("right", -1)):
        (tmp_path / "d" / kind).mkdir(parents=True)
        for k in range(40):
            ground = rng.integers(60, 180, 3) + tilt * np.linspace(-50, 50, 40)[None, :, None]
            pixels = np.clip(ground + rng.normal(0, 8, (40, 40, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "d" / kind / f"{k:02}.png")
    return tmp_path / "d"


def found(folder):
    profile, typed, cells = describe_rows(sources.read(str(folder)), Options(target="label"))
    return {f.code: f for f in find_all(CheckContext(profile, cells, typed)) if f.code in WANTED}


def test_honest_pictures_have_no_finding(folder):
    assert found(folder) == {}


def test_planted_problems_are_found(folder):
    (folder / "left" / "text.png").write_text("no picture")
    copy = Image.open(folder / "left" / "03.png")
    copy.save(folder / "right" / "copy.jpg", quality=92)
    copy.resize((80, 80)).save(folder / "left" / "larger.png")
    Image.new("RGB", (40, 40), (3, 3, 3)).save(folder / "left" / "black.png")
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (6, 6, 3), dtype=np.uint8)).save(folder / "left" / "icon.png")
    Image.open(folder / "left" / "07.png").filter(ImageFilter.GaussianBlur(3)).save(folder / "left" / "shaken.png")
    seen = found(folder)
    assert set(seen) == {"F701", "F702", "F703", "F704", "F706"} and "1 picture " in seen["F706"].message
    assert "2 of 85" in seen["F702"].message and "1 of them with another label" in seen["F702"].message
    assert "1 picture " in seen["F701"].message and "1 picture " in seen["F703"].message


def test_pictures_of_one_colour_that_are_all_the_same(folder):
    for path in folder.rglob("*.png"):
        Image.new("RGB", (20, 20), (90, 80, 70)).save(path)
    assert "79 of 80" in found(folder)["F702"].message


def test_pictures_of_twelve_bits_are_not_dark(folder):
    for path in folder.rglob("*.png"):
        Image.fromarray(np.asarray(Image.open(path).convert("L")).astype(np.uint16) * 14).save(path)
    profile, _, _ = describe_rows(sources.read(str(folder)), Options(target="label"))
    assert profile.layout["pictures"]["path"]["white"] == 4_095 and "F703" not in found(folder)


def test_brightness_that_tells_the_label(folder):
    for path in (folder / "left").iterdir():
        pixels = np.asarray(Image.open(path)).astype(int) + 90
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    assert "F705" in found(folder)


def test_addresses_of_pictures(tmp_path):
    rows = [f"https://shop.example/p/{k}.jpg?w=200,{k * 7 % 90},{k % 2}" for k in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["photo,weight,label", *rows]))
    profile, typed, cells = describe_rows(sources.read(str(tmp_path / "t.csv")), Options(target="label"))
    seen = [f for f in find_all(CheckContext(profile, cells, typed)) if f.code == "F707"]
    assert len(seen) == 1 and seen[0].columns == ("photo",) and "100 %" in seen[0].message


def test_pictures_named_without_their_ending_are_told(folder):
    table = folder / "table.csv"
    table.write_text("id,size\n" + "".join(f"{k:02},{k % 7}\n" for k in range(40)))
    profile, typed, cells = describe_rows(sources.read(str(table)), Options(target="size"))
    (hit,) = (f for f in find_all(CheckContext(profile, cells, typed)) if f.code == "F707")
    assert hit.columns == ("id",) and "'left/' before and '.png' behind" in hit.fix
    for name in ("{k}", "words that no file can have as its name " * 20 + "{k}"):
        table.write_text("id,size\n" + "".join(f"{name.format(k=k)},{k % 7}\n" for k in range(100, 140)))
        profile, typed, cells = describe_rows(sources.read(str(table)), Options(target="size"))
        assert not [f for f in find_all(CheckContext(profile, cells, typed)) if f.code == "F707"]


def test_pictures_in_a_folder_beside_their_table_are_told(folder):
    names = [f"{k:02}.png" for k in range(40)]
    table = folder / "table.csv"
    table.write_text("picture,size\n" + "".join(f"{name},{k % 7}\n" for k, name in enumerate(names)))
    profile, typed, cells = describe_rows(sources.read(str(table)), Options(target="size"))
    (hit,) = (f for f in find_all(CheckContext(profile, cells, typed)) if f.code == "F701")
    assert "'left/' before their names" in hit.fix
