"""Write the rule reference again: ``python -m automl_assist.rules``."""

from __future__ import annotations

from pathlib import Path

from automl_assist.rules._reference import reference

Path(__file__).with_name("REFERENCE.md").write_text(reference(), "utf-8")
