from django.urls import path

from moothall.accounts import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/invitations/<int:pk>/withdraw/", views.withdraw_invitation, name="withdraw-invitation"),
    path("people/<int:pk>/", views.person, name="person"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("services/", views.services, name="services"),
    path("services/new/", views.edit_service, name="new-service"),
    path("services/<int:pk>/", views.edit_service, name="edit-service"),
    path("units/new/", views.edit_unit, name="new-unit"),
    path("units/<int:pk>/", views.edit_unit, name="edit-unit"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_notices, name="read-notices"),
    path("sign-in-as/", views.sign_in_as, name="sign-in-as"),
]
