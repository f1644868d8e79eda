"""The example council's policies: adapted from the models, and acknowledged by most."""

import difflib
from datetime import timedelta

import pytest

from moothall.core import clock
from moothall.operating.example import lessons, loading, policies, policy_texts
from moothall.operating.example.timepiece import showing
from moothall.policies import queries
from moothall.policies.models import Acknowledgement, Version
from moothall.records.models import Record


def test_the_texts_name_the_council_and_none_is_left_as_it_was() -> None:
    for slug in policy_texts.COUNCILS_OWN:
        assert "Exampleshire County Council" in policy_texts.first(slug)
        assert "Wales" not in policy_texts.first(slug)


def test_the_second_version_changed_two_things() -> None:
    before, after = policy_texts.first(policy_texts.OPEN_POLICY), policy_texts.second()
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    assert [len([line for line in lines if line.startswith(sign)]) for sign in "+-"] == [2, 2]


def test_an_edit_of_words_that_are_not_there_is_refused() -> None:
    for text in ("Nothing of the kind.", "Once. Once."):
        with pytest.raises(ValueError, match="Once"):
            policy_texts._edited(text, (policy_texts.Edit("Once.", "Twice."),))


@pytest.mark.django_db
@pytest.mark.parametrize("weekday", range(7))
def test_most_have_acknowledged_and_some_have_not(weekday: int) -> None:
    now = clock.now().replace(hour=12)
    now += timedelta(days=(weekday - now.weekday()) % 7)
    with showing(loading.BEGINNING(now)) as timepiece:
        cast = loading._gather(timepiece)
        acts = [*lessons.acts(cast, now), *policies.acts(cast, now)]
        for act in sorted(acts, key=lambda each: each.at):
            timepiece.move_to(act.at)
            act.do()
    newest = Version.objects.get(policy__slug=policy_texts.OPEN_POLICY, number=2)
    assert set(newest.because.values_list("title", flat=True)) == set(policy_texts.BECAUSE)
    assert Version.objects.filter(published_at=None).count() == 0
    waiting = {key for key, person in cast.items() if newest in queries.due(person)}
    assert waiting == policies.NOT_YET[2]
    assert Acknowledgement.objects.filter(version=newest).count() == len(cast) - len(waiting)
    assert Record.objects.filter(kind="policy.published").count() == 4
