"""What a zip archive holds, under the names that its maker gave."""

from __future__ import annotations

import zipfile

SAYS_UTF8 = 0x800  # bit 11 of a member's flags (APPNOTE 4.4.4)


def members_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, which each of them carries from then on; of several of one name the last.

    macOS and Info-ZIP write names in UTF-8 without saying so, and are read as code page 437: those whose bytes are UTF-8 are that.
    """
    found = {}
    for member in archive.infolist():
        if not member.flag_bits & SAYS_UTF8:
            member.filename = _in_utf8(member.filename)
        found[member.filename] = member
    return found


def _in_utf8(name: str) -> str:
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
