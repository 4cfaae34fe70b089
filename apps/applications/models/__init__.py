"""Models of the road from round to recognition. Each detail model shares the primary key of its case."""

from apps.applications.models.decisions import Decision, ReviewStep
from apps.applications.models.forms import Application, ApplicationSection, ReturnItem
from apps.applications.models.notices import NoticeEntry, Objection, PublicNotice
from apps.applications.models.opinions import AdmissionRefusal, ItemCheck, Opinion
from apps.applications.models.rounds import RecommendationQuota, Round

__all__ = [
    "AdmissionRefusal",
    "Application",
    "ApplicationSection",
    "Decision",
    "ItemCheck",
    "NoticeEntry",
    "Objection",
    "Opinion",
    "PublicNotice",
    "RecommendationQuota",
    "ReturnItem",
    "ReviewStep",
    "Round",
]
