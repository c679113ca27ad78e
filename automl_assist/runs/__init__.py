"""The run folder: layout, whole writes, lock, journal and manifest. Starts in a tenth of a second: standard library only."""

from __future__ import annotations

from automl_assist.runs.files import is_temporary, new_folder, write_bytes, write_json, write_text
from automl_assist.runs.folder import RunFolder, claim, open_run, require_place
from automl_assist.runs.journal import Journal
from automl_assist.runs.manifest import read_manifest, verify_model, write_manifest
from automl_assist.runs.stop import StopFlag

__all__ = [
    "Journal",
    "RunFolder",
    "StopFlag",
    "claim",
    "is_temporary",
    "new_folder",
    "open_run",
    "read_manifest",
    "require_place",
    "verify_model",
    "write_bytes",
    "write_json",
    "write_manifest",
    "write_text",
]
