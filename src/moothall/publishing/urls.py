from django.urls import path, re_path

from moothall.publishing import views

urlpatterns = [
    path("posts/", views.posts, name="posts"),
    path("posts/write/", views.write, name="write"),
    path("posts/approvals/", views.approvals, name="approvals"),
    path("posts/<int:pk>/", views.post, name="post"),
    path("posts/<int:pk>/edit/", views.edit, name="edit-post"),
    path("posts/<int:pk>/take-back/", views.take_back, name="take-back-post"),
    path("posts/<int:pk>/change/", views.reopen, name="reopen-post"),
    path("posts/<int:pk>/revisions/<int:number>/decide/", views.decide, name="decide-post"),
    re_path(
        r"^deliveries/(?P<pk>\d+)/(?P<what>look-again|it-is-there|send-again|cancel)/$",
        views.decide_delivery,
        name="decide-delivery",
    ),
]
