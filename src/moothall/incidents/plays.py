"""What to do when something goes wrong with an account: one play for each kind, in the order in which it is done.

The words are for somebody who is alone, late and worried. A step is one thing to do, says who does it, and why: who
knows why can tell when it does not apply. Steps that a button of Moothall does name their ``Switch``.

The steps are our own, from common practice. When the ICO and the people are told is in UK GDPR, articles 33 and 34.
"""

from moothall.accounts.roles import Role
from moothall.incidents.kinds import Do, Kind, Play, Switch

DESK = "The comms desk"
LEAD = "The service’s lead, or the desk"
RUNS = "Whoever runs this incident"
HOLDER = "Whoever holds the account’s password: its owner or deputy"
IT = "IT security"
DPO = "The data protection officer"
CONTACT_CENTRE = "The desk, to the contact centre"

PERSONAL_DATA = Do(
    "If anybody’s personal details were shown, or private messages could be read, tell the data protection officer.",
    RUNS,
    "If the breach has to be reported to the ICO, that is within 72 hours of knowing of it (UK GDPR, article 33). The "
    "data protection officer decides; the clock is running already.",
)
END_PAUSE = Do(
    "If posts were paused: end the pause, and decide on each post that was held.",
    DESK,
    "Nothing that fell due meanwhile goes out by itself. Some of it will read differently now.",
)

HACKED = Play(
    sign="Posts, messages or a new password that none of us made; or we cannot sign in any more.",
    first="Do not answer the intruder, and do not argue with them in public. First shut the doors that you can reach "
    "from here, then put them out at the network.",
    at_once=(Switch.PAUSE, Switch.DISCONNECT),
    pause_reason="We are checking that an account is safe. Nothing that you wrote is lost.",
    here=False,
    tells=(Role.IT_SECURITY,),
    statement="Our account {account} may be in somebody else’s hands. Please do not follow its links or answer its "
    "messages. We are getting it back, and will say so here. All our accounts: {directory}",
    steps=(
        Do(
            "Take a picture of the screen for each thing that is not ours, and note its address and the time.",
            "Whoever noticed it",
            "The network will ask, and so may the police. Two minutes are enough; it may be gone in ten.",
        ),
        Do(
            "Pause posts.",
            DESK,
            "What we planned would appear beside the intruder’s words, and look like part of them.",
            Switch.PAUSE,
        ),
        Do(
            "Disconnect the account from Moothall.",
            LEAD,
            "Deletes the keys that are kept here, and tells the network that they no longer count. It does not put the "
            "intruder out: that is the next step.",
            Switch.DISCONNECT,
        ),
        Do(
            "At the network itself: change the password, and sign out everybody else. “At the network”, on this page, "
            "says how.",
            HOLDER,
            "Only this puts the intruder out. If you are locked out, use the network’s own page for hacked accounts.",
        ),
        Do(
            "Ring IT security. Have them check the mailbox that the account belongs to, its forwarding rules, and the "
            "devices that were signed in.",
            RUNS,
            "Whoever reads that mailbox can take the account again. The same password may be in use elsewhere.",
        ),
        Do(
            "At the network: turn on 2-step sign-in, and remove every app and every person that you do not know.",
            HOLDER,
            "An app that was let in stays in when the password changes.",
        ),
        Do(
            "Delete there, by hand, what the intruder posted. Look at the profile’s picture, text and link too.",
            HOLDER,
            "Moothall can delete only what it sent. Take the pictures of the screen first.",
        ),
        Do(
            "Say so on our other accounts. If posts are paused, end that first, or the statement is held too.",
            DESK,
            "Whoever gets a strange message from us looks there. Keep it to what we know.",
            Switch.STATEMENT,
        ),
        PERSONAL_DATA,
        Do(
            "Give the contact centre and the councillors’ office the same two sentences.",
            CONTACT_CENTRE,
            "People ring when a post frightens them. Everybody should hear the same.",
        ),
        Do(
            "Ask IT security whether the police are to be told.",
            IT,
            "Getting into somebody else’s account is an offence (Computer Misuse Act 1990). The network will want the "
            "reference that the police give.",
        ),
        Do(
            "When the account is ours again: connect it in Moothall, under Channels, with the new password or key.",
            LEAD,
            "Until then nothing goes out on it.",
        ),
        Do(
            "Say on the account itself that it is ours again, and what to do with anything people got from it.",
            DESK,
            "Silence afterwards leaves everybody unsure. Thank those who warned us.",
        ),
        END_PAUSE,
    ),
)

WRONG_ACCOUNT = Play(
    sign="A post went out on an account that it was not meant for: a private one on ours, or one of ours on another.",
    first="It happens to careful people, and nobody has broken in. Take it down, say so in one sentence, be kind.",
    at_once=(Switch.TAKE_DOWN,),
    pause_reason="We are checking that planned posts stand on the right accounts. Nothing that you wrote is lost.",
    statement="A post that was meant for another account went out here a short while ago. That was our mistake, and we "
    "have taken it down. The account is safe, and it is still us.",
    steps=(
        Do(
            "Take a picture of the screen, with the time and the address of the post.",
            "Whoever noticed it",
            "What was posted from a telephone is not kept in our records. Half a minute is enough.",
        ),
        Do(
            "Take the post down everywhere. If it was not sent with Moothall, delete it by hand at the network.",
            LEAD,
            "Every minute it is seen as the council’s own word. Copies that others made are not in our power.",
            Switch.TAKE_DOWN,
        ),
        Do(
            "Ring whoever posted it: are they well, and did anything else go out? If a telephone is signed in to two "
            "accounts, have ours signed out on it.",
            LEAD,
            "They know more than anybody, and are probably the most upset. A voice is better than an e-mail.",
        ),
        Do(
            "If you cannot reach them, or do not know who it was: treat it as a hacked account, and open one of those.",
            RUNS,
            "A slip and a break-in look the same from outside for the first ten minutes.",
        ),
        Do(
            "Look through what is planned for the account. If more of it stands on the wrong one, pause posts.",
            LEAD,
            "The same wrong tick is often on a whole series.",
            Switch.PAUSE,
        ),
        Do(
            "Say so on the account, in one sentence, if anybody can have seen it.",
            DESK,
            "A post that vanishes without a word looks like a break-in, or like something to hide.",
            Switch.STATEMENT,
        ),
        Do(
            "If it was meant as a warning or as news, send it again from the account that it belongs to.",
            LEAD,
            "Those who rely on that account have not had it yet.",
        ),
        Do(
            "If it named or hurt somebody, ring them before a stranger does. Say sorry, and what we did.",
            "The service’s lead",
            "An apology in person counts for more than one in public.",
        ),
        PERSONAL_DATA,
        Do(
            "If it was about a party, a candidate or a vote, tell the monitoring officer.",
            RUNS,
            "The law limits what a council may publish, most of all before an election (Local Government Act 1986, "
            "section 2).",
        ),
        Do(
            "Look at the replies after an hour, and again in the morning. Answer with the same sentence.",
            DESK,
            "It is nearly always over by then.",
        ),
        END_PAUSE,
    ),
)

WRONG_POST = Play(
    sign="The right account, and something wrong in the post: a fact, a picture, a name, the time, the tone.",
    first="Ask one question first: can it hurt anybody? If yes, or if you are not sure, take it down now and check "
    "afterwards.",
    at_once=(Switch.TAKE_DOWN, Switch.PAUSE),
    pause_reason="We are putting something right that we said. Nothing that you wrote is lost.",
    statement="Something that we posted here was wrong, and we have taken it down. We are sorry. We are checking what "
    "is right, and will say it here as soon as we know.",
    steps=(
        Do(
            "Ask: can it hurt anybody? An address, a child, somebody ill, a place where people are sent by mistake, a "
            "police or fire operation.",
            "You, now",
            "If yes, or if you are not sure, take it down before you read on.",
        ),
        Do(
            "Take a picture of the screen, with the replies so far.",
            "Whoever noticed it",
            "The replies show who has seen it, and what they took it to mean.",
        ),
        Do(
            "Take it down everywhere. A spelling mistake can stay: answer it with the right word instead.",
            LEAD,
            "A wrong fact travels on as long as it stands. Taking down a trifle draws eyes to it.",
            Switch.TAKE_DOWN,
        ),
        Do(
            "If more is planned that says the same, pause the service’s posts.",
            DESK,
            "A correction and the mistake, ten minutes apart, are worse than either.",
            Switch.PAUSE,
        ),
        Do(
            "Ask the service what is right, and write it down, with the name of who said so.",
            LEAD,
            "A second mistake is the one that people remember. Better an hour later, and right.",
        ),
        Do(
            "Say on the account that it was wrong. Do not repeat the wrong thing in order to deny it.",
            DESK,
            "People who saw it have to know, and those who did not should not learn it from us.",
            Switch.STATEMENT,
        ),
        Do(
            "Post what is right, when you have it, on every account that had the wrong post.",
            LEAD,
            "A holding statement is a promise. This keeps it.",
        ),
        Do(
            "If somebody is in the picture who did not agree to it: tell them that it is down, and mark the consent in "
            "the media library.",
            LEAD,
            "Marked there, the picture cannot go out again by mistake.",
        ),
        PERSONAL_DATA,
        Do(
            "Give the contact centre and the press office the right words.",
            CONTACT_CENTRE,
            "They are asked before you are.",
        ),
        Do(
            "For a day, answer copies and pictures of the old post with a link to the right one. Do not argue.",
            DESK,
            "Most people pass things on in good faith.",
        ),
        END_PAUSE,
    ),
)

IMPOSTOR = Play(
    sign="An account that passes for one of ours, for a councillor or for a service, and is not.",
    first="Do not write to it, and do not link to it. Make sure that it really is not ours: most strange accounts turn "
    "out to be a colleague’s.",
    at_once=(Switch.REPORT,),
    pause_reason="An account passes for one of ours, and we are dealing with it. Nothing that you wrote is lost.",
    tells=(Role.IT_SECURITY,),
    statement="An account that calls itself {impostor} is not ours. Please do not follow it, answer it or pay it "
    "anything. You can look up any account that says it is ours: {check}",
    steps=(
        Do(
            "Make sure that it is not ours. Look it up on “Is it really us?”, and ask the services whose it could be.",
            RUNS,
            "Accounts that a colleague began years ago, and fans who mean well, are found every month. If it is ours, "
            "add it to the register.",
        ),
        Do(
            "See whether it deceives. A parody that says it is one may stay.",
            RUNS,
            "Networks allow parody that is marked, and mocking the council is everybody’s right.",
        ),
        Do(
            "Take pictures of the screen: its profile, its address, its posts, and any message that somebody got from "
            "it.",
            RUNS,
            "It may change its name an hour after you report it. The address often stays the same.",
        ),
        Do(
            "Report it to the network, with the text that Moothall has ready. Report it from our own account there, if "
            "we have one.",
            DESK,
            "Networks act when the one who is imitated reports it. Others’ reports often come to nothing.",
            Switch.REPORT,
        ),
        Do(
            "If it asks for money, bank details or passwords: ring IT security now. Whoever has paid rings their bank, "
            "and reports the fraud to the police.",
            RUNS,
            "Banks can stop a payment in the first hours, and seldom later.",
        ),
        Do(
            "If it writes to children, or passes for somebody who works with them: ring the safeguarding contact now.",
            RUNS,
            "This is no longer about the council’s good name.",
        ),
        Do(
            "Decide whether to warn the public. If it has hardly any followers and asks for nothing, wait.",
            DESK,
            "A warning makes an account known that nobody had seen.",
        ),
        Do(
            "Warn on our own accounts, naming it without a link.",
            DESK,
            "Anybody can then look an account up for themselves.",
            Switch.STATEMENT,
        ),
        Do(
            "Tell the contact centre, and the councillor or the colleague whom it imitates.",
            CONTACT_CENTRE,
            "They get the questions, and may get the blame.",
        ),
        Do(
            "Look again each day, and write the network’s case number into the timeline. Report it again on the third.",
            DESK,
            "The second report, with the number of the first, is often the one that works.",
        ),
        Do(
            "When it is gone: look for its next name, and see that our register lists every account of ours.",
            RUNS,
            "They come back under a name one letter away. A whole register is what makes them easy to tell.",
        ),
    ),
)

STORM = Play(
    sign="Many more replies than we can answer, most of them angry, and more each minute.",
    first="Read before you answer. Spend the first ten minutes on finding out what it is about: nothing is lost.",
    at_once=(Switch.PAUSE,),
    pause_reason="Many people are writing to us about something serious. Cheerful posts can wait. Nothing is lost.",
    statement="Many of you have written to us today, and we are reading all of it. We are finding out the facts, and "
    "will answer here as soon as we have them. Please be kind to each other meanwhile.",
    steps=(
        Do(
            "Read the fifty newest replies. Write down in one sentence what they are about, and where it began.",
            DESK,
            "An answer to the wrong question feeds it. Often one post by somebody else is the cause.",
        ),
        Do(
            "Pause posts.",
            DESK,
            "A quiz about hedgehogs, in the middle of it, says that nobody is listening.",
            Switch.PAUSE,
        ),
        Do(
            "Is anybody threatened, or is somebody’s address going round? Keep a picture of the screen, report it to "
            "the network, and ring 999 if it is urgent, 101 if it is not.",
            RUNS,
            "This comes before everything else. Tell the person’s manager as well.",
        ),
        Do(
            "Is it our post that is wrong? Then open a wrong post too, and put that right first.",
            RUNS,
            "No statement helps as long as the mistake stands.",
        ),
        Do(
            "Find one person who knows the facts, and one who may say yes to an answer. Get both on the telephone.",
            DESK,
            "Answers agreed on by eight people by e-mail come a day late.",
        ),
        Do(
            "Say on the account, within the hour, that you are reading. End the pause first, or the statement is held "
            "too.",
            DESK,
            "Silence is read as an answer. Promise nothing but what you will do.",
            Switch.STATEMENT,
        ),
        Do(
            "Answer the three questions that come most often, once, in a post of your own. Link to it; do not paste it "
            "a hundred times.",
            LEAD,
            "People see one clear answer. They do not see a hundred replies.",
        ),
        Do(
            "Leave criticism where it is. Hide only threats, hate and other people’s personal details, after a picture "
            "of the screen.",
            DESK,
            "People have the right to criticise the council. Hidden criticism comes back larger, and rightly.",
        ),
        Do(
            "Work in twos, stop for a quarter of an hour in each hour, and agree on who takes over, and when. Turn off "
            "the notifications on private telephones.",
            "The head of communications",
            "Reading hatred for hours does harm, and tired people write what they regret.",
        ),
        Do(
            "Give the contact centre, the councillors and the service’s front desks the same words.",
            CONTACT_CENTRE,
            "Whoever is angry online also stands in front of somebody at a counter.",
        ),
        Do(
            "Ask the person whose account it is how they are, today and in a week. Offer the staff’s support line.",
            "The service’s lead",
            "They take it personally, as one does.",
        ),
        END_PAUSE,
    ),
)

PLAYS: dict[Kind, Play] = {
    Kind.HACKED: HACKED,
    Kind.WRONG_ACCOUNT: WRONG_ACCOUNT,
    Kind.WRONG_POST: WRONG_POST,
    Kind.IMPOSTOR: IMPOSTOR,
    Kind.STORM: STORM,
}


def play(kind: str) -> Play:
    """Raises ``ValueError`` for what is no kind."""
    return PLAYS[Kind(kind)]
