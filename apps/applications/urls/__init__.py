"""Pages of the road, by step: each module lists its own."""

from apps.applications.urls import decisions, forms, intake, notices, public, recommendations, rounds

app_name = "applications"
urlpatterns = [
    *public.urlpatterns,
    *rounds.urlpatterns,
    *forms.urlpatterns,
    *recommendations.urlpatterns,
    *intake.urlpatterns,
    *notices.urlpatterns,
    *decisions.urlpatterns,
]
