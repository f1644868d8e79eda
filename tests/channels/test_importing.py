"""The register as a file: out and in again with nothing lost, and each row's fate known beforehand."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.accounts.models import Service, User
from moothall.channels import actions, facts, importing, queries, register_csv
from moothall.channels.importing import Kind
from moothall.channels.models import Capacity, Channel, Connection, State, TwoStep
from moothall.records import queries as records
from tests import factories

pytestmark = pytest.mark.django_db

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
nasty = st.sampled_from(
    ["=1+1", "'=x", "''@x", "+44 1234", "-", "@x", "\tx", "\r\n", 'a "b", c;d', "🦆\n\n", "'", " x "]
)
words = nasty | storable


def export() -> str:
    return register_csv.export(queries.whole_register())


def fates(text: str, by: User) -> list[importing.Fate]:
    return list(importing.plan(by, text).fates)


def carry_out(text: str, by: User) -> importing.Applied:
    return importing.apply(by, text, importing.plan(by, text).digest)


def table(*rows: str, header: str = "network,handle,slug,display_name,service") -> str:
    return "\n".join([header, *rows]) + "\n"


@given(words)
def test_a_guarded_cell_comes_back_and_is_no_formula(text: str) -> None:
    assert register_csv.unguard(register_csv.guard(text)) == text
    assert not register_csv.guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(facts.COLUMNS, words)), max_size=4))
def test_any_text_in_any_cell_comes_back(rows: list[dict[str, str]]) -> None:
    written = [row for row in rows if any(text.strip() for text in row.values())]
    assert [row.cells for row in register_csv.read(register_csv.write(written, facts.COLUMNS))] == written


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_export_and_import_again_is_exact(data: st.DataObject, charlie: User, libraries: Service) -> None:
    Channel.objects.all().delete()
    filled = words.filter(str.strip)
    successor = factories.channel(service=libraries, display_name=data.draw(filled))
    factories.channel(
        network=data.draw(st.sampled_from(["newsroom", "rehearsal", "youtube"])),
        display_name=data.draw(filled),
        purpose=data.draw(words),
        voice=data.draw(words),
        recovery_contact=data.draw(words),
        address=data.draw(st.sampled_from(["", "https://exampleshire.example/channel-x?a=b,c;d"])),
        capacity=data.draw(st.sampled_from(Capacity.values)),
        two_step=data.draw(st.sampled_from(TwoStep.values)),
        owner=charlie,
        deputy=factories.person(is_active=False),
        opened_on=date(2019, 2, 28),
        closed_on=date(2024, 2, 29),
        state=State.CLOSED,
        successor=successor,
        service=libraries,
    )
    Channel.objects.filter(address__contains="channel-x").update(handle="channel-x")
    before, file = [facts.as_text(channel) for channel in queries.whole_register()], export()
    assert {fate.kind for fate in fates(file, charlie)} == {Kind.UNCHANGED}
    Channel.objects.all().delete()
    assert carry_out(file, charlie).new == 2
    assert [facts.as_text(channel) for channel in queries.whole_register()] == before
    assert export() == file


def test_only_the_desk_imports(alice: User, charlie: User, libraries: Service) -> None:
    file = table("newsroom,libraries,libraries,Libraries,libraries")
    with pytest.raises(PermissionDenied):
        importing.plan(alice, file)
    assert importing.plan(charlie, file).counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert not Channel.objects.exists()


def test_one_bad_row_does_not_lose_the_others(charlie: User, libraries: Service) -> None:
    factories.channel(handle="archives", slug="archives", display_name="Archives", service=libraries)
    file = table(
        "newsroom,libraries,libraries,Libraries,libraries",
        "newsroom,Bad Handle,bad,Bad,libraries",
        "newsroom,archives,archives,The Archives,libraries",
        "nowhere,youth,youth,Youth,youth",
        "newsroom,short",
        'newsroom,"broken"quotes,x,X,libraries',
        "newsroom,mobile,mobile,Mobile library,libraries",
    )
    found = fates(file, charlie)
    assert [fate.kind.value for fate in found] == ["new", "refused", "changed", "refused", "refused", "refused", "new"]
    assert [fate.row.number for fate in found] == [2, 3, 4, 5, 6, 7, 8]
    assert [(each.label, each.before, each.after) for each in found[2].changes] == [
        ("Display name", "Archives", "The Archives")
    ]
    assert "small letters" in found[1].reasons[0]
    assert "no service with the short name “youth”" in found[3].reasons[0]
    assert "only 2 cells" in found[4].reasons[0]
    assert "quotation marks" in found[5].reasons[0]
    applied = carry_out(file, charlie)
    assert (applied.new, applied.changed, applied.failed) == (2, 1, ())
    assert set(Channel.objects.values_list("slug", flat=True)) == {"archives", "libraries", "mobile"}
    [record] = records.of(actions.ref(Channel.objects.get(slug="archives")))
    assert (record.actor_name, record.why) == ("Charlie Croft", importing.WHY)


def test_a_quotation_mark_that_is_never_closed_says_what_it_swallowed(charlie: User, libraries: Service) -> None:
    file = table("newsroom,a,a,A,libraries", 'newsroom,b,b,"B,libraries', "newsroom,c,c,C,libraries")
    first, second = fates(file, charlie)
    assert (first.kind, second.kind) == (Kind.NEW, Kind.REFUSED)
    assert "up to line 4" in second.reasons[0]


def test_rows_may_not_contend(charlie: User, libraries: Service) -> None:
    factories.channel(handle="taken", slug="taken", service=libraries)
    connected = factories.connected(handle="linked", slug="linked", service=libraries)
    file = table(
        "newsroom,one,one,One,libraries",
        "newsroom,ONE,two,Two,libraries",
        "newsroom,one,three,Three,libraries",
        "newsroom,four,one,Four,libraries",
        "newsroom,taken,linked,Linked,libraries",
        "newsroom,taken,new-name,Renamed,libraries",
        f"rehearsal,{connected.handle},linked,Linked,libraries",
    )
    reasons = [" ".join(fate.reasons) for fate in fates(file, charlie)]
    assert reasons[0] == ""
    assert "small letters" in reasons[1]
    assert "line 2 has the same account" in reasons[2]
    assert "line 2 has the same short name" in reasons[3]
    assert "Another channel in the register has the same account" in reasons[4]
    assert "under the short name “taken”, which stays" in reasons[5]
    assert "Disconnect it before you move it" in reasons[6]


def test_successors_come_in_any_order_and_never_in_a_circle(charlie: User, libraries: Service) -> None:
    header = "network,handle,slug,display_name,service,state,closed_on,successor"
    file = table(
        "newsroom,a,a,A,libraries,closed,2026-01-01,b",
        "newsroom,b,b,B,libraries,closed,02/01/2026,c",
        "newsroom,c,c,C,libraries,live,,",
        "newsroom,d,d,D,libraries,closed,2026-01-01,e",
        "newsroom,e,e,E,libraries,closed,2026-01-01,d",
        "newsroom,f,f,F,libraries,closed,2026-01-01,nobody",
        "newsroom,g,g,G,libraries,closed,2026-01-01,f",
        "newsroom,h,h,H,libraries,live,,c",
        header=header,
    )
    kinds = [fate.kind.value for fate in fates(file, charlie)]
    assert kinds == ["new", "new", "new", "refused", "refused", "refused", "refused", "refused"]
    carry_out(file, charlie)
    first = Channel.objects.get(slug="a")
    assert first.end_of_line == Channel.objects.get(slug="c")
    assert Channel.objects.get(slug="b").closed_on == date(2026, 1, 2)


def test_columns_that_are_left_out_stay_and_empty_cells_clear(charlie: User, libraries: Service) -> None:
    factories.channel(slug="a", service=libraries, purpose="Books", owner=charlie, recovery_contact="+44 1234")
    carry_out("slug,purpose,owner,state\na,,,\n", charlie)
    channel = Channel.objects.get()
    assert (channel.purpose, channel.owner, channel.recovery_contact, channel.state) == ("", None, "+44 1234", "live")


def test_a_channel_is_found_by_its_account_and_a_new_one_gets_a_short_name(charlie: User, libraries: Service) -> None:
    factories.channel(network="x", handle="ExLibs", slug="kept", service=libraries, display_name="Libraries")
    file = "network;handle;display_name;service;capacity\nX;@exlibs;Libraries;;Persona\nTikTok;ex.libs;New;libraries;\n"
    changed, new = fates(file, charlie)
    assert (changed.kind, [each.column for each in changed.changes]) == (Kind.CHANGED, ["handle", "capacity"])
    assert (new.after["slug"], new.after["network"], new.after["capacity"]) == ("ex-libs-tiktok", "tiktok", "service")


def test_people_are_named_by_address_whatever_its_capitals(charlie: User, libraries: Service) -> None:
    header = "network,handle,slug,display_name,service,owner"
    known = f"newsroom,a,a,A,libraries,{charlie.email.upper()}"
    file = table(known, "newsroom,b,b,B,libraries,nobody@exampleshire.example", header=header)
    first, second = fates(file, charlie)
    assert first.after["owner"] == charlie.email
    assert "nobody here has the e-mail address" in second.reasons[0]


def test_closing_by_import_forgets_the_credentials_too(charlie: User) -> None:
    channel = factories.connected(slug="a")
    carry_out("slug,state,closed_on\na,closed,2026-01-01\n", charlie)
    assert not Connection.objects.filter(channel=channel).exists()


def test_what_was_shown_is_done_or_nothing(charlie: User, libraries: Service) -> None:
    factories.channel(slug="a", purpose="Books", service=libraries)
    file = "slug,purpose\na,More books\n"
    shown = importing.plan(charlie, file).digest
    Channel.objects.update(purpose="Changed meanwhile")
    with pytest.raises(importing.StalePlan):
        importing.apply(charlie, file, shown)
    assert Channel.objects.get().purpose == "Changed meanwhile"


def test_a_row_that_fails_at_the_last_moment_fails_alone(
    charlie: User, libraries: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(actor: User, channel: Channel, **values: Any) -> None:
        if channel.slug == "a":
            raise ValidationError("No.")
        actions.save_channel(actor, channel, **values)

    monkeypatch.setattr(importing, "save_channel", save)
    applied = carry_out(table("newsroom,a,a,A,libraries", "newsroom,b,b,B,libraries"), charlie)
    assert (applied.new, [fate.reasons for fate in applied.failed]) == (1, [["No."]])
    assert Channel.objects.get().slug == "b"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfeh", "not in UTF-8"),
        (b"slug,colour\na,red\n", "no column “colour”"),
        (b"slug,slug\na,a\n", "twice"),
        (b"purpose\nBooks\n", "which channel each row is about"),
        (b"x" * (2**20 + 1), "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_register_is_refused_with_what_to_do(file: bytes, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register_csv.read(register_csv.decode(file))
    assert said in refused.value.messages[0]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_every_spreadsheet_are_read(mark: bytes, separator: str, end: str) -> None:
    text = f'Slug{separator}"purpose"{end}a{separator}"B;o,o\tks"{end}{end}'
    [row] = register_csv.read(register_csv.decode(mark + text.encode()))
    assert row.cells == {"slug": "a", "purpose": "B;o,o\tks"}


def test_a_big_register_is_looked_at_with_few_queries(
    charlie: User, libraries: Service, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        factories.channel(service=libraries)
    file = export()
    charlie.standing  # noqa: B018 - asked for once a request
    with django_assert_max_num_queries(5):
        assert importing.plan(charlie, file).counts["unchanged"] == 40


def test_a_language_is_read_by_its_tag_or_its_name(charlie: User, libraries: Service) -> None:
    header = "network,handle,slug,display_name,service,language"
    rows = [f"x,ex{number},ex{number},Ex,libraries,{said}" for number, said in enumerate(["cy", "Scottish gaelic", ""])]
    carry_out(table(*rows, header=header), charlie)
    assert list(Channel.objects.order_by("slug").values_list("language", flat=True)) == ["cy", "gd", "en"]
    [refused] = fates(table("x,ex9,ex9,Ex,libraries,Klingon", header=header), charlie)
    assert refused.reasons == ["Language: “Klingon” is none of en, cy, ga, gd, ar, bn, gu, pa, pl, ro, uk, ur."]
    [kept] = fates(table("x,ex0,ex0,Ex,libraries,", header=header), charlie)
    assert kept.kind is Kind.UNCHANGED
