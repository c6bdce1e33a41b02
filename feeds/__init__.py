"""Advisories as Atom and RSS; renders to bytes and neither reads nor writes files."""
