from django.urls import path

from moothall.contributions import desk_views, handle_views, tell_views

urlpatterns = [
    path("tell/", tell_views.tell, name="tell"),
    path("tell/<slug:slug>/", tell_views.tell_event, name="tell-event"),
    path("told/", tell_views.told, name="told"),
    path("told/picture/", tell_views.tell_picture, name="tell-picture"),
    path("told/<int:pk>/naming/", tell_views.name_told, name="name-told"),
    path("told/<int:pk>/take-back/", tell_views.take_back_told, name="take-back-told"),
    path("desk/", desk_views.desk, name="desk"),
    path("desk/mail/", desk_views.left_aside, name="mail-left-aside"),
    path("desk/mail/<int:pk>/", desk_views.mail_left_aside, name="one-mail-left-aside"),
    path("desk/<int:pk>/", desk_views.contribution, name="contribution"),
    path("desk/<int:pk>/mail/", desk_views.whole_mail, name="contribution-mail"),
    path("desk/<int:pk>/claim/", desk_views.claim, name="claim-contribution"),
    path("desk/<int:pk>/release/", desk_views.release, name="release-contribution"),
    path("desk/<int:pk>/post/", desk_views.make_post, name="make-post"),
    path("desk/<int:pk>/put-back/", desk_views.put_back, name="put-back-contribution"),
    path("desk/<int:pk>/decline/", desk_views.decline, name="decline-contribution"),
    path("desk/<int:pk>/keep/", desk_views.keep, name="keep-contribution"),
    path("desk/<int:pk>/merge/", desk_views.merge, name="merge-contribution"),
    path("desk/<int:pk>/thank/", desk_views.thank, name="thank-contribution"),
    path("desk/<int:pk>/people/", desk_views.note_people, name="people-of-contribution"),
    path("desk/<int:pk>/accept/", desk_views.accept, name="accept-contribution"),
    path("desk/<int:pk>/refuse/", desk_views.refuse, name="refuse-contribution"),
    path("my-accounts/", handle_views.my_accounts, name="my-accounts"),
    path("my-accounts/<int:pk>/prove/", handle_views.prove_account, name="prove-account"),
    path("my-accounts/<int:pk>/naming/", handle_views.name_account, name="name-account"),
    path("my-accounts/<int:pk>/withdraw/", handle_views.withdraw_account, name="withdraw-account"),
    path("linked/<str:code>/", handle_views.linked_back, name="linked-back"),
]
