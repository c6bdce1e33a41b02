"""
The words of a report: types, sectors, severities, bands of similar incidents and tags.

Lowest floor: closed lists of facts, and their names in every language. Reports, tallies and figures carry
the codes; only pages and feeds show the names. It does not check reports (`warp.report`) and knows no
places (`warp.places`).

Sources: Reference Security Incident Taxonomy v1.3; NIS2 directive, annexes I and II, with MISP's identifiers.
"""

import enum

from warp.names.languages import TABLES, names_in
from warp.names.table import look_up

LANGUAGES: tuple[str, ...] = tuple(TABLES)
"""ISO 639-1 codes of the languages in which every code has a name."""


class Severity(enum.StrEnum):
    """How bad the reporter finds the incident; written from least to worst."""

    UNKNOWN = "unknown"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Similar(enum.StrEnum):
    """How many similar incidents one report stands for."""

    ONE = "1"
    FEW = "2-5"
    SOME = "6-20"
    MANY = "21-100"
    VERY_MANY = "over-100"


TYPES: tuple[str, ...] = (
    "abusive-content/spam",
    "abusive-content/harmful-speech",
    "abusive-content/violence",
    "malicious-code/infected-system",
    "malicious-code/c2-server",
    "malicious-code/malware-distribution",
    "malicious-code/malware-configuration",
    "information-gathering/scanner",
    "information-gathering/sniffing",
    "information-gathering/social-engineering",
    "intrusion-attempts/ids-alert",
    "intrusion-attempts/brute-force",
    "intrusion-attempts/exploit",
    "intrusions/privileged-account-compromise",
    "intrusions/unprivileged-account-compromise",
    "intrusions/application-compromise",
    "intrusions/system-compromise",
    "intrusions/burglary",
    "availability/dos",
    "availability/ddos",
    "availability/misconfiguration",
    "availability/sabotage",
    "availability/outage",
    "information-content-security/unauthorised-information-access",
    "information-content-security/unauthorised-information-modification",
    "information-content-security/data-loss",
    "information-content-security/data-leak",
    "fraud/unauthorised-use-of-resources",
    "fraud/copyright",
    "fraud/masquerade",
    "fraud/phishing",
    "vulnerable/weak-crypto",
    "vulnerable/ddos-amplifier",
    "vulnerable/potentially-unwanted-accessible",
    "vulnerable/information-disclosure",
    "vulnerable/vulnerable-system",
    "other/other",
    "other/undetermined",
    "test/test",
)
"""RSIT's types, written class/type, in RSIT's order."""

TEST_TYPE = "test/test"
"""A report of this type goes the whole way and is never counted."""

CLASSES: tuple[str, ...] = tuple(dict.fromkeys(code.partition("/")[0] for code in TYPES))
"""RSIT's classes, in RSIT's order."""

SECTORS: tuple[str, ...] = (
    "energy",
    "transport",
    "banking",
    "financial",
    "health",
    "drinking-water",
    "waste-water",
    "digital-infrastructure",
    "ict-services",
    "public-administration",
    "space",
    "courier",
    "waste-management",
    "chemical",
    "food",
    "manufacturing",
    "digital-providers",
    "research",
)
"""The sectors of NIS2's annexes, in their order."""

TAGS: tuple[str, ...] = (
    "banking-trojan",
    "botnet",
    "business-email-compromise",
    "credential-stuffing",
    "critical-infrastructure",
    "cross-site-scripting",
    "cryptojacking",
    "data-extortion",
    "defacement",
    "election",
    "fast-flux",
    "infostealer",
    "insider",
    "mobile-malware",
    "ransomware",
    "sextortion",
    "sim-swap",
    "smishing",
    "sql-injection",
    "supply-chain",
    "web-skimming",
    "wiper",
    "zero-day",
)
"""What RSIT has no type for: means, motives and targets. Sorted."""

_TERMS = frozenset((*TYPES, *CLASSES))
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def severity_rank(severity: Severity) -> int:
    """Give 0 for unknown up to 4 for critical."""
    return _RANKS[severity]


def class_of(code: str) -> str:
    """Give the class of a type; a class is its own, and empty (all types) stays empty."""
    return code.partition("/")[0]


def is_term(code: str) -> bool:
    """Say whether it is an RSIT type (class/type) or class."""
    return code in _TERMS


def type_name(code: str, language: str) -> str:
    """
    Give the name of a type or class; empty is all types.

    Raises:
        NoSuchName: not a code of RSIT, or no such language. So do the other names here.
    """
    return look_up(names_in(language).types, code)


def sector_name(code: str, language: str) -> str:
    """Give the name of a sector; empty is the unknown sector."""
    return look_up(names_in(language).sectors, code)


def severity_name(code: str, language: str) -> str:
    """Give the name of a severity."""
    return look_up(names_in(language).severities, code)


def similar_name(code: str, language: str) -> str:
    """Give the name of a band of similar incidents."""
    return look_up(names_in(language).similar, code)


def tag_name(code: str, language: str) -> str:
    """Give the name of a tag."""
    return look_up(names_in(language).tags, code)
