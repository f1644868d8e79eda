"""Moothall's model policies: complete, in our own words, ready to be adopted."""

import re
from itertools import pairwise

import pytest

from moothall.core import markdown
from moothall.policies import starter_models, starter_texts
from moothall.policies.starter_models import ModelPolicy

MODELS = {each.slug: each for each in starter_models.model_policies()}
LENGTHS = {
    "open-social-media-policy": range(1_500, 2_300),
    "acceptable-use-of-the-web": range(400, 700),
    "speaking-for-a-service": range(400, 700),
}
PLACEHOLDER = re.compile(
    r"\[[^\]]*\](?!\()|\{|\}|<|>|_{3}|\bx{2,}\b|\bt(o )?b[cad]\b|todo|lorem|exampleshire|insert ", re.I
)
SOURCES = (
    "Human Rights Act 1998",
    "UK GDPR",
    "Data Protection Act 2018",
    "Monitoring workers* (2023)",
    "Bărbulescu v Romania",
    "SI 2018/356",
    "Acas code",
    "Employment Relations Act 1999",
    "Employment Rights Act 1996",
    "Equality Act 2010",
    "Local Government and Housing Act 1989",
    "Localism Act 2011",
    "Local Government Association",
    "within 30 days",
)
SUBJECTS = (
    "The principle of trust",
    "Who may speak",
    "Your own account",
    "Speaking for the council",
    "Councillors and members",
    "Confidentiality and data protection",
    "Children and people we look after",
    "Kindness",
    "If you are abused",
    "Equality",
    "Pictures, words and copyright",
    "So that everybody can read it",
    "Emergencies and pauses",
    "Security",
    "Correcting mistakes",
    "What is monitored, and what is not",
    "If trust is abused",
    "Unions and speaking up",
    "Lessons",
    "Review",
    "What it rests on",
)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_model_is_complete(model: ModelPolicy) -> None:
    assert len(model.text.split()) in LENGTHS[model.slug]
    assert model.title
    assert model.summary
    assert model.audience
    assert not PLACEHOLDER.search(model.text), PLACEHOLDER.search(model.text)
    assert all(address.startswith("https://") for address in model.rests_on.values())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_model_reads_as_markdown_with_headings_in_order(model: ModelPolicy) -> None:
    html = markdown.render(model.text)
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "<h1" not in html
    assert "&lt;" not in html
    assert "**" not in html
    assert not re.search(r"\s\*|\*\s", html)


def test_the_open_policy_covers_its_subjects_and_names_its_sources() -> None:
    text = MODELS["open-social-media-policy"].text
    assert re.findall(r"^## (.+)$", text, re.M) == list(SUBJECTS)
    for source in SOURCES:
        assert source in text, source
    for promise in ("**No gate.**", "**No approval.**", "**No list.**", "groups of ten or more", "by two people"):
        assert promise in text, promise


def test_what_is_said_of_monitoring_is_said_in_both_policies() -> None:
    for slug in ("open-social-media-policy", "acceptable-use-of-the-web"):
        text = MODELS[slug].text
        for words in ("pseudonym", "monitoring register", "ten", "UK GDPR", "Monitoring workers"):
            assert words in text, (slug, words)


def test_sentences_are_short() -> None:
    texts = [*(each.text for each in MODELS.values()), *starter_texts.SECTIONS.values()]
    texts += [question[name] for question in starter_texts.QUESTIONS for name in ("help", "advice")]
    sentences = [each for text in texts for each in re.split(r"[.?!:]\s|\n\n|\n- |\n## | · ", text)]
    assert max(len(each.split()) for each in sentences) <= 40
    assert sum(len(each.split()) for each in sentences) / len(sentences) < 15


def test_the_models_come_with_the_package() -> None:
    assert len(MODELS) == 3
    assert next(iter(MODELS)) == "open-social-media-policy"
