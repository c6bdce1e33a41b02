"""Checks that the five top-level names belong to this distribution alone, in the environment that runs it."""

import importlib.util
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

NAMES = ("warp", "handlers", "storage", "feeds", "keys")

owners = packages_distributions()
for name in NAMES:
    found = importlib.util.find_spec(name)
    where = Path(found.origin or "").resolve() if found else None
    if owners.get(name) != ["warp-point"] or where is None or Path(sys.prefix).resolve() not in where.parents:
        sys.exit(f"{name}: of {owners.get(name)}, in {where}")
print(f"{', '.join(NAMES)}: of warp-point alone")
