"""Forms about opening an identity."""

from typing import Any

from django.core.exceptions import ValidationError

from moothall.accounts.models import User
from moothall.concerns import openings
from moothall.concerns.forms import PseudonymForm, long_text
from moothall.concerns.openings import Asked
from moothall.concerns.sources import BARBULESCU


class AskForm(PseudonymForm):
    """The six answers, and what is to be opened: one pseudonym, one purpose, one window of days."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last"].help_text = "As few days as will do; four weeks at most."
        if self.is_bound and _asked_before(user, self.data.get("pseudonym", "")):
            self.fields["again"] = long_text(
                "Why do you ask about this pseudonym again?",
                4,
                required=False,
                help_text="You have asked about it before, in this case or another. Asking again is on the record.",
            )
        for question in BARBULESCU:
            self.fields[question.key] = long_text(
                question.question,
                5,
                help_text=f"{question.help_text} At least {question.min_length} characters.",
                error_messages={"required": f"Answer in at least {question.min_length} characters."},
            )

    def clean(self) -> dict[str, Any]:
        """Whatever is amiss with the answers is said at once, also while a day is still missing."""
        cleaned = super().clean() or {}
        for question in BARBULESCU:
            if len(cleaned.get(question.key, "")) < question.min_length and question.key not in self.errors:
                self.add_error(question.key, f"Answer in at least {question.min_length} characters.")
        return cleaned

    def asked(self) -> Asked:
        """What was filled in."""
        data = self.cleaned_data
        return Asked(
            purpose_key=data["purpose_key"],
            pseudonym=data["pseudonym"],
            first=data["first"],
            last=data["last"],
            answers={question.key: data[question.key] for question in BARBULESCU},
            again=data.get("again", ""),
        )


def _asked_before(user: User, pseudonym: str) -> bool:
    try:
        return openings.must_say_why_again(user, openings.parsed(pseudonym).hex())
    except ValidationError:
        return False
