"""What the starter says until the council has written its own words. Our own, in Markdown."""

import re
from collections.abc import Mapping

GREETING = """\
You may. Nearly always.

Everybody who works here may use social media, and may talk about their work. What is expected of you is what
was always expected. If you are in doubt about one post, five questions take a minute.
"""

OWN_ACCOUNT = """\
- **No gate.** You need no permission and no training.
- **No approval.** Nobody reads your posts before you publish them.
- **No list.** Nobody here keeps a list of your accounts or asks for them. Only for a live event may you link
  one, if you like, and unlink it whenever you like.

If you say where you work, add that your opinions are your own.
"""

DOS = """\
- Say what you do and why you like it.
- Say where to find help, with a link.
- Ask people before you show them.
- Describe your pictures for those who cannot see them.
- Check before you share: who says so, and when was it?
- Use pictures and music that are yours, or that you may use.
- Put a mistake right as soon as you see it.
- Use a second step to sign in.
"""

DONTS = """\
- Don’t tell what you know about somebody because of your work, not even without a name.
- Don’t show children or adults in our care.
- Don’t answer a resident’s case in public.
- Don’t argue when you are angry. It can wait until tomorrow.
- Don’t open an account in the council’s name on your own.
- Don’t share anything unconfirmed in an emergency.
- Don’t put up with abuse. Hand it over.
"""

GO_AHEAD = """\
Nothing speaks against it. Post it, and enjoy it.

Describe the picture if there is one. If you want the council to share it, tell the desk.
"""

GONE_WRONG = """\
**You posted something wrong.** Put it right, or take it down and say that you did. Tell your manager if it is
about the council. A mistake that is owned soon weighs little.

**You gave away something confidential.** Take it down and tell the data protection officer now, not tomorrow.
The council may have no more than 72 hours to report it.

**Somebody is abusing you.** Stop answering. Keep a picture of it and its address. Tell your manager or the
communications desk: you need not deal with it alone. If you are threatened, ring 999.

**An account was taken over.** Tell IT security at once, at any hour. If it is a channel of the council, tell
the desk as well: it can stop it.

**You fear for somebody’s safety.** Ring 999 if it is urgent, and tell the safeguarding team in any case. You
need not be sure.

**Somebody else did something that worries you.** Speak to them if you can. If you would rather not, raise a
concern, in confidence if you wish.
"""

WHOM_TO_ASK = """\
- **Your manager**, about your own work.
- **The communications desk**, about anything that concerns the council’s channels, reporters, elections and
  emergencies.
- **The data protection officer**, about what you know of people, and about what is held of you.
- **IT security**, about passwords, accounts and odd messages.
- **HR or your union**, about your rights at work.
- **The monitoring officer**, about councillors, politically restricted posts, and whistleblowing.
"""


def _paragraphs(text: str) -> str:
    """The text as somebody would type it into the form: a line for each paragraph and each point."""
    return re.sub(r"(?<!\n)\n(?!\n|- )\s*", " ", text).strip()


SECTIONS: Mapping[str, str] = {
    "greeting": _paragraphs(GREETING),
    "own_account": _paragraphs(OWN_ACCOUNT),
    "dos": _paragraphs(DOS),
    "donts": _paragraphs(DONTS),
    "go_ahead": _paragraphs(GO_AHEAD),
    "gone_wrong": _paragraphs(GONE_WRONG),
    "whom_to_ask": _paragraphs(WHOM_TO_ASK),
}

QUESTIONS: tuple[Mapping[str, str], ...] = (
    {
        "question": "Do you know it only because of your work, and is it not public?",
        "help": "What residents and colleagues tell us, plans that are not decided, cases before a court. Leaving out "
        "the name is not enough if a neighbour could tell who it is.",
        "fine": "“We opened forty-one new allotments today. Here is how to get one.” It is on the website.",
        "not_fine": "“You won’t believe what a gentleman in Mill Lane rang us about this morning.”",
        "advise_on": "yes",
        "outcome": "better_not",
        "advice": "What people tell us stays with us, and what is not decided waits until it is. If you think that it "
        "ought to be public, ask the communications desk. If it is about something unlawful, read the "
        "whistleblowing policy: it protects you.",
    },
    {
        "question": "Is everybody who can be seen or recognised in it happy with that?",
        "help": "For a child, whoever has parental responsibility must agree. If nobody can be recognised, answer yes.",
        "fine": "A picture of the new reading corner, with three colleagues who said “go on then”.",
        "not_fine": "A picture of story time, with children whose parents were not asked.",
        "advise_on": "no",
        "outcome": "ask",
        "advice": "Ask them, and show them the picture. Or use one in which nobody can be recognised. Never show "
        "children or adults in our care: only their service can arrange that.",
    },
    {
        "question": "Could it seem to take sides in an election, or get in the way in an emergency?",
        "help": "On your own account your views are your own. It is different on a channel of the council, in a "
        "politically restricted post (your contract says so if it is), and while an emergency is on: a wrong "
        "word travels fast.",
        "fine": "“Polling stations are open until ten tonight.”",
        "not_fine": "From the library’s channel: “Thank goodness somebody votes against closing us!”",
        "advise_on": "yes",
        "outcome": "ask",
        "advice": "If you speak for yourself and your post is not politically restricted, your politics are up to you. "
        "Otherwise ask the monitoring officer. In an emergency ask the communications desk. Sharing what the "
        "emergency services say is always fine.",
    },
    {
        "question": "Could somebody take it for the word of the council?",
        "help": "It could if it promises, decides, refuses or answers a complaint, or if it carries our name or logo.",
        "fine": "“I grit the roads. Tonight will be a long one, so please leave us room.”",
        "not_fine": "“We will resurface Station Road before Easter. Promise.”",
        "advise_on": "yes",
        "outcome": "ask",
        "advice": "Ask whoever runs your service’s channel: perhaps it should say it. Or make it plain that it is you "
        "who speaks, and leave the promise out. A question from a reporter goes to the communications desk.",
    },
    {
        "question": "Would you say it to the face of anybody it is about, with your name badge on?",
        "help": "Think of the person it is about, your best colleague and your grandmother, all reading it tomorrow. "
        "Is it true, as far as you can know, and is it kind?",
        "fine": "“I see it differently, and here is why.”",
        "not_fine": "“Some people who write to us ought to have their keyboards taken away.”",
        "advise_on": "no",
        "outcome": "better_not",
        "advice": "Let it lie until tomorrow. If it is still worth saying then, say it so that you could say it to "
        "them. If somebody was rude to you, you need not answer at all: hand it to the desk.",
    },
)
"""The five questions. ``advise_on`` is the answer that brings the advice."""
