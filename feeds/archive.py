"""
The archive: all figures in one file, with the hash of each.

Beside `feeds.figures`. The same files give the same bytes: no clock, no system, no order of a file system.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping

from feeds.figures import FOLDER

PATH = f"{FOLDER}/archive.zip"
SUMS = "SHA256SUMS"

_ZIPS_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_NO_SYSTEM = 0
"""MS-DOS: the only system whose members carry neither owner nor mode."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """
    Give a ZIP file of files, with a list of their hashes that `sha256sum --check` reads.

    Args:
        files: Name to content.
    """
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ((SUMS, sums.encode()), *((name, files[name]) for name in sorted(files))):
            member = zipfile.ZipInfo(name, _ZIPS_FIRST_DAY)
            member.create_system = _NO_SYSTEM
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
