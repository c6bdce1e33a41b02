"""Our vectors against the files that their figures were taken from, where those are at hand."""

import json
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "vectors"


def cases_of(name):
    path = SHARED / name
    if not path.is_file():
        pytest.skip("the shared vector files are not on this machine")
    return json.loads(path.read_text("utf-8"))


def number(text):
    return int(text, 16) if text else 0


def test_the_blind_signature_vectors_are_the_shared_ones(read_vectors):
    ours = {vector["source"].split()[-1]: vector for vector in read_vectors("blindrsa") if "source" in vector}
    pairs = {
        "p": "p",
        "q": "q",
        "e": "e",
        "input_msg": "message",
        "inv": "inverse",
        "blinded_msg": "blinded",
        "blind_sig": "blind_signature",
        "sig": "signature",
    }
    theirs = cases_of("rfc9474.json")
    assert len(theirs) == len(ours) == 4
    for case in theirs:
        vector = ours[case["name"]]
        assert len(vector.hex("salt")) == number(case["sLen"])
        assert number(vector["salt"]) == number(case["salt"])
        for shared_name, name in pairs.items():
            assert vector.number(name) == number(case[shared_name])


def test_the_token_vectors_are_the_shared_ones(read_vectors):
    ours = {vector["token"]: vector for vector in read_vectors("tokens") if "source" in vector}
    pairs = {
        "pkS": "public_key",
        "token_challenge": "challenge",
        "nonce": "nonce",
        "salt": "salt",
        "blind": "blind",
        "token_request": "request",
        "token_response": "response",
    }
    theirs = cases_of("rfc9578-type2.json")
    assert len(theirs) == len(ours) == 5
    for case in theirs:
        for shared_name, name in pairs.items():
            assert ours[case["token"]][name] == case[shared_name]
