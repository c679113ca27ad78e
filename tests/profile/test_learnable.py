"""What cannot be learnt, told in the words of what was given."""

import pytest

from automl_assist.profile import describe, target_problem
from automl_assist.schema import Options
from automl_assist.sources import read


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
