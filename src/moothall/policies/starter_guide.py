"""The way through the five questions: from the answers so far to the next question, or to advice. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moothall.policies.models.starter import Answer, Outcome, StarterQuestion

BETWEEN = "-"
"""What stands between the answers in an address: ``no-yes-no``."""


@dataclass(frozen=True)
class Answered:
    question: StarterQuestion
    answer: Answer
    before: str
    """The answers that were given before this one, as an address has them."""


@dataclass(frozen=True)
class Walk:
    """How far somebody has come. There is a ``question`` to answer next, or none: then there is advice."""

    answered: tuple[Answered, ...]
    question: StarterQuestion | None

    @property
    def back(self) -> str:
        """The answers with which the page before was asked for."""
        return self.answered[-1].before if self.answered else ""

    @property
    def reasons(self) -> list[StarterQuestion]:
        """The questions whose advice is due, "better not" before "ask first"."""
        due = [each.question for each in self.answered if each.answer == each.question.advise_on]
        return sorted(due, key=lambda question: question.outcome != Outcome.BETTER_NOT)

    @property
    def advice(self) -> Outcome | None:
        """The strongest advice that is due; ``None`` where nothing speaks against posting."""
        reasons = self.reasons
        return Outcome(reasons[0].outcome) if reasons else None

    def then(self, answer: Answer) -> str:
        """The answers so far and this one, as an address has them."""
        return join([*(each.answer for each in self.answered), answer])


def walk(questions: Sequence[StarterQuestion], answers: str) -> Walk:
    """Follow ``answers`` (``no-yes``) through the questions.

    "Better not" ends the way: nothing that is asked later could change it. "Ask first" waits for the other questions.
    From an answer that is none, the way goes no further.
    """
    answered: list[Answered] = []
    given = answers.split(BETWEEN)
    for question, said in zip(questions, given, strict=False):
        if said not in Answer.values:
            return Walk(tuple(answered), question)
        answered.append(Answered(question, Answer(said), join(each.answer for each in answered)))
        if said == question.advise_on and question.outcome == Outcome.BETTER_NOT:
            return Walk(tuple(answered), None)
    left = questions[len(answered) :]
    return Walk(tuple(answered), left[0] if left else None)


def join(answers: Iterable[Answer]) -> str:
    return BETWEEN.join(answers)
