from django.urls import path

from moothall.rights import own_views, views

urlpatterns = [
    path("web-use/me/", own_views.what_we_see, name="what-we-see"),
    path("web-use/me/ask/", own_views.ask_own_data, name="ask-own-data"),
    path("web-use/me/data.json", own_views.own_data_file, name="own-data"),
    path("web-use/me/everything.json", own_views.everything_file, name="everything-about-me"),
    path("data-requests/", views.data_requests, name="data-requests"),
    path("data-requests/new/<slug:kind>/", views.new_data_request, name="new-data-request"),
    path("data-requests/<int:number>/", views.data_request, name="data-request"),
    path("data-requests/<int:number>/add/", views.add_to_data_request, name="add-to-data-request"),
    path("data-requests/<int:number>/withdraw/", views.withdraw_data_request, name="withdraw-data-request"),
    path("data-requests/<int:number>/acknowledge/", views.acknowledge_data_request, name="acknowledge-data-request"),
    path("data-requests/<int:number>/tell/", views.tell_of_data_request, name="tell-of-data-request"),
    path("data-requests/<int:number>/answer/", views.answer_data_request, name="answer-data-request"),
]
