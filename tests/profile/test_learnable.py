"""What cannot be learnt, told in the words of what was given."""

import pytest

from automl_assist.errors import AssistError
from automl_assist.profile import describe, require_learnable, target_problem
from automl_assist.schema import Options
from automl_assist.sources import read
from tests.profile.tables import table_of


@pytest.mark.parametrize(
    ("classes", "each", "said"), [(3, 1, "holds 3 pictures in 3 class folders"), (12, 1, "most classes have one picture")]
)
def test_a_picture_folder_with_too_few_of_each(tmp_path, classes, each, said):
    image = pytest.importorskip("PIL.Image")
    for k in range(classes):
        (tmp_path / f"class{k}").mkdir()
        for i in range(each):
            image.new("RGB", (8, 8), (20 * k, 0, 9 * i)).save(tmp_path / f"class{k}" / f"{i}.png")
    profile, _ = describe(read(str(tmp_path)), Options())
    code, what, help = target_problem(profile)
    assert code in ("E0302", "E0304") and said in what and "each class folder" in help


def test_a_table_without_pictures_is_no_table_of_pictures():
    options = Options(target="y", modality="image")
    profile, typed = describe(table_of(size=[f"{i}.5" for i in range(60)], y=["p", "q"] * 30), options)
    with pytest.raises(AssistError, match="names pictures") as caught:
        require_learnable(profile, typed, options)
    assert (caught.value.code, caught.value.exit_code) == ("E0306", 4)


@pytest.mark.parametrize(("words", "task"), [(["p", "q"], "binary"), (["p", "q", "r"], "multiclass")])
def test_words_as_an_amount_are_refused_with_the_task_that_fits(words, task):
    options = Options(target="y", task="regression")
    profile, _ = describe(table_of(size=[f"{i}.5" for i in range(60)], y=(words * 30)[:60]), options)
    code, _, help = target_problem(profile)
    assert code == "E0305" and f"--task {task}," in help
