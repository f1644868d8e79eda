"""Moothall's model policies: complete, in our own words, for a council to adopt or to begin from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from moothall.policies.models import Audience, Policy

TEXTS = "model_texts"


@dataclass(frozen=True)
class ModelPolicy:
    """One model. ``text`` is Markdown whose headings begin at the second level: the title stands above it."""

    slug: str
    title: str
    summary: str
    audience: tuple[Audience, ...]
    rests_on: Mapping[str, str]
    """The names of the law and guidance that it rests on, with their addresses."""
    text: str

    @property
    def audience_words(self) -> str:
        """ "All staff, councillors and contractors" """
        return Policy(audience=list(self.audience)).audience_words


_EVERYBODY = (Audience.ALL_STAFF, Audience.COUNCILLORS, Audience.CONTRACTORS, Audience.GUESTS)
_UK_GDPR = {"UK GDPR": "https://www.legislation.gov.uk/eur/2016/679/contents"}
_DATA_PROTECTION_ACT = {"Data Protection Act 2018": "https://www.legislation.gov.uk/ukpga/2018/12/contents"}
_ICO = {
    "ICO: Monitoring workers (2023)": "https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/employment/"
    "monitoring-workers/"
}
_ACAS = {
    "Acas code on disciplinary and grievance procedures": "https://www.acas.org.uk/"
    "acas-code-of-practice-on-disciplinary-and-grievance-procedures"
}
_INTERCEPTION = {"SI 2018/356": "https://www.legislation.gov.uk/uksi/2018/356/contents"}
_EQUALITY = {"Equality Act 2010": "https://www.legislation.gov.uk/ukpga/2010/15/contents"}
_PUBLICITY = {
    "Publicity code for England (2011)": "https://www.gov.uk/government/publications/"
    "recommended-code-of-practice-for-local-authority-publicity",
    "Publicity code for Wales": "https://www.gov.wales/local-authorities-code-recommended-practice-html",
}
_LGA = {
    "LGA: Social media guidance for councillors": "https://www.local.gov.uk/our-support/"
    "communications-and-community-engagement/social-media-guidance-councillors/introduction",
    "LGA: Social media dos and don’ts": "https://www.local.gov.uk/our-support/guidance-and-resources/"
    "communications-support/digital-councils/social-media/get-started/dos-and-donts",
}
_POLITICS = {
    "Local Government and Housing Act 1989": "https://www.legislation.gov.uk/ukpga/1989/42/contents",
    "Political Restrictions Regulations 1990": "https://www.legislation.gov.uk/uksi/1990/851/contents",
}
_SPEAKING_UP = {
    "Employment Rights Act 1996, part IVA": "https://www.legislation.gov.uk/ukpga/1996/18/part/IVA",
    "Human Rights Act 1998": "https://www.legislation.gov.uk/ukpga/1998/42/contents",
}


@cache
def model_policies() -> tuple[ModelPolicy, ...]:
    """The models, the open social media policy first."""
    return (
        ModelPolicy(
            "open-social-media-policy",
            "Open social media policy",
            "Everybody who works here may speak. No gate, no approval, no list. What is expected of you has not "
            "changed, and abuse of trust is dealt with fairly.",
            _EVERYBODY,
            _SPEAKING_UP
            | _UK_GDPR
            | _DATA_PROTECTION_ACT
            | _ICO
            | _INTERCEPTION
            | _ACAS
            | _EQUALITY
            | _PUBLICITY
            | _POLITICS
            | _LGA,
            _text("open-social-media-policy"),
        ),
        ModelPolicy(
            "acceptable-use-of-the-web",
            "Acceptable use of the web",
            "The web is open here, for work and in moderation for yourself. What you may not do, how to keep safe, and "
            "what is kept of it.",
            _EVERYBODY,
            _UK_GDPR | _DATA_PROTECTION_ACT | _ICO | _INTERCEPTION | _ACAS,
            _text("acceptable-use-of-the-web"),
        ),
        ModelPolicy(
            "speaking-for-a-service",
            "Speaking for a service",
            "For those who write and approve on the council’s channels: be right, be plain, look twice, and correct "
            "in the open.",
            (Audience.AUTHORS, Audience.DESK),
            _PUBLICITY | _UK_GDPR | _DATA_PROTECTION_ACT | _EQUALITY,
            _text("speaking-for-a-service"),
        ),
    )


def _text(slug: str) -> str:
    return files(__package__).joinpath(TEXTS, f"{slug}.md").read_text("utf-8")
