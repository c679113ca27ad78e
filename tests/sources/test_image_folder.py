"""A folder of class folders of images."""

import pytest

from automl_assist.errors import AssistError
from automl_assist.sources import read

PNG = b"\x89PNG\r\n\x1a\n"


def put(folder, *paths, content=PNG):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def test_lists_paths_and_labels(workdir):
    put(workdir / "pets", "dog/2.JPG", "cat/b.png", "cat/a.png", "dog/1.jpeg", ".hidden/x.png")
    table = read("pets")
    assert table.frame.to_numpy().tolist() == [
        ["cat/a.png", "cat"],
        ["cat/b.png", "cat"],
        ["dog/1.jpeg", "dog"],
        ["dog/2.JPG", "dog"],
    ]
    assert table.reading.format == "image_folder"
    assert (table.reading.rows, table.reading.size_bytes) == (4, 4 * len(PNG))
    assert table.messages == ()
    assert read("pets/").reading.sha256 == table.reading.sha256


def test_parts_are_read_together(workdir):
    put(workdir / "d", "train/cat/1.png", "train/dog/2.png", "test/cat/3.png")
    table = read("d")
    assert table.frame["label"].tolist() == ["cat", "cat", "dog"]
    assert any("'test'" in a for a in table.reading.assumptions)
    put(workdir / "e", "test/1.png", "train/2.png")
    assert read("e").frame["label"].tolist() == ["test", "train"]


def test_what_is_no_image_is_counted_and_links_are_not_followed(workdir):
    put(workdir / "d", "cat/1.png", "dog/2.png", "dog/notes.txt", "loose.png")
    put(workdir / "d", "dog/nothing.png", content=b"")
    put(workdir, "secret/3.png")
    (workdir / "d" / "linked").symlink_to(workdir / "secret")
    table = read("d")
    assert len(table.frame) == 2
    said = " ".join(m.message for m in table.messages)
    for name in ("notes.txt", "loose.png", "nothing.png", "linked"):
        assert name in said


@pytest.mark.parametrize("paths", [(), ("a.png",), ("one/1.png",), ("a/t.csv", "b/t.csv")])
def test_other_folders_are_refused(workdir, paths):
    (workdir / "d").mkdir()
    put(workdir / "d", *paths)
    with pytest.raises(AssistError) as caught:
        read("d")
    assert (caught.value.code, caught.value.exit_code) == ("E0103", 3)
    assert "folder" in caught.value.what


def test_a_folder_with_tables_names_one(workdir):
    put(workdir / "d", "images/1.png", "images/2.png", "labels.csv")
    put(workdir / "e", "b/t.csv", "a/t.csv")
    several = "2 tables: give one of them, such as 'e/a/t.csv'"
    for folder, said in (("d", "a table: give 'd/labels.csv'"), ("d/", "'d/labels.csv'"), ("e", several)):
        with pytest.raises(AssistError) as caught:
            read(folder)
        assert said in caught.value.help


def test_pictures_in_folders_within_class_folders_belong_to_the_outer_one(workdir):
    put(workdir / "d", "rose/monday/1.png", "rose/friday/2.png", "tulip/monday/3.png")
    table = read("d")
    assert table.frame["label"].tolist() == ["rose", "rose", "tulip"] and any("outer folder" in a for a in table.reading.assumptions)
    put(workdir / "e", "Train_set/a/1.png", "Holdout/b/2.png", "dev/a/3.png")
    assert sorted(read("e").frame["label"]) == ["a", "a", "b"]
    put(workdir / "f", "x/a/1.png", "x/b/1.png", "y/a/1.png", "y/b/1.png")
    with pytest.raises(AssistError, match="class folders") as caught:
        read("f")
    assert "could both be the classes" in caught.value.help
