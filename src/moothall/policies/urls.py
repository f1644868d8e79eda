from django.urls import include, path

from moothall.policies import coverage_views, public_views, views, writing_views

urlpatterns = [
    path("", include("moothall.policies.urls_starter")),
    path("policies/", views.policies, name="policies"),
    path("policies/welcome/", views.welcome, name="policies-welcome"),
    path("policies/new/", writing_views.new_policy, name="new-policy"),
    path("policies/<slug:slug>/", views.policy, name="policy"),
    path("policies/<slug:slug>/versions/<int:number>/", views.policy_version, name="policy-version"),
    path("policies/<slug:slug>/versions/<int:number>/changes/", views.policy_changes, name="policy-changes"),
    path("policies/<slug:slug>/versions/<int:number>/acknowledge/", views.acknowledge, name="acknowledge-policy"),
    path("policies/<slug:slug>/about/", writing_views.change_policy, name="change-policy"),
    path("policies/<slug:slug>/draft/", writing_views.draft_policy, name="draft-policy"),
    path("policies/<slug:slug>/publish/", writing_views.publish_policy, name="publish-policy"),
    path("policies/<slug:slug>/withdraw/", writing_views.withdraw_policy, name="withdraw-policy"),
    path("policies/<slug:slug>/coverage/", coverage_views.policy_coverage, name="policy-coverage"),
    path(
        "policies/<slug:slug>/acknowledgements.csv",
        coverage_views.policy_acknowledgements,
        name="policy-acknowledgements",
    ),
    path("our-policies/", public_views.our_policies, name="our-policies"),
    path("our-policies/<slug:slug>/", public_views.our_policy, name="our-policy"),
]
