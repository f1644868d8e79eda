"""The data protection impact assessment of a purpose, made from its entry in the register.

It follows the steps of the template that the ICO gives for UK GDPR article 35, in our own words. What the entry says
is given as it stands there; what Moothall does the same way for every purpose is said here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from moothall.core import localtime
from moothall.webuse.models import LawfulBasis, Purpose, PurposeApproval


@dataclass(frozen=True)
class Answer:
    """A question of a step, and its answer; ``is_ours`` where the answer is Moothall's own and not the entry's."""

    question: str
    text: str
    is_ours: bool = False


@dataclass(frozen=True)
class Risk:
    """What could go wrong for people: how likely and how bad without any measure, and what is left with ours."""

    what: str
    likelihood: str
    harm: str
    measure: str
    left: str


@dataclass(frozen=True)
class Step:
    title: str
    answers: tuple[Answer, ...] = ()
    risks: tuple[Risk, ...] = ()


WHY_AN_ASSESSMENT = (
    "Whoever works here depends on us and can hardly say no, and web logs are watched systematically. For that UK GDPR "
    "article 35 asks for an assessment before anything is read; the ICO’s guidance Monitoring workers (2023) advises "
    "one in any case."
)
WHAT_IS_READ = (
    "The lines of our web proxy’s logs. Of each line Moothall keeps the hour, the registrable domain, its category, "
    "the unit, the number of requests and bytes, and a pseudonym made with a secret key. Path, query, referrer and "
    "address are dropped as the line is read. What goes to trade unions, health services and personal mail is never "
    "opened up."
)
WHOM = (
    "Everybody who uses the network: staff and councillors, and guests and contractors where they do. People are "
    "counted in their unit. There are no scores of single people, no league tables, no watch lists and no automatic "
    "flags, and no decision is taken by a machine (article 22)."
)
HUMAN_RIGHTS = (
    "In Bărbulescu v Romania (2017) the European Court of Human Rights asked six things of an employer: was notice "
    "given, how far did the monitoring go, what were the reasons, would milder means have done, what followed for "
    "people, and which safeguards were there. The answers are in this assessment; the safeguards are in step 5."
)
RIGHTS = {
    LawfulBasis.LEGAL_OBLIGATION: "On this basis there is no right to object (article 21).",
    LawfulBasis.PUBLIC_TASK: "On this basis everybody may object (article 21); an objection is weighed, and answered.",
    LawfulBasis.LEGITIMATE_INTERESTS: "On this basis everybody may object (article 21); an objection is weighed, and "
    "answered. The balancing test is filed with this assessment.",
}
ACCESS = (
    "Whoever has an account can see what is held about them in Moothall itself, and export it where their login at the "
    "proxy is known; everybody else asks the data protection officer (article 15)."
)
PROOFS = (
    "The register refuses a purpose that names none, and no log is read without an entry in force (articles 5(1)(b) "
    "and 25). When the day of the review has passed by 30 days, nothing more is read."
)


def document(purpose: Purpose, approvals: Iterable[PurposeApproval]) -> list[Step]:
    """The assessment's seven steps."""
    return [
        _need(purpose),
        _processing(purpose),
        Step(
            "Step 3: consult",
            (
                Answer("Who was consulted? (article 35(2) and (9))", purpose.consulted),
                Answer("What did they say, and what changed?", purpose.views),
            ),
        ),
        _necessity(purpose),
        Step("Step 5: the risks, and what is done about them", risks=risks(purpose)),
        _sign_off(approvals),
        _review(purpose),
    ]


def _need(purpose: Purpose) -> Step:
    return Step(
        "Step 1: the need",
        (
            Answer("What is the monitoring for?", purpose.what_for),
            Answer("Why is an assessment needed?", WHY_AN_ASSESSMENT, is_ours=True),
            Answer("Filed under", purpose.dpia_reference),
        ),
    )


def _processing(purpose: Purpose) -> Step:
    return Step(
        "Step 2: what is done with which data",
        (
            Answer("What is read?", WHAT_IS_READ, is_ours=True),
            Answer("What is kept for this purpose?", purpose.kept),
            Answer("Whom does it concern?", WHOM, is_ours=True),
            Answer("Who sees what?", purpose.who_sees),
            Answer("For how long?", retention(purpose)),
        ),
    )


def _necessity(purpose: Purpose) -> Step:
    basis = LawfulBasis(purpose.lawful_basis) if purpose.lawful_basis else None
    return Step(
        "Step 4: necessity and proportionality",
        (
            Answer("On which lawful basis?", str(basis.label) if basis else ""),
            Answer("Which milder options were rejected, and why?", purpose.rejected),
            Answer("What keeps the purpose from growing?", PROOFS, is_ours=True),
            Answer("Where and when were staff told? (article 13)", purpose.notice),
            Answer("Where are guests and contractors told? (SI 2018/356, regulation 4(1)(c))", purpose.notice_others),
            Answer("What can people do?", " ".join(filter(None, (ACCESS, basis and RIGHTS[basis]))), is_ours=True),
            Answer("And their private life?", HUMAN_RIGHTS, is_ours=True),
        ),
    )


def _sign_off(approvals: Iterable[PurposeApproval]) -> Step:
    given = [f"{each.by}, {each.get_role_display()}, on {localtime.words(each.at)}" for each in approvals]
    answers = [Answer(f"Approval {number}", words) for number, words in enumerate(given, start=1)]
    answers += [Answer(f"Approval {number}", "Not given yet") for number in range(len(given) + 1, 3)]
    rule = "Two people approve an entry, in two different roles; none of them wrote on it."
    return Step("Step 6: sign-off", (*answers, Answer("Who may approve?", rule, is_ours=True)))


def _review(purpose: Purpose) -> Step:
    day = localtime.day_words(purpose.review_on) if purpose.review_on else ""
    how = "A changed purpose is a new version, which is assessed and approved anew. The versions before it stay here."
    return Step("Step 7: review", (Answer("By when?", day), Answer("How?", how, is_ours=True)))


def retention(purpose: Purpose) -> str:
    """How long each kind of data is kept, in a sentence."""
    names = f"Sealed names for {_days(purpose.names_days)}" if purpose.names_days else "Names not at all"
    return f"{names}, rows under pseudonyms for {_days(purpose.rows_days)}, figures for {_days(purpose.figures_days)}."


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"


def risks(purpose: Purpose) -> tuple[Risk, ...]:
    """What the approvers should weigh. Likelihood and harm are a proposal: they stand for no measures at all."""
    return (
        Risk(
            "A figure gives one person away, by itself or set beside another",
            "Probable",
            "Significant",
            "Suppression: what too few people did is not shown, nor what it follows from; the rest is rounded.",
            "Low",
        ),
        Risk(
            "Somebody looks up what a colleague did",
            "Possible",
            "Severe",
            "Sealing: pages cannot open names. It takes the key shares of two people and a written reason, and "
            "leaves a record that cannot be changed.",
            "Low",
        ),
        Risk(
            "Data are used for something else later",
            "Probable",
            "Significant",
            "Purpose limitation: rows are kept for one purpose alone; another needs an entry and approvals of its own.",
            "Low",
        ),
        Risk(
            "Beliefs, health or union membership show in where people went",
            "Possible",
            "Severe",
            "Minimisation: paths and queries are dropped as the line is read, and the domains of listed sites of such "
            "kinds with them.",
            "Low",
        ),
        Risk(
            "What is kept is lost or stolen",
            "Possible",
            "Significant",
            f"Retention and separation: {retention(purpose)} Names, rows and figures lie in three places.",
            "Low",
        ),
        Risk(
            "Staff feel watched, and avoid help that they need",
            "Possible",
            "Significant",
            "Openness: everybody here reads this register, and sees what is held about them.",
            "Medium",
        ),
        Risk(
            "A figure is taken for proof against somebody",
            "Possible",
            "Severe",
            "No figures of single people. A unit’s figures say nothing of who, or why; a concern has its own process.",
            "Low",
        ),
    )
