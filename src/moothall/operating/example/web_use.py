"""The example council's web use: a purpose in force, one that waits for approval, and twelve weeks of made-up logs."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from moothall.accounts import actions
from moothall.accounts.models import Unit
from moothall.core import clock, localtime
from moothall.operating.example.people import ADMINISTRATOR, PEOPLE, Cast
from moothall.operating.example.stories import Act, on
from moothall.webuse import clerk, house, purpose_actions, purpose_queries, samples, unit_lists
from moothall.webuse.categories import overlay, store
from moothall.webuse.categories.readings import Entry
from moothall.webuse.importing.importer import import_log
from moothall.webuse.importing.logs import Log
from moothall.webuse.models import LawfulBasis, Purpose
from moothall.webuse.seals import ceremony, folders
from moothall.webuse.seals.public_keys import Role

AUTHOR, HR, MONITORING_OFFICER = "dominic.yarrow", "anneliese.croft", "philippa.strand"
WEEKS = 12
LINES = 800_000
USERS = 420
DOMAINS = 1_500
SEED = 20100
STEPS = WEEKS + 1
"""How often ``load`` calls ``step``: once for the logs, and for each week that is counted."""

UNITS = (
    ("Fire and rescue", 0.24),
    ("Children and families", 0.22),
    ("Libraries and archives", 0.18),
    ("Highways", 0.16),
    ("Digital", 0.07),
    ("Legal and records", 0.05),
    ("People", 0.05),
    ("Communications", 0.03),
)
"""Where those who stand in the logs work: the last is too small for most of its figures to be shown."""
LEADS = {"Libraries and archives": "owen.thistle", "Children and families": "ruth.amberley"}
KNOWN = (
    *samples.KNOWN,
    ("theguardian.com", 0.012),
    ("x.com", 0.006),
    ("bsky.app", 0.004),
    ("tiktok.com", 0.004),
    ("rightmove.co.uk", 0.006),
    ("openstreetmap.org", 0.008),
    ("indeed.com", 0.003),
    ("spotify.com", 0.006),
    ("parcel-notice.example", 0.0004),
)
OWN_LIST = {
    "exampleshire.example": "work-tools",
    "advertwheel.example": "background",
    "deskware.example": "background",
    "virusguard.example": "background",
    "192.0.2.44": "background",
    "parcel-notice.example": "phishing",
    **{f"edgecache{number}.example": "background" for number in range(12)},
}
"""What the council's own list says of sites that are made up."""
SPEAKING = {
    "travel": "travel",
    "maps": "travel",
    "news": "news",
    "weather": "news",
    "books": "learning",
    "school": "learning",
    "college": "learning",
    "wiki": "learning",
    "store": "shopping",
    "foods": "shopping",
    "music": "media",
    "film": "media",
    "video": "media",
    "games": "games",
    "jobs": "jobs",
    "forum": "forums",
    "cloud": "work-tools",
    "tools": "work-tools",
    "data": "work-tools",
}
"""How the names of some made-up sites end, and what these are."""

TRUSTING = {
    "key": "open-web",
    "title": "An open web, used safely",
    "what_for": (
        "To keep the network safe and have room enough on the line, and to see whether our open social media policy is "
        "used, so that trust can be given to everybody who works here."
    ),
    "lawful_basis": LawfulBasis.PUBLIC_TASK,
    "dpia_reference": "DPIA-2026-014",
    "consulted": "UNISON, the staff networks and the data protection officer, in three meetings in the spring.",
    "views": "That nobody be watched, that names be sealed, and that staff see who looks. All three are so.",
    "rejected": "Blocking whole kinds of site: it says that nobody is trusted. No log at all: a machine that was taken "
    "over would go unseen for weeks.",
    "kept": "The hour, the site’s registrable domain, its category, the unit, the number of requests and bytes, and a "
    "pseudonym. No page, no search, no address.",
    "who_sees": "IT security the totals and the dangerous categories, the monitoring officer the units, whoever leads "
    "a unit its own figures, communications the totals of social media. HR nothing without a case.",
    "notice": "Letter to all staff, the intranet’s page on the web, and each year’s reminder with the pay slip.",
    "notice_others": "The sign-in page of the guest network, and the terms of each contract for works.",
    "names_days": 56,
    "rows_days": 120,
    "figures_days": 800,
}
PLANNING = TRUSTING | {
    "key": "county-hall-line",
    "title": "A wider line for County Hall",
    "what_for": "To say how wide the new line for County Hall has to be, by the busiest hours of a common month.",
    "dpia_reference": "DPIA-2026-031",
    "consulted": "The data protection officer; the staff networks are asked this month.",
    "views": "That volumes are enough for it, and that nobody’s pseudonym is needed longer than a month.",
    "rejected": "A meter at the router: it cannot tell a backup at night from people at work.",
    "names_days": 0,
    "rows_days": 28,
    "figures_days": 400,
}


def acts(cast: Cast, now: datetime) -> Iterator[Act]:
    """What is done about the register, each at its time."""
    review = localtime.local(now).date() + timedelta(days=300)

    def enter(words: dict[str, object]) -> Purpose:
        return purpose_actions.save_draft(cast[AUTHOR], Purpose(review_on=review, **words))

    yield Act(on(-58, "09:10")(now), lambda: enter(TRUSTING))
    yield Act(on(-57, "11:40")(now), lambda: purpose_actions.submit(cast[AUTHOR], _making("open-web")))
    yield Act(on(-56, "14:05")(now), lambda: purpose_actions.approve(cast[HR], _making("open-web")))
    yield Act(on(-55, "10:20")(now), lambda: purpose_actions.approve(cast[MONITORING_OFFICER], _making("open-web")))
    yield Act(on(-3, "15:30")(now), lambda: purpose_actions.submit(cast[AUTHOR], enter(PLANNING)))
    yield Act(on(-54, "09:00")(now), lambda: _name_leads(cast))


def _making(key: str) -> Purpose:
    return purpose_queries.in_the_making(key).get()


def _name_leads(cast: Cast) -> None:
    for name, key in LEADS.items():
        actions.save_unit(cast[ADMINISTRATOR], Unit.objects.get(name=name), leads=[cast[key]])


def load(step: Callable[[], None]) -> None:
    """Make up the logs of twelve weeks, read them as any log is read, and count them. Some ten seconds."""
    today = localtime.local(clock.now()).date()
    purpose = purpose_queries.for_import("open-web", on=today)
    _hold_ceremony(today)
    store.keep(house.folder("overlay"), overlay.FILE, map(Entry._make, _own_list().items()))
    people = samples.people(USERS, UNITS, login)
    list_of_people = "user,unit\n" + "".join(f"{each.login},{each.unit}\n" for each in people)
    unit_lists.keep(house.folder("units"), list_of_people, dict(Unit.objects.values_list("name", "pk")))
    folders.make(house.folder())
    path = house.folder("made-up-access.log")
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    samples.write(
        path,
        lines=LINES,
        seed=SEED,
        start=first,
        days=(today - first).days,
        users=USERS,
        domains=DOMAINS,
        known=KNOWN,
        units=UNITS,
        login=login,
    )
    with house.kit(purpose) as kit:
        import_log(kit, Log(path))
    path.unlink()
    step()
    counted = set[str]()

    def counting(what: str) -> None:
        if what.startswith("week") and what not in counted:
            counted.add(what)
            step()

    clerk.count(purpose.key, counting)
    for _ in range(WEEKS - len(counted)):
        step()


def _own_list() -> dict[str, str]:
    """Domains and categories that the council itself says. Sites whose names say nothing stay unclassified."""
    found = dict(OWN_LIST)
    for number in range(DOMAINS):
        domain = samples.domain_of(number)
        category = next((of for word, of in SPEAKING.items() if domain.partition(".")[0].endswith(word)), "")
        if category:
            found[domain] = category
    return found


def login(number: int) -> str:
    """Their login at the proxy: the council's people have their own, the others made-up ones."""
    ours = list(PEOPLE)
    return ours[number] if number < len(ours) else samples.login_of(number)


def _hold_ceremony(today: date) -> None:
    """A key for the example. Its shares lie beside it, for trying how a name is opened: never so in earnest."""
    held = ceremony.hold()
    holders = {Role.HR: HR, Role.IT_SECURITY: AUTHOR, Role.MONITORING_OFFICER: MONITORING_OFFICER}
    house.public_keys().rotate(held, today, {role: PEOPLE[key].name for role, key in holders.items()})
    folder: Path = house.folder("example-shares")
    folders.make(folder)
    for role in Role:
        folders.replace(folder / f"{role.name.lower()}.txt", held.share_of(role).encode() + b"\n", 0o600)
