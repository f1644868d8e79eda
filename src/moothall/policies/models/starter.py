"""The starter in the council's own words: "may I post this?"."""

from django.db import models
from django.db.models import Q, TextChoices

QUESTIONS = 5
SECTIONS = ("greeting", "own_account", "dos", "donts", "go_ahead", "gone_wrong", "whom_to_ask")
"""The texts around the questions."""
FIELDS = ("question", "help", "fine", "not_fine", "advise_on", "outcome", "advice")
"""What there is to each question."""


class Answer(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"


class Outcome(TextChoices):
    """What a question's advice begins with."""

    ASK = "ask", "Ask first"
    BETTER_NOT = "better_not", "Better not"


class Starter(models.Model):
    """The sections around the questions, in Markdown. One row, number 1; none until somebody has changed something."""

    greeting = models.TextField("greeting", max_length=1_500)
    own_account = models.TextField("your own account, in short", max_length=2_000)
    dos = models.TextField("do", max_length=3_000)
    donts = models.TextField("don’t", max_length=3_000)
    go_ahead = models.TextField("“Go ahead”", max_length=1_500)
    gone_wrong = models.TextField("when something goes wrong", max_length=5_000)
    whom_to_ask = models.TextField("whom to ask", max_length=3_000)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_starter")]

    def __str__(self) -> str:
        return "The starter"


class StarterQuestion(models.Model):
    """One of the five questions. Whoever gives the answer ``advise_on`` gets its ``advice``."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    question = models.CharField(max_length=160)
    help = models.TextField(max_length=600)
    fine = models.TextField("an example that is fine", max_length=300)
    not_fine = models.TextField("an example that is not", max_length=300)
    advise_on = models.CharField(max_length=3, choices=Answer.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    advice = models.TextField(max_length=1_000)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=QUESTIONS), name="five_starter_questions")
        ]

    def __str__(self) -> str:
        return self.question
