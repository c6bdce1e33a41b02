"""The rules of publication in plain words: complete in every language, with the numbers of the policy."""

import re

import pytest

from feeds import ladder
from feeds.words import WORDS
from warp.policies import Name, OfPlace, OfType, Policy
from warp.weeks import Span


def test_every_word_is_there_in_every_language() -> None:
    assert set(ladder.LADDERS) == set(WORDS)
    for words in ladder.LADDERS.values():
        assert set(words.types) == set(OfType)
        assert set(words.places) == set(OfPlace)
        assert set(words.spans) == set(Span)
        assert set(words.names) == set(words.why) == set(Name)


@pytest.mark.parametrize("language", ladder.LADDERS)
@pytest.mark.parametrize("preset", Name)
def test_a_sentence_for_each_step_has_its_four_numbers(preset: Name, language: str) -> None:
    policy = Policy(preset=preset)
    for sentence, step in zip(ladder.sentences(policy, language), policy.steps, strict=True):
        reports, members = policy.needs(step)
        assert [int(number) for number in re.findall("[0-9]+", sentence)] == [
            reports[0],
            members[0],
            reports[-1],
            members[-1],
        ]


def test_the_terms_follow_the_policy() -> None:
    said = " ".join(ladder.terms(Policy(preset=Name.CAUTIOUS, reports=6, places=4, types=3), "en"))
    assert "“at least 6”, 12, 24, 48" in said
    assert "at most 3 times as many reports as it surely has members" in said
    assert "first report of one class in one week. There may be many more" in said
    assert "n reports of one member by up to n times as much" in said
    assert "at least 4 of them" in said
    assert "at least 3 types" in said
    assert "at most 10 percentage points" in said
