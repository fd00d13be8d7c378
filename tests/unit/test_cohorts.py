"""The text of a cohort: what it may say, what is the same, and what is told of everything else."""

from datetime import date
from random import Random

import pytest

from ecosphere.cohorts import exports, parse, sentence
from ecosphere.cohorts.terms import EXAMPLE, EXAMPLES, FORMS
from ecosphere.model import Problem
from ecosphere.text import Text
from tests.spec.cohort_trees import a_cohort, written

AS_OF = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "same"),
    {
        "active()": "active()",
        " active( ) ": "active()",
        "active(days=1, definition=any_scene)": "active()",  # as it is by default
        "active(to=2025-3,from=2025-01)": "active(from=2025-01, to=2025-03)",
        "active(partner=b,partner=a,partner=b)": "active(partner=a, partner=b)",
        "active(days = 3 , channel=app, scene=food)": "active(scene=food, channel=app, days=3)",
        "active(from=-12, to=0)": "active(from=-12, to=0)",
        "holds(wealth)": "holds(wealth)",
        "holds(category=wealth)": "holds(wealth)",
        "holds(month=2026-1, wealth)": "holds(wealth, month=2026-01)",
        "tier(moved=up) and active()": "active() and tier(moved=up)",
        "active() and (tier(moved=up) and active())": "active() and tier(moved=up)",
        "((active()))": "active()",
        "not not active()": "active()",
        "not (not active())": "active()",
        "not (tier(moved=up) or active())": "not (active() or tier(moved=up))",
        "holds(b) or active() and holds(a)": "active() and holds(a) or holds(b)",
        "(holds(b) or active()) and holds(a)": "(active() or holds(b)) and holds(a)",
        'active(partner="a, b")': 'active(partner="a, b")',
        'active(partner="a""b")': 'active(partner="a""b")',
        'active(partner="plain")': "active(partner=plain)",
        "active(partner=\u7f8e\u56e2)": "active(partner=\u7f8e\u56e2)",
        "active\uff08partner\uff1da\uff0cdays\uff1d2\uff09": "active(partner=a, days=2)",
        "holds(and)": "holds(and)",
    }.items(),
)
def test_texts_that_say_the_same_are_one_text(text: str, same: str) -> None:
    assert str(parse(text)) == same
    assert parse(text) == parse(same)


def test_cohorts_that_differ_have_different_texts() -> None:
    texts = (
        "active()", "not active()", "active(days=2)", "active(partner=a)", "active(scene=a)",
        "active(from=0)", "active(to=0)", "silent(since=0)", "sourced(partner=a)", "holds(a)",
        "holds(a, month=0)", "tier(moved=up)", "tier(moved=down)", "active() or holds(a)",
        "active() and holds(a)", "holds(a) and (holds(b) or holds(c))",
        "holds(a) and holds(b) or holds(c)",
    )  # fmt: skip
    assert len({str(parse(text)) for text in texts}) == len(texts)


@pytest.mark.parametrize("seed", range(300))
def test_a_random_cohort_is_read_from_its_own_text(seed: int) -> None:
    random = Random(seed)
    text = written(a_cohort(random, depth=4))
    cohort = parse(text)
    assert parse(str(cohort)) == cohort
    assert str(parse(str(cohort))) == str(cohort)
    assert str(parse(text.replace(" ", "   "))) == str(cohort)


@pytest.mark.parametrize("example", [EXAMPLE, *EXAMPLES.values()])
def test_the_examples_of_messages_are_cohorts(example: str) -> None:
    assert parse(str(parse(example))) == parse(example)
    assert set(EXAMPLES) == set(FORMS)


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("", "cohort_unfinished", "active"),
        ("   ", "cohort_unfinished", "active"),
        ("active", "cohort_unfinished", "("),
        ("active(", "cohort_unfinished", "a"),
        ("active(partner", "cohort_unfinished", "="),
        ("active(partner=", "cohort_unfinished", "a"),
        ("active(partner=a", "cohort_unfinished", ","),
        ("active() and", "cohort_unfinished", "not"),
        ("(active()", "cohort_unfinished", ")"),
        ("active())", "cohort_syntax", "and"),
        ("active() active()", "cohort_syntax", "and"),
        ("active() xor active()", "cohort_syntax", "and"),
        ("was_there()", "cohort_syntax", "sourced"),
        ('"active"()', "cohort_syntax", "active"),
        ("active(partner=a partner=b)", "cohort_syntax", ","),
        ("active(,)", "cohort_syntax", "a"),
        ("active(partner==a)", "cohort_syntax", "a"),
        ("active(meituan)", "cohort_syntax", "="),
        ('active(partner="a)', "cohort_syntax", "a"),
        ("; drop table person", "cohort_syntax", "active"),
        ("active(since=0)", "cohort_unknown_key", "from"),
        ("holds(a, b)", "cohort_repeated", ""),
        ("active(from=0, from=-1)", "cohort_repeated", ""),
        ("holds()", "cohort_incomplete", ""),
        ("silent(partner=a)", "cohort_incomplete", ""),
        ("tier(from=0)", "cohort_incomplete", ""),
        ('active(partner="")', "cohort_value", "…"),
        ("active(days=0)", "cohort_value", "1"),
        ("active(days=1.5)", "cohort_value", "1"),
        ("active(days=\u0663)", "cohort_value", "1"),
        ("active(definition=paid)", "cohort_value", "transacted"),
        ("active(from=2025-13)", "cohort_value", "YYYY-MM"),
        ("active(from=+1)", "cohort_value", "YYYY-MM"),
        ("active(from=1)", "cohort_value", "YYYY-MM"),
        ("active(from=20\u00b25-01)", "cohort_value", "YYYY-MM"),
        ("tier(moved=sideways)", "cohort_value", "up, down"),
        (f"active(partner={'a' * 2_000})", "cohort_too_long", ""),
        (f"{'(' * 40}active(){')' * 40}", "cohort_too_deep", ""),
        (f"{'not ' * 41}active()", "cohort_too_deep", ""),
    ],
)
def test_what_cannot_be_read_is_told_with_what_can(text: str, key: str, told: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(text)
    assert refused.value.key == key
    for language in ("en", "zh"):
        words = Text(language).problem(refused.value)
        assert told in words
        assert key.startswith("cohort_too") or "active(" in words or "(" in words


def test_a_cohort_has_a_sentence_in_both_languages() -> None:
    cohort = parse(
        "active(partner=mt, partner=dd, channel=app, days=3, definition=transacted, from=-2, to=0)"
        " and not holds(wealth, month=2026-10)"
    )
    names = {"mt": "Meituan", "dd": "Didi", "wealth": "Wealth"}
    said = {
        language: sentence(cohort, Text(language), AS_OF, lambda key, code: names.get(code, code))
        for language in ("en", "zh")
    }
    assert said["en"] == (
        "People who were active (transacted) at Didi or Meituan, app on at least 3 days "
        "from Sep 2026 to Nov 2026 and do not hold Wealth in Oct 2026"
    )
    assert said["zh"] == (
        "2026\u5e749\u6708\u81f32026\u5e7411\u6708\u5728Didi\u6216Meituan\u3001app\u81f3\u5c113"
        "\u5929\u6d3b\u8dc3\uff08\u4ea4\u6613\uff09\uff0c\u4e142026\u5e7410\u6708\u672a\u6301"
        "\u6709Wealth\u7684\u7528\u6237"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_condition_and_its_contrary_have_words_of_their_own(language: str) -> None:
    texts = [*EXAMPLES.values(), "tier(moved=down, to=0)", "active()", "active(from=-1)",
             "active() and (holds(a) or holds(b))", "not (holds(a) or holds(b))"]  # fmt: skip
    texts += [f"not {text}" for text in texts[:-2]]
    said = {sentence(parse(text), Text(language), AS_OF) for text in texts}
    assert len(said) == len(texts)
    assert not any("{" in words or "  " in words for words in said)


def test_what_is_not_stated_has_its_word() -> None:
    said = sentence(parse("active(scene=not_stated)"), Text("en"), AS_OF)
    assert said == "People who were active at Not stated"


def test_the_exports_behind_a_cohort_are_those_that_decide() -> None:
    assert exports(parse("active(partner=a, channel=b)")) == frozenset()
    assert exports(parse("active(scene=a) or not holds(b)")) == {"partners", "holdings"}
    assert exports(parse("not (sourced(partner=a) and active())")) == {"customers", "accounts"}
