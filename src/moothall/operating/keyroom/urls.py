"""The addresses of the room, below its secret."""

from django.urls import path

from moothall.operating.keyroom import views

urlpatterns = [
    path("", views.home, name="home"),
    path("new-key/", views.new_key, name="new-key"),
    path("hand-out/", views.hand_out, name="hand-out"),
    path("check/", views.check, name="check"),
    path("recover/", views.recover, name="recover"),
    path("destroy/<slug:key_id>/", views.destroy, name="destroy"),
    path("open/<slug:reference>/", views.open_name, name="open"),
    path("enter/", views.enter, name="enter"),
    path("done/", views.done, name="done"),
    path("break-off/", views.break_off, name="break-off"),
    path("close/", views.close, name="close"),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.failed
