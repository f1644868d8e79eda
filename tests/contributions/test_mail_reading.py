"""Reading mail: what people write, what their mailers make of it, and what nobody should send."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.contributions.mail_quoting import own_words, words_of_html
from moothall.contributions.mail_reading import MOST_MEDIA, read

PICTURE = b"\xff\xd8\xff\xe0" + b"x" * 5_000


def mail(words: str = "The gritters are out.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Charlie Reed <Charlie.Reed@exampleshire.example>"
    made["To"] = "desk@exampleshire.example"
    made["Subject"] = "Gritters"
    made["Message-ID"] = "<1@phone.example>"
    made["Date"] = "Tue, 24 Nov 2026 06:10:00 +0000"
    for name, value in headers.items():
        del made[name.replace("_", "-")]
        made[name.replace("_", "-")] = value
    made.set_content(words)
    return made


def test_a_plain_mail() -> None:
    found = read(mail().as_bytes())
    assert found.sender == "charlie.reed@exampleshire.example"
    assert found.sender_name == "Charlie Reed"
    assert (found.subject, found.words) == ("Gritters", "The gritters are out.")
    assert found.written_at == datetime(2026, 11, 24, 6, 10, tzinfo=UTC)
    assert not found.automatic


QUOTED = [
    "Yes please.\n\nOn Tue, 24 Nov 2026 at 06:00, The Desk <desk@exampleshire.example> wrote:\n> Shall we?\n> Hazel\n",
    "Yes please.\n\nOn Tue, 24 Nov 2026 at 06:00, The Desk of\n<desk@exampleshire.example> wrote:\n\n> Shall\n",
    "Yes please.\r\n\r\n-----Original Message-----\r\nFrom: The Desk\r\nShall we?\r\n",
    "Yes please.\n\n________________________________\nFrom: The Desk <d@x.example>\nSent: 24 Nov 2026\nTo: C\n\nShall?",
    "Yes please.\n\n> Shall we?\n> Hazel\n",
    "Yes please.\n-- \nCharlie Reed\nHighways, Exampleshire\n",
    "Yes please.\n\nSent from my iPhone\n",
]


@pytest.mark.parametrize("words", QUOTED)
def test_quotes_and_signatures_are_cut(words: str) -> None:
    assert own_words(words) == "Yes please."


@pytest.mark.parametrize(
    "words",
    [
        "> Shall we post it?\nYes.\n> And the picture?\nNo.",  # answers between the lines
        "On Monday we fixed it, and Hazel wrote:\nwell done",
        "From: 6 am the gritters are out",
        "The road -- the A40 -- is open",
    ],
)
def test_what_is_no_quote_stays(words: str) -> None:
    assert own_words(words) == words


def test_where_nothing_would_be_left_all_stays() -> None:
    assert own_words("> The gritters are out.") == "> The gritters are out."


def test_what_is_forwarded_is_what_is_told() -> None:
    words = "FYI\n\n-----Original Message-----\nFrom: A resident\nThank you for the gritting!"
    assert "Thank you for the gritting" in read(mail(words, Subject="Fw: thanks").as_bytes()).words


def test_html_alone_is_read_as_text() -> None:
    html = (
        "<html><head><style>p{}</style></head><body><p>The gritters<br>are out.</p><ul><li>A40</li></ul>"
        '<script>alert(1)</script><div class="gmail_quote">On Monday Hazel wrote: <blockquote>old</blockquote></div>'
        "</body>"
    )
    made = mail()
    made.set_content(html, subtype="html")
    assert read(made.as_bytes()).words == "The gritters\nare out.\n\n• A40"


def test_plain_text_comes_before_html() -> None:
    made = mail("Plainly said.")
    made.add_alternative("<p>Prettily said.</p>", subtype="html")
    assert read(made.as_bytes()).words == "Plainly said."


def test_pictures_are_taken_and_the_rest_is_named() -> None:
    made = mail()
    made.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="road.jpg")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    made.add_attachment(b"GIF89a", maintype="image", subtype="gif", filename="logo.gif", disposition="inline")
    found = read(made.as_bytes())
    assert [(each.name, each.content) for each in found.enclosures] == [("road.jpg", PICTURE)]
    assert found.left_out == ("plan.pdf: neither a picture nor a video", "logo.gif: too small to be a photo")


def test_only_so_many_pictures() -> None:
    made = mail()
    for number in range(MOST_MEDIA + 2):
        made.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename=f"{number}.jpg")
    found = read(made.as_bytes())
    assert len(found.enclosures) == MOST_MEDIA
    assert len(found.left_out) == 2


AUTOMATIC = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated; owner-email=x@y.example"},
    {"Precedence": "bulk"},
    {"Precedence": "list"},
    {"List_Id": "<all.exampleshire.example>"},
    {"Return_Path": "<>"},
    {"X_Autoreply": "yes"},
]


@pytest.mark.parametrize("headers", AUTOMATIC)
def test_machines_are_known_by_what_they_say(headers: dict[str, str]) -> None:
    assert read(mail(**headers).as_bytes()).automatic


def test_a_bounce_and_the_null_sender_of_the_envelope() -> None:
    made = mail()
    made.replace_header("Content-Type", "multipart/report; report-type=delivery-status; boundary=x")
    assert read(made.as_bytes()).automatic
    assert read(mail().as_bytes(), return_path="").automatic
    assert not read(mail(Auto_Submitted="no").as_bytes(), return_path="charlie@x.example").automatic


@pytest.mark.parametrize(
    ("results", "vouches"),
    [
        ("mx.exampleshire.example; dmarc=pass header.from=exampleshire.example", True),
        ("mx.exampleshire.example; spf=pass; dkim=pass (2048) header.d=exampleshire.example", True),
        ("mx.exampleshire.example; dmarc=fail header.from=exampleshire.example", False),
        ("mx.exampleshire.example; dkim=pass header.d=evil.example", False),
        ("mx.exampleshire.example (dmarc=pass header.from=exampleshire.example); none", False),
        ("mx.exampleshire.example; spf=pass smtp.mailfrom=exampleshire.example", False),
        ("mx.exampleshire.example; dkim=pass header.i=@exampleshire.example header.s=x", True),
        ("mx.exampleshire.example 1; dkim = pass (a (nested) remark) header.d = Exampleshire.Example", True),
        ("mx.exampleshire.example; dkim=pass header.d=exampleshire.example.evil.example; dmarc=none", False),
        ("mx.exampleshire.example; dkim=pass header.i=@exampleshire.example.evil.example", False),
        ("mx.exampleshire.example; dkim=pass header.d=not-exampleshire.example", False),
        ("mx.exampleshire.example; dkim=pass header.d=exampleshire.example; dmarc=fail", False),
        (
            'mx.exampleshire.example; spf=pass smtp.mailfrom="a; dkim=pass header.d=exampleshire.example; b"@e.example',
            False,
        ),
        ('mx.exampleshire.example; dkim=pass header.d="x"exampleshire.example', False),
        ("mx.exampleshire.example; x=(dkim=pass header.d=evil.example; dkim=pass header.d=exampleshire.example", False),
    ],
)
def test_who_vouches_for_the_sender(results: str, vouches: bool) -> None:
    found = read(mail(Authentication_Results=results).as_bytes())
    assert found.vouchers == (("mx.exampleshire.example",) if vouches else ())


@pytest.mark.parametrize("sender", ["", "nobody", "a@b.example, c@d.example", "undisclosed:;", "a@b"])
def test_a_sender_that_is_none(sender: str) -> None:
    assert read(f"From: {sender}\r\nSubject: x\r\n\r\nhi".encode()).sender == ""


def test_two_from_lines_name_nobody() -> None:
    assert read(b"From: a@b.example\r\nFrom: c@d.example\r\n\r\nhi").sender == ""


def test_the_same_mail_by_two_ways_has_one_digest() -> None:
    raw = mail().as_bytes()
    by_another = (
        b"Received: from mx2\r\n\tby mx3; now\r\nDelivered-To: desk\r\n" + raw.replace(b"\n", b"\r\n") + b"\r\n"
    )
    assert read(raw).digest == read(by_another).digest
    assert read(raw).digest != read(mail("Other words.").as_bytes()).digest


@pytest.mark.parametrize(
    ("charset", "body", "words"),
    [
        ("iso-8859-1", "café".encode("latin-1"), "café"),
        ("utf-8", "café".encode("latin-1"), "café"),  # a lie
        ("no-such-charset", "café".encode(), "café"),
        ("utf-16", b"a", "a"),
        ("rot13", b"nop", "nop"),
    ],
)
def test_character_sets_and_lies_about_them(charset: str, body: bytes, words: str) -> None:
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + body
    assert read(raw).words == words


def test_headers_that_no_mail_should_have() -> None:
    raw = b"From: =?utf-8?b?////?= <a@b.example>\r\nSubject: =?klingon?q?x=00?=\r\n =?utf-8?q?a=0D=0ABcc:_x?=\r\n\r\nhi"
    found = read(raw)
    assert found.sender == "a@b.example"
    assert all(sign.isprintable() for sign in found.subject)


def test_a_mail_of_boxes_in_boxes_is_no_trouble() -> None:
    raw = b"From: a@b.example\r\n"
    for number in range(3_000):
        raw += f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n".encode()
    assert read(raw + b"\r\nhi").digest


@given(st.binary(max_size=2_000))
def test_whatever_comes_is_read(raw: bytes) -> None:
    found = read(raw)
    assert len(found.digest) == 64
    assert "\0" not in found.words + found.subject + found.sender


@given(st.text(alphabet="On wrote:>-_\n From:Sentoj ", max_size=400))
def test_cutting_never_adds_and_never_empties(text: str) -> None:
    kept = own_words(text)
    assert bool(kept) == bool(text.strip())
    assert all(line.strip() in text.replace("\r", "\n") for line in kept.split("\n"))


@given(st.text(max_size=300))
def test_html_of_any_kind_is_read(html: str) -> None:
    assert "<script" not in words_of_html(f"<p>{html}<script>x</script></p>").lower() or "<script" in html.lower()
