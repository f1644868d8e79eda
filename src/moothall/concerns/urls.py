"""Addresses of concerns. A case is named by its reference alone, which tells nothing."""

from django.urls import path

from moothall.concerns import (
    case_views,
    contact_views,
    opening_views,
    paper_views,
    people_views,
    raise_views,
    views,
)

CASE = "concerns/<slug:reference>"

urlpatterns = [
    path("concerns/", views.concerns, name="concerns"),
    path("concerns/process/", views.fair_process, name="fair-process"),
    path("concerns/raise/", raise_views.raise_concern, name="concern-raise"),
    path("concerns/signal/", raise_views.signal, name="concern-signal"),
    path("concerns/contacts/", contact_views.contacts, name="concern-contacts"),
    path(f"{CASE}/", views.case, name="case"),
    path(f"{CASE}/record/", views.record, name="case-record"),
    path(f"{CASE}/take/", case_views.take, name="case-take"),
    path(f"{CASE}/triage/", case_views.triage, name="case-triage"),
    path(f"{CASE}/safeguarding/", case_views.alert, name="case-alert"),
    path(f"{CASE}/put-off/", case_views.put_off, name="case-put-off"),
    path(f"{CASE}/close/", case_views.close, name="case-close"),
    path(f"{CASE}/no-appeal/", case_views.waive_appeal, name="case-waive-appeal"),
    path(f"{CASE}/meeting/", case_views.meeting, name="case-meeting"),
    path(f"{CASE}/meeting/postpone/", case_views.postpone, name="case-postpone"),
    path(f"{CASE}/meeting/record/", case_views.minutes, name="case-minutes"),
    path(f"{CASE}/steps/<slug:step>/", case_views.move, name="case-move"),
    path(f"{CASE}/people/", people_views.people, name="case-people"),
    path(f"{CASE}/people/<slug:part>/", people_views.name, name="case-name"),
    path(f"{CASE}/papers/", paper_views.papers_page, name="case-papers"),
    path(f"{CASE}/papers/evidence/", paper_views.add_evidence, name="case-add-evidence"),
    path(f"{CASE}/papers/report/", paper_views.report, name="case-report"),
    path(f"{CASE}/papers/share/", paper_views.share, name="case-share"),
    path(f"{CASE}/papers/hand-in/", paper_views.hand_in, name="case-hand-in"),
    path(f"{CASE}/papers/<int:paper>/withdraw/", paper_views.withdraw, name="case-withdraw-evidence"),
    path(f"{CASE}/attachments/<int:attachment>/", paper_views.attachment, name="case-attachment"),
    path(f"{CASE}/letters/", paper_views.letters_page, name="case-letters"),
    path(f"{CASE}/letters/<int:paper>/", paper_views.letter, name="case-letter"),
    path(f"{CASE}/letters/<int:paper>/letter.pdf", paper_views.letter_pdf, name="case-letter-pdf"),
    path(f"{CASE}/letters/<slug:kind>/", paper_views.write_letter, name="case-write-letter"),
    path(f"{CASE}/openings/", opening_views.openings_page, name="case-openings"),
    path(f"{CASE}/openings/ask/", opening_views.ask, name="case-ask-opening"),
    path(f"{CASE}/openings/<slug:opening>/", opening_views.opening, name="case-opening"),
    path(f"{CASE}/openings/<slug:opening>/approve/", opening_views.approve, name="case-approve-opening"),
    path(f"{CASE}/openings/<slug:opening>/refuse/", opening_views.refuse, name="case-refuse-opening"),
    path(f"{CASE}/openings/<slug:opening>/name/", opening_views.show_name, name="case-show-name"),
]
