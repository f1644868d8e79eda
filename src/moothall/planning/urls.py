from django.urls import path

from moothall.planning import feed_views, importing_views, ready_made_views, slot_views, views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<int:pk>/move/", views.move, name="move-post"),
    path("calendar/feeds/", feed_views.calendar_feeds, name="calendar-feeds"),
    path("calendar/feeds/<int:pk>/revoke/", feed_views.revoke_feed, name="revoke-feed"),
    path("calendar/feed/<str:token>.ics", feed_views.calendar_feed, name="calendar-feed"),
    path("calendar/slots/", slot_views.slot_channels, name="slot-channels"),
    path("calendar/slots/<slug:slug>/", slot_views.channel_slots, name="channel-slots"),
    path("calendar/slots/<slug:slug>/remove/", slot_views.remove_slots, name="remove-slots"),
    path("ready-made/", ready_made_views.ready_made, name="ready-made"),
    path("ready-made/new/", ready_made_views.new, name="new-ready-made"),
    path("ready-made/rested/", ready_made_views.rested, name="rested-posts"),
    path("ready-made/<int:pk>/", ready_made_views.edit, name="edit-ready-made"),
    path("ready-made/<int:pk>/retire/", ready_made_views.retire, name="retire-ready-made"),
    path("ready-made/<int:pk>/bring-back/", ready_made_views.bring_back, name="bring-back-ready-made"),
    path("ready-made/<int:pk>/use/", ready_made_views.use, name="use-ready-made"),
    path("ready-made/<int:pk>/fill/", ready_made_views.fill, name="fill-next-slot"),
    path("posts/<int:pk>/evergreen/", ready_made_views.make_evergreen, name="make-evergreen"),
    path("posts/several/", importing_views.several_posts, name="several-posts"),
    path("posts/several/template.<str:kind>", importing_views.template, name="several-posts-template"),
    path("posts/several/<uuid:token>/", importing_views.look, name="several-posts-look"),
    path("posts/several/<uuid:token>/make/", importing_views.make, name="several-posts-make"),
    path("posts/several/<uuid:token>/done/", importing_views.done, name="several-posts-done"),
    path("posts/several/<uuid:token>/left-out.xlsx", importing_views.left_out, name="several-posts-left-out"),
]
