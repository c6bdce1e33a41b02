"""
Formats for machines: the table that publication writes each advisory's documents by.

A format is a function in a module of its own, and a line here. Its documents stand beside the twins. A new
one must ask `entry.public_times` whether an advisory may be published in this tree, as they do.
"""

from collections.abc import Callable, Mapping

from feeds import twin
from feeds.entry import Site
from warp.advisory import Advisory

Renderer = Callable[[Advisory, Site], bytes]
"""Gives a published advisory's document; the same input gives the same bytes. Raises `NotPublicError`."""
MACHINE_FORMATS: Mapping[str, Renderer] = {"json": twin.twin}
"""End of the file's name to what renders it; for the current version and for each one before."""
