"""An incident of the example council that is over: the dog gave the warning. And whom it calls at night."""

from collections.abc import Iterator
from datetime import datetime

from moothall.channels.models import Channel
from moothall.incidents import actions, call_actions, switching, words
from moothall.incidents.kinds import Kind
from moothall.incidents.models import Contact, Incident, Step
from moothall.lessons import actions as lessons
from moothall.operating.example.people import Cast
from moothall.operating.example.stories import Act, on
from moothall.publishing import actions as publishing
from moothall.publishing import approving, removing
from moothall.publishing.content import Content, Wording
from moothall.publishing.models import Post

DESK, LEAD, AUTHOR, REVIEWER = "tobi.lyle", "meredith.stone", "callum.brack", "philippa.strand"
HEAD_OF_DESK = "maren.oakes"
WRONG, RIGHT = "ember", "fire"
"""The account that spoke, and the one that should have."""
DAY = -13

CONTACTS = (
    ("Communications on call", "Pauses posts, speaks for the council at night", "01632 960120", "Day and night", ()),
    ("IT duty desk", "Resets passwords, signs devices out", "01632 960133", "Day and night", ("hacked", "impostor")),
    ("Dominic Yarrow", "Information security", "01632 960134", "Weekdays, 8 to 18", ("hacked", "impostor")),
    ("Meredith Stone", "Fire and rescue, on their own accounts", "01632 960151", "Weekdays, 7 to 17", ()),
    ("Contact centre", "Tells callers the same as we do", "01632 960100 ext 4", "Every day, 8 to 20", ()),
    ("Philippa Strand", "Monitoring officer", "01632 960117", "Weekdays, 9 to 17", ("wrong_account", "wrong_post")),
)

WARNING = (
    "The smoke north of Wendham comes from a barn on the Marrow road. Nobody is hurt, and the horses are out.\n\n"
    "Please keep your windows shut until this evening, and leave the lane to our engines."
)
KNOWN = (
    "A warning of smoke went out on Ember’s account at 6:52, in the name of a dog. It was meant for Fire and Rescue, "
    "whose readers have not had it. First replies: biscuits, and “good girl”. The warning itself is right."
)
STEPS_DONE = {
    1: "Three pictures, with the replies.",
    3: "They are well. The wrong box was ticked, at the end of a night shift.",
    5: "Nothing else is planned for Ember before Thursday.",
    7: "Out on Fire and Rescue at 7:12.",
    10: "Nothing of that sort.",
    11: "Four people asked after the horses, nobody after the account.",
}
LESSON = {
    "title": "The dog gave the warning",
    "what_happened": "A warning of smoke was written in a hurry, at the end of a night shift, and went out on the "
    "account of a mascot instead of the service’s own. Whoever approved it read the words, which were right, and not "
    "the name above them. Readers took it for a joke. For twenty minutes nobody who follows the service was warned.",
    "what_changes": "A warning never goes out on a mascot’s account, whatever the hour. Whoever approves a post reads "
    "the account’s name aloud first, and then the words. The service has a ready-made text for smoke now; its name "
    "says on which account it belongs.",
}


def acts(cast: Cast, now: datetime) -> Iterator[Act]:
    """What is done, each thing at its time."""
    told = _Story(cast)
    yield Act(on(-59, "11:00")(now), told.list_contacts)
    yield Act(on(DAY, "06:44")(now), told.write_warning)
    yield Act(on(DAY, "06:52")(now), lambda: told.approve(LEAD))
    yield Act(on(DAY, "07:02")(now), told.open)
    yield Act(on(DAY, "07:04")(now), lambda: told.do(1))
    yield Act(on(DAY, "07:05")(now), told.take_down)
    yield Act(on(DAY, "07:08")(now), lambda: told.do(3))
    yield Act(on(DAY, "07:10")(now), told.write_it_again)
    yield Act(on(DAY, "07:12")(now), lambda: told.approve(DESK))
    yield Act(on(DAY, "07:13")(now), lambda: told.do(7))
    yield Act(on(DAY, "07:16")(now), told.write_statement)
    yield Act(on(DAY, "07:21")(now), lambda: told.approve(DESK))
    yield Act(on(DAY, "07:25")(now), lambda: told.do(5, 10))
    yield Act(on(DAY, "07:30")(now), told.contain)
    yield Act(on(DAY, "09:10")(now), lambda: told.do(11))
    yield Act(on(DAY + 1, "09:40")(now), told.close)
    yield Act(on(DAY + 2, "10:15")(now), told.publish_lesson)


class _Story:
    """The incident as it is played."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._post = Post()
        self._wrong = Post()
        self._incident = Incident()

    def list_contacts(self) -> None:
        for order, (name, role, phone, hours, kinds) in enumerate(CONTACTS, start=1):
            made = Contact(name=name, role=role, phone=phone, hours=hours, kinds=list(kinds), order=order)
            call_actions.save_contact(self._cast[HEAD_OF_DESK], made)

    def write_warning(self) -> None:
        self._post = self._wrong = self._written(WRONG)

    def write_it_again(self) -> None:
        self._post = self._written(RIGHT)

    def _written(self, slug: str) -> Post:
        channel = Channel.objects.select_related("service").get(slug=slug)
        content = Content(channel.service, WARNING, {channel: Wording()})
        return publishing.save_post(self._cast[AUTHOR], None, content, voices_confirmed=True)

    def approve(self, key: str) -> None:
        revision = approving.send_for_approval(self._post.author, self._post)
        approving.approve(self._cast[key], revision)

    def open(self) -> None:
        channel = Channel.objects.get(slug=WRONG)
        self._incident = actions.open_incident(self._cast[LEAD], Kind.WRONG_ACCOUNT, channel, known=KNOWN)

    def do(self, *positions: int) -> None:
        for position in positions:
            step = Step.objects.select_related("incident").get(incident=self._incident, position=position)
            actions.do_step(self._cast[LEAD], step, STEPS_DONE[position])

    def take_down(self) -> None:
        switching.take_down(self._cast[LEAD], self._incident, self._wrong.pk)
        for each in removing.due():
            removing.remove(each)

    def write_statement(self) -> None:
        channel = Channel.objects.get(slug=WRONG)
        text = words.statement(self._incident, directory="", check="")
        self._post = switching.draft_statement(self._cast[LEAD], self._incident, text, [channel])

    def contain(self) -> None:
        actions.contain(self._cast[LEAD], self._incident)

    def close(self) -> None:
        self._lesson = actions.close_with_lesson(self._cast[LEAD], self._incident, **LESSON)

    def publish_lesson(self) -> None:
        lessons.publish(self._cast[REVIEWER], self._lesson)
