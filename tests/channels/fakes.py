"""A network that answers as a test tells it to: our reading of ``networks.base.Network``, no real network."""

from typing import Any

from moothall.networks.base import Account, Draft, Field, Identity, Limits, Problem, Profile, Published


class Fake:
    """``answer`` is what the next ``identify`` does: raises it if it is an error, otherwise says who is signed in."""

    slug = "fake"
    label = "Fakebook"
    limits = Limits(characters=100)
    credential_fields = (
        Field("server", "Server", default="https://fake.example"),
        Field("token", "Token", "From the settings.", secret=True),
        Field("mode", "Mode", choices=(("slow", "Slow"), ("fast", "Fast")), default="fast"),
    )
    post_fields: tuple[Field, ...] = ()
    find_is_authoritative = False

    answer: Any = None
    asked: list[Account] = []
    shown: list[Profile] = []

    def check(self, draft: Draft, limits: Limits) -> list[Problem]:
        return []

    def length(self, draft: Draft, limits: Limits) -> int:
        return len(draft.text)

    def profile_url(self, handle: str) -> str:
        return f"https://fake.example/{handle}"

    def identify(self, account: Account) -> Identity:
        Fake.asked.append(account)
        if isinstance(Fake.answer, Exception):
            raise Fake.answer
        return Identity(
            "id-1", Fake.answer or account.handle, "Libraries", self.profile_url(account.handle), self.limits
        )

    def show_profile(self, account: Account, profile: Profile) -> None:
        Fake.shown.append(profile)

    def publish(self, account: Account, draft: Draft, key: str) -> Published:
        raise NotImplementedError

    def find(self, account: Account, draft: Draft, key: str, not_these: frozenset[str]) -> Published | None:
        raise NotImplementedError

    def delete(self, account: Account, remote_id: str) -> None:
        raise NotImplementedError
