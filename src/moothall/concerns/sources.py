"""The law and the guidance that the fair process rests on, as pages cite them, in our own words.

And the six questions that must be answered before a name is opened. Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    title: str
    year: str
    """Empty where the publication bears none."""
    what_for: str
    """What Moothall takes from it, with the articles or paragraphs."""
    where: str
    """Its address."""


ICO_MONITORING = Source(
    "Information Commissioner’s Office: Employment practices and data protection: monitoring workers",
    "2023",
    "Name the purpose first, choose the least intrusive means, assess the risks, ask people what they think, and tell "
    "them beforehand. Published in October 2023.",
    "https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/employment-information/"
    "employment-practices-and-data-protection-monitoring-workers/",
)
UK_GDPR = Source(
    "UK General Data Protection Regulation: Regulation (EU) 2016/679 as it forms part of the law of the UK",
    "2016",
    "The principles (article 5), the lawful bases (article 6), plain words and a month to answer (article 12), and the "
    "rights to a copy (article 15), to correction (article 16) and to object (article 21).",
    "https://www.legislation.gov.uk/eur/2016/679/contents",
)
DATA_PROTECTION_ACT = Source(
    "Data Protection Act 2018",
    "2018",
    "How UK GDPR is applied, and where rights find their limits (schedule 2). Section 164A, in force from "
    "19 June 2026: a complaint about personal data can be made to the council itself, which acknowledges it within "
    "30 days and answers without undue delay.",
    "https://www.legislation.gov.uk/ukpga/2018/12/contents",
)
BARBULESCU_V_ROMANIA = Source(
    "Bărbulescu v Romania [2017] ECHR 742, Grand Chamber, 5 September 2017, application 61496/08",
    "2017",
    "Six things to ask of any monitoring at work (paragraph 121), and that somebody who was monitored can have a court "
    "look at the answers (paragraph 122).",
    "https://hudoc.echr.coe.int/eng?i=001-177082",
)
INTERCEPTION_REGULATIONS = Source(
    "Investigatory Powers (Interception by Businesses etc. for Monitoring and Record-keeping Purposes) Regulations "
    "2018, SI 2018/356",
    "2018",
    "For which reasons an organisation may look at traffic on its own network (regulation 3), and that it must have "
    "made all reasonable efforts to tell everybody who may use it (regulation 4(1)(c)).",
    "https://www.legislation.gov.uk/uksi/2018/356/contents",
)
RIGHT_TO_BE_ACCOMPANIED = Source(
    "Employment Relations Act 1999, section 10",
    "1999",
    "A colleague or a trade-union representative may come along to a disciplinary or appeal meeting; if the companion "
    "cannot come, the meeting is put off for up to five working days.",
    "https://www.legislation.gov.uk/ukpga/1999/26/section/10",
)
ACAS_CODE = Source(
    "Acas Code of Practice on disciplinary and grievance procedures",
    "2015",
    "The steps of the fair process: establish the facts, tell the person, meet, let them be accompanied, decide, and "
    "offer an appeal to somebody who was not involved; all without needless delay.",
    "https://www.acas.org.uk/acas-code-of-practice-on-disciplinary-and-grievance-procedures",
)
ACAS_INVESTIGATIONS = Source(
    "Acas guide: Conducting workplace investigations",
    "2019",
    "Whoever looks into a concern looks for what speaks for the person as well as against, and does not decide.",
    "https://www.acas.org.uk/investigations-for-discipline-and-grievance-step-by-step",
)
LGA_COUNCILS = Source(
    "Local Government Association: Social media dos and don’ts",
    "2015",
    "A template for councillors and staff: trust people, and deal with what goes wrong under the rules that there are "
    "already.",
    "https://www.local.gov.uk/our-support/guidance-and-resources/communications-support/digital-councils/social-media/"
    "get-started/dos-and-donts",
)
LGA_COUNCILLORS = Source(
    "Local Government Association: Social media guidance for councillors",
    "",
    "What councillors answer for online, and how they stay safe. Their conduct is a matter of the code of conduct for "
    "members, not of the process for staff.",
    "https://www.local.gov.uk/our-support/communications-and-community-engagement/"
    "social-media-guidance-councillors/introduction",
)

SOURCES = (
    ACAS_CODE,
    ACAS_INVESTIGATIONS,
    RIGHT_TO_BE_ACCOMPANIED,
    ICO_MONITORING,
    UK_GDPR,
    DATA_PROTECTION_ACT,
    BARBULESCU_V_ROMANIA,
    INTERCEPTION_REGULATIONS,
    LGA_COUNCILS,
    LGA_COUNCILLORS,
)
"""In the order in which a page lists them: the process first, then the data, then social media."""


@dataclass(frozen=True)
class Question:
    """One of the things that must be answered in writing before a name is opened."""

    key: str
    question: str
    help_text: str
    min_length: int
    """Characters. It stops an empty answer; whether an answer is good is for the two who approve."""


BARBULESCU: tuple[Question, ...] = (
    Question(
        "notice",
        "Was the person told beforehand that web use may be monitored, and how?",
        "Name the page, letter or briefing and its date. It must be older than the hours you ask about, and must have "
        "said what is kept and that a name may be opened. If you cannot show it, do not ask for the name.",
        60,
    ),
    Question(
        "extent",
        "How far does this go, and how deep?",
        "Say which days and hours, why no more than these, and who will see the result. Moothall holds the flow (hour, "
        "site, category, counts) and never the content of what was read or written; say how much of the flow you need.",
        60,
    ),
    Question(
        "reasons",
        "What are the legitimate reasons?",
        "Say what harm there is, to whom, and what points to it already. A general worry is no reason. The closer this "
        "comes to what somebody read or wrote, the weightier the reason must be.",
        80,
    ),
    Question(
        "less_intrusive",
        "Which less intrusive means were tried or weighed, and why are they not enough?",
        "Such as a word with the whole team, a reminder, blocking a site, figures without names, or asking people.",
        60,
    ),
    Question(
        "consequences",
        "What may follow for the person, and what will the result be used for?",
        "Say the most serious thing that could come of it. The name serves this concern alone; say what happens if it "
        "turns out not to matter.",
        60,
    ),
    Question(
        "safeguards",
        "Which safeguards protect the person?",
        "Two people in two roles approve, the name is shown to this case alone, and it expires. Say what else there "
        "is: when the person is told, and how they can have this checked. No content is looked at before the person "
        "was told that this may happen.",
        60,
    ),
)
"""The six things of paragraph 121 of Bărbulescu v Romania, in its order."""
