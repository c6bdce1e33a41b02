"""
The libraries that the browser uses against this package, both ways, without a server.

Needs Node 20 and `npm ci` in tests/node. Without them these tests are skipped; if WARP_REQUIRE_ALL is 1, they
fail.
"""

import hashlib
import random
import secrets

import pytest

from keys import age, envelope, narrative, tokens
from keys.age import Identity
from keys.envelope import Content
from keys.hybrid import HybridKey
from keys.narrative import Narrative
from keys.tokens import IssuerKey, VerifyKey
from tests.interop import NodeRefused, call, data, need_node, text

RANDBYTES = random.Random(1).randbytes
KEY = HybridKey.generate(RANDBYTES)
ROOT = RANDBYTES(32)
COORDINATORS = [Identity.generate(RANDBYTES) for _ in range(2)]
RECIPIENTS = [identity.recipient.to_string() for identity in COORDINATORS]
NARRATIVE = Narrative(
    "Un cargador, firmado. ✓", "es-419", HybridKey.generate(RANDBYTES).public, RANDBYTES(16)
)
ISSUER_NAME = "warp.example"


@pytest.fixture(scope="module")
def node():
    """Gives a call of one of the commands of interop.mjs."""
    need_node()
    return call


def narrative_fields(recipients):
    return {
        "text": NARRATIVE.text,
        "language": NARRATIVE.language,
        "reply_key": text(NARRATIVE.reply_key),
        "thread": text(NARRATIVE.thread),
        "recipients": recipients,
    }


def test_both_sides_make_the_same_keys_of_a_seed(node):
    identity = Identity(KEY)
    assert node("public", seed=text(KEY.seed)) == {
        "public": text(KEY.public),
        "recipient": identity.recipient.to_string(),
        "identity": identity.to_string(),
    }


def test_tokens_asked_for_by_node_are_signed_and_verify_here(node):
    issuers = [IssuerKey.generate() for _ in range(2)]
    order = [issuers[0], issuers[1], issuers[1]]
    asked = node("bundle", issuer=ISSUER_NAME, keys=[text(issuer.public) for issuer in order])
    responses = [
        issuer.blind_sign(data(request)) for issuer, request in zip(order, asked["requests"], strict=True)
    ]
    made = node("finalize", pending=asked["pending"], responses=[text(response) for response in responses])
    for issuer, token in zip(order, made["tokens"], strict=True):
        key = VerifyKey.from_spki(issuer.public)
        tokens.verify(data(token), key, tokens.challenge_digest(ISSUER_NAME))


def test_node_refuses_an_answer_to_another_request(node):
    issuer = IssuerKey.generate()
    asked = node("bundle", issuer=ISSUER_NAME, keys=[text(issuer.public)])
    with pytest.raises(NodeRefused):
        node("finalize", pending=asked["pending"], responses=[text(issuer.blind_sign(b"\x01" * 256))])


def test_node_finalizes_a_request_that_was_made_here(node):
    issuer = IssuerKey.generate()
    key = VerifyKey.from_spki(issuer.public)
    pending = tokens.blind(key, tokens.challenge_digest(ISSUER_NAME), secrets.token_bytes)
    response = issuer.blind_sign(tokens.request(pending, key))
    token = tokens.finalize(pending, key, response)
    inverse = pow(int.from_bytes(pending.blind, "big"), -1, int(key.numbers.n)).to_bytes(256, "big")
    stored = {"key": text(key.spki), "input": text(tokens.token_input(token)), "inverse": text(inverse)}
    assert node("finalize", pending=[stored], responses=[text(response)]) == {"tokens": [text(token)]}


def test_an_envelope_sealed_by_node_opens_here(node):
    token, facts = RANDBYTES(354), b'{"place":"CL"}'
    answer = node(
        "seal",
        report_key=text(KEY.public),
        root=text(ROOT),
        token=text(token),
        facts=text(facts),
        narrative=narrative_fields(RECIPIENTS),
    )
    content = envelope.unpack(envelope.open_sealed(data(answer["envelope"]), KEY, ROOT))
    assert content.token == token
    assert content.facts == facts
    for identity in COORDINATORS:
        assert narrative.open_sealed(content.narrative, [identity]) == NARRATIVE


def test_an_envelope_sealed_here_is_opened_and_read_by_node(node):
    sealed = narrative.seal(NARRATIVE, RECIPIENTS, RANDBYTES)
    content = Content(RANDBYTES(354), b"{}", sealed)
    envelope_bytes = envelope.seal(envelope.pack(content), KEY.public, ROOT)
    opened = node("open", seed=text(KEY.seed), root=text(ROOT), envelope=text(envelope_bytes))
    assert opened == {"token": text(content.token), "facts": text(b"{}"), "narrative": text(sealed)}
    for identity in COORDINATORS:
        found = node("read", file=opened["narrative"], identity=identity.to_string())
        assert found | {"recipients": RECIPIENTS} == narrative_fields(RECIPIENTS)


def test_node_refuses_an_envelope_for_another_server(node):
    content = Content(bytes(354), b"{}", bytes(envelope.NARRATIVE_SIZE))
    sealed = envelope.seal(envelope.pack(content), KEY.public, ROOT)
    with pytest.raises(NodeRefused):
        node("open", seed=text(KEY.seed), root=text(bytes(32)), envelope=text(sealed))


@pytest.mark.parametrize("recipients", [1, 4])
def test_a_narrative_of_full_length_by_node_is_read_here(node, recipients):
    everyone = (RECIPIENTS * 2)[:recipients]
    full = narrative_fields(everyone) | {"text": "ñ" * (narrative.room(recipients) // 2)}
    file = data(node("narrate", **full)["file"])
    assert len(file) == narrative.SIZE
    assert narrative.open_sealed(file, COORDINATORS[:1]).text == full["text"]


@pytest.mark.parametrize("size", [0, 65_536, 200_000])
def test_age_files_of_several_chunks_are_read_by_the_other_side(node, size):
    plaintext = RANDBYTES(size)
    theirs = data(node("encrypt", plaintext=text(plaintext), recipients=RECIPIENTS)["file"])
    ours = age.encrypt(plaintext, [identity.recipient for identity in COORDINATORS], RANDBYTES)
    assert len(theirs) == len(ours)
    assert age.decrypt(theirs, COORDINATORS[1:]) == plaintext
    opened = node("decrypt", file=text(ours), identity=COORDINATORS[1].to_string())
    assert data(opened["plaintext"]) == plaintext


def test_node_reads_the_age_vectors_as_we_do(node, read_vectors):
    vectors = read_vectors("age")
    answers = node("decrypt", [{"file": text(v.body), "identity": v["identity"]} for v in vectors])
    for vector, answer in zip(vectors, answers, strict=True):
        if vector.expect == "success":
            plaintext = data(answer["plaintext"])
            assert hashlib.sha256(plaintext).hexdigest() == vector["plaintext_sha256"]
        else:
            assert "error" in answer, vector.name


def test_node_reads_the_narrative_vectors_as_we_do(node, read_vectors):
    vectors = read_vectors("narrative")
    answers = node("read", [{"file": text(v.body), "identity": v["identity"]} for v in vectors])
    for vector, answer in zip(vectors, answers, strict=True):
        if vector.expect == "success":
            assert hashlib.sha256(answer["text"].encode()).hexdigest() == vector["text_sha256"]
            assert answer["thread"] == text(vector.hex("thread"))
        else:
            assert "error" in answer, vector.name


def test_node_opens_the_envelope_vectors_as_we_do(node, read_vectors):
    vectors = [vector for vector in read_vectors("envelope") if vector["operation"] == "open"]
    cases = [
        {"seed": text(v.hex("seed")), "root": text(v.hex("root")), "envelope": text(v.body)} for v in vectors
    ]
    for vector, answer in zip(vectors, node("open", cases), strict=True):
        assert ("error" in answer) == (vector.expect != "success"), vector.name
