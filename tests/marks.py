"""A search for values in files, in every form in which a value can be written down."""

import base64
from collections.abc import Mapping


def forms(value: bytes) -> set[bytes]:
    """Give the ways to write a value down; base64 at each of its three places in a longer text."""
    found = {value, value[::-1], value.hex().encode(), value.hex().upper().encode()}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + value)
        middle = whole[-(-shift * 8 // 6) : len(whole) - 4]
        found |= {middle, middle.replace(b"+", b"-").replace(b"/", b"_")}
    spelt = value.decode("latin-1")
    return found | {spelt.encode("utf-16-le"), spelt.encode("utf-16-be"), spelt.encode("utf-8")}


def holders(files: Mapping[str, bytes], value: bytes) -> set[str]:
    """Give the names of the files that hold a value in any form."""
    wanted = forms(value)
    return {name for name, content in files.items() if any(form in content for form in wanted)}
