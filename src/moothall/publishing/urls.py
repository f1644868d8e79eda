from django.urls import path, re_path

from moothall.publishing import (
    compose_script_views,
    compose_views,
    delivery_views,
    pause_views,
    revision_views,
    rule_views,
    views,
)

urlpatterns = [
    path("posts/", views.posts, name="posts"),
    path("posts/write/", compose_views.write, name="write"),
    path("posts/preview/", compose_script_views.preview, name="preview-post"),
    path("posts/autosave/", compose_script_views.autosave, name="autosave-post"),
    path("posts/card/", compose_script_views.fetch_card, name="fetch-card"),
    path("posts/channels/<int:pk>/", compose_script_views.channel_details, name="channel-details"),
    path("posts/media/", compose_script_views.media_rows, name="media-rows"),
    path("posts/<int:pk>/library/", compose_views.pick_media, name="pick-media"),
    path("posts/approvals/", views.approvals, name="approvals"),
    path("posts/<int:pk>/", views.post, name="post"),
    path("posts/<int:pk>/edit/", compose_views.edit, name="edit-post"),
    path("posts/<int:pk>/take-back/", views.take_back, name="take-back-post"),
    path("posts/<int:pk>/change/", views.reopen, name="reopen-post"),
    path("posts/<int:pk>/revisions/<int:number>/decide/", views.decide, name="decide-post"),
    path("posts/<int:pk>/let-go/", views.let_go, name="let-go-post"),
    path("posts/<int:pk>/take-down/", delivery_views.take_down_post, name="take-down-post"),
    path("posts/<int:pk>/revisions/", revision_views.revisions, name="revisions"),
    path("posts/<int:pk>/revisions/<int:number>/", revision_views.revision, name="revision"),
    path("posts/<int:pk>/revisions/<int:number>/comment/", views.comment, name="comment-post"),
    path("posts/held/", delivery_views.held, name="held"),
    path("posts/to-take-down/", delivery_views.to_take_down, name="to-take-down"),
    path("posts/pause/", pause_views.pause, name="pause"),
    path("posts/pause/<int:pk>/end/", pause_views.end_pause, name="end-pause"),
    path("posts/rules/", rule_views.approval_rules, name="approval-rules"),
    path("posts/rules/services/<int:pk>/", rule_views.service_rule, name="service-rule"),
    path("posts/rules/channels/<int:pk>/", rule_views.channel_rule, name="channel-rule"),
    path("posts/absences/", rule_views.absences, name="absences"),
    path("posts/absences/<int:pk>/end/", rule_views.end_absence, name="end-absence"),
    re_path(
        r"^deliveries/(?P<pk>\d+)/"
        r"(?P<what>look-again|it-is-there|send-again|release|take-down|it-is-gone|cancel)/$",
        delivery_views.decide_delivery,
        name="decide-delivery",
    ),
    path("deliveries/<int:pk>/release-later/", delivery_views.release_later, name="release-later"),
]
