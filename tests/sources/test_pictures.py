"""Decoding: every mode of pixels, odd and hostile files, names that lead elsewhere."""

import io
import os
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from automl_assist.errors import AssistError
from automl_assist.sources import Shape, read, read_pictures, white_of
from automl_assist.sources._pictures import PictureError, decode

SMALL = Shape(8, 8, 3)


def file_of(image, format="PNG", **more):
    out = io.BytesIO()
    image.save(out, format, **more)
    return out.getvalue()


def halves(mode="RGB", left=(250, 0, 0), right=(0, 0, 250)):
    """A picture 20 wide and 10 high, red on the left and blue on the right."""
    image = Image.new("RGB", (20, 10), left)
    image.paste(right, (10, 0, 20, 10))
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["RGB", "P", "CMYK", "YCbCr"])
def test_colours_survive_every_mode(mode):
    data = file_of(halves(mode), "JPEG" if mode in ("CMYK", "YCbCr") else "PNG")
    pixels, header = decode(data, SMALL)
    assert (header.height, header.width, pixels.shape, pixels.dtype) == (10, 20, (8, 8, 3), np.uint8)
    assert pixels[4, 1, 0] > 200 > 90 > pixels[4, 1, 2] and pixels[4, 6, 2] > 200


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "I", "F"])
def test_grey_of_any_depth(mode):
    ramp = np.tile(np.linspace(0, 1, 16), (16, 1))
    made = {
        "1": Image.fromarray(ramp > 0.5),
        "L": Image.fromarray((ramp * 255).astype(np.uint8)),
        "I;16": Image.fromarray((ramp * 65_535).astype(np.uint16)),
        "I": Image.fromarray((ramp * 60_000).astype(np.int32)),
        "F": Image.fromarray(ramp.astype(np.float32)),
    }[mode]
    pixels, _ = decode(file_of(made, "TIFF"), Shape(16, 16, 1))
    assert pixels[0, 0, 0] < 30 and pixels[0, -1, 0] > 210 and (np.diff(pixels[5, :, 0].astype(int)) >= 0).all()


def test_all_pictures_of_sixteen_bits_have_one_white():
    ramp = np.tile(np.linspace(0, 3_000, 16), (16, 1)).astype(np.uint16)  # of a camera of twelve bits
    for values, white in ((ramp, 3_000), (ramp // 20, 150)):
        pixels, header = decode(file_of(Image.fromarray(values), "TIFF"), Shape(16, 16, 1, white=white_of(3_000)))
        assert header.brightest == white and abs(int(pixels.max()) - white * 255 / 4_095) < 1
    assert [white_of(n) for n in (3, 255, 256, 4_095, 40_000)] == [255, 255, 511, 4_095, 65_535]
    assert decode(file_of(halves()), SMALL)[1].brightest == 0


def test_transparency_shows_white_and_the_first_frame_counts():
    clear = Image.new("RGBA", (9, 9), (255, 0, 0, 0))
    assert decode(file_of(clear), SMALL)[0].min() == 255
    frames = [Image.new("RGB", (9, 9), c) for c in ((0, 200, 0), (200, 0, 0))]
    moving = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode(moving, SMALL)[0][4, 4].argmax() == 1


def test_cameras_held_sideways_are_turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    pixels, header = decode(file_of(halves(), "JPEG", exif=exif, quality=95), SMALL)
    assert (header.height, header.width) == (20, 10)
    assert pixels[1, 4, 0] > 200 and pixels[6, 4, 2] > 200, "left becomes top"


def test_padding_keeps_the_proportions():
    pixels, _ = decode(file_of(halves(left=(0, 0, 0), right=(0, 0, 0))), Shape(8, 8, 3, "pad"))
    assert pixels.max() == 0, "the border has the colour of the picture's edge"
    square = halves(left=(0, 0, 0), right=(255, 255, 255))
    padded, _ = decode(file_of(square), Shape(8, 8, 1, "pad"))
    assert len(np.unique(padded[0])) == 1 and len(np.unique(padded[3])) > 1


def huge(width, height):
    """A picture of a few bytes whose header promises more pixels than fit anywhere."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"just words", "no picture"),
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (file_of(halves(), "JPEG")[:300], "cut short"),
        (file_of(halves())[:60], "cut short"),
        (huge(60_000, 60_000), "too many pixels"),
    ],
)
def test_what_cannot_be_decoded_says_why(data, why):
    with pytest.raises(PictureError, match=why):
        decode(data, SMALL)
    assert decode(file_of(Image.new("L", (1, 1))), SMALL)[0].shape == (8, 8, 3)


def test_unreadable_ones_are_counted_and_names_stay_inside(tmp_path):
    inside = tmp_path / "data"
    inside.mkdir()
    (inside / "a b ü.png").write_bytes(file_of(halves()))
    (tmp_path / "secret.png").write_bytes(file_of(halves()))
    (inside / "text.png").write_text("no")
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    found = read_pictures(inside, ["a b ü.png", "text.png", "gone.png", None, str(inside / "a b ü.png")], SMALL)
    assert found.there.tolist() == [True, False, False, False, True]
    assert found.why == {"no picture": 1, "not named": 1, "not there": 1}
    found = read_pictures(inside, [" ./a b ü.png ", "https://a.example/a.png"], SMALL)
    assert found.there.tolist() == [True, False] and found.why == {"at a web address, which is not opened": 1}
    (inside / "folder.png").mkdir()
    os.mkfifo(inside / "pipe.png")  # whoever opens it waits for a writer
    assert read_pictures(inside, ["folder.png", "pipe.png"], SMALL).why == {"a folder, a pipe or a device": 2}
    for name in ("../secret.png", " ../secret.png ", str(tmp_path / "secret.png"), "link.png", "/etc/passwd", "a\0b.png"):
        with pytest.raises(AssistError) as caught:
            read_pictures(inside, ["a b ü.png", name], SMALL)
        assert (caught.value.code, caught.value.exit_code) == ("E0117", 3)
        assert not read_pictures(inside, [name], SMALL, strict=False).there.any()


def packed(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return str(path)


def test_archives_are_read_without_unpacking(tmp_path):
    picture = file_of(halves())
    path = packed(tmp_path / "pets.zip", **{"pets/cat/1.png": picture, "pets/dog/2.png": picture, "__MACOSX/pets/cat/._1.png": b"x"})
    table = read(path)
    assert table.frame.to_numpy().tolist() == [["pets/cat/1.png", "cat"], ["pets/dog/2.png", "dog"]]
    assert read_pictures(tmp_path / "pets.zip", table.frame["path"].tolist(), SMALL).there.all()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pets.zip"]


def test_names_in_archives_are_utf8_though_nothing_says_so(tmp_path):
    names = ["圆/é 1.png", "✓/2.png", "plain/3.png"]
    path = packed(tmp_path / "a.zip", **dict.fromkeys(names, file_of(halves())))
    data = (tmp_path / "a.zip").read_bytes()
    for head, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):  # the high byte of each member's flags, as Info-ZIP leaves it
        parts = data.split(head)
        data = head.join([parts[0], *(part[: place - 4] + b"\0" + part[place - 3 :] for part in parts[1:])])
    (tmp_path / "a.zip").write_bytes(data)
    table = read(path)
    assert (table.frame["path"].tolist(), table.frame["label"].tolist()) == (sorted(names), ["plain", "✓", "圆"])
    assert read_pictures(tmp_path / "a.zip", names, SMALL).there.all()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"cat/1.png": b"x", "../dog/2.png": b"x"}, "E0117"),
        ({"cat/1.png": b"x", "/dog/2.png": b"x"}, "E0117"),
        ({"cat/1.png": b"\0" * 150_000_000, "dog/2.png": b"x"}, "E0118"),
        ({"cat/1.png": b"x"}, "E0103"),
        ({"table.csv": b"a,b", "other.csv": b"a,b"}, "E0106"),
    ],
)
def test_hostile_and_other_archives_are_refused(files, code, tmp_path):
    with pytest.raises(AssistError) as caught:
        read(packed(tmp_path / "a.zip", **files))
    assert (caught.value.code, caught.value.exit_code) == (code, 3)


def test_a_model_reads_folders_without_labels(tmp_path):
    picture = file_of(halves())
    for name in ("cat/1.png", "dog/2.png"):
        (tmp_path / "old" / name).parent.mkdir(parents=True)
        (tmp_path / "old" / name).write_bytes(picture)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "x <script>.png").write_bytes(picture)
    like = read(str(tmp_path / "old")).reading
    assert read(str(tmp_path / "new"), like=like).frame.to_numpy().tolist() == [["x <script>.png", None]]
    with pytest.raises(AssistError):
        read(str(tmp_path / "new"))


def test_names_with_the_backslashes_of_windows_are_found(tmp_path):
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "a.png").write_bytes(file_of(halves()))
    assert read_pictures(tmp_path, ["pics\\a.png"], SMALL).there.all()
    with pytest.raises(AssistError, match="outside"):
        read_pictures(tmp_path, ["..\\..\\etc\\passwd"], SMALL)


def test_names_in_other_letters_are_found_where_one_file_alone_is_meant(tmp_path):
    for folder in ("Pics", "twice", "TWICE"):
        (tmp_path / folder).mkdir()
    for name in ("Pics/Frog.PNG", "twice/a.png", "TWICE/b.png"):
        (tmp_path / name).write_bytes(file_of(halves()))
    names = ["pics/frog.png", "PICS\\FROG.png", "Pics/Frog.PNG", "pics/toad.png", "twice/a.png", "Twice/a.png", "pics/frog.png/x.png"]
    assert read_pictures(tmp_path, names, SMALL).there.tolist() == [True, True, True, False, True, False, False]
    with pytest.raises(AssistError, match="outside"):
        read_pictures(tmp_path, ["PICS/../../frog.png"], SMALL)
