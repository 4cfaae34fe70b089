"""People, organisations and the roles people hold in them."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from apps.accounts.enums import OrganisationKind, Rank, Role
from apps.accounts.validators import validate_credit_code, validate_division


class User(AbstractUser):
    """A person. What a person may do comes from memberships, never from flags on the person."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=64)
    phone = models.CharField("手机", max_length=20, blank=True)
    must_change_password = models.BooleanField("须先修改初始密码", default=False)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "人员"

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Organisation(models.Model):
    """An authority, a department, an institution, a commissioned association or a third party that supervises money.

    All but institutions belong to one jurisdiction; an institution may have business in several.
    ``recommender_types`` and ``rank`` are the list the authority keeps of who may recommend: values of the
    rulebooks' vocabulary. ``levels`` are the levels of base an authority recognises.
    """

    kind = models.CharField("类别", max_length=16, choices=OrganisationKind)
    jurisdiction = models.ForeignKey(
        "jurisdictions.Jurisdiction", models.PROTECT, null=True, blank=True, related_name="organisations"
    )
    name = models.CharField("名称", max_length=128)
    short_name = models.CharField("简称", max_length=64, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, validators=[validate_credit_code])
    division = models.CharField("行政区划代码", max_length=6, validators=[validate_division], blank=True)
    superior = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subordinates")
    levels = models.JSONField("认定的基地级别", default=list, blank=True)
    recommender_types = models.JSONField("推荐资格类别", default=list, blank=True)
    rank = models.CharField("行政级别", max_length=32, blank=True)
    document_mark = models.CharField("发文机关标志", max_length=64, blank=True)
    document_code = models.CharField("机关代字", max_length=32, blank=True)
    seal_image = models.FileField("印章图片", upload_to="seals/", blank=True)
    may_assist = models.BooleanField("机关允许其协助办理", default=False)
    phone = models.CharField("联系电话", max_length=32, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "组织"
        constraints = [
            models.UniqueConstraint(
                "credit_code",
                models.functions.Coalesce("jurisdiction", models.Value("")),
                name="organisation_code_once_per_jurisdiction",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=OrganisationKind.INSTITUTION, jurisdiction__isnull=True)
                | (~models.Q(kind=OrganisationKind.INSTITUTION) & models.Q(jurisdiction__isnull=False)),
                name="organisation_jurisdiction_unless_institution",
            ),
        ]
        indexes = [models.Index(fields=["jurisdiction", "kind"])]

    def __str__(self) -> str:
        return self.name

    @property
    def rank_label(self) -> str:
        return str(Rank(self.rank).label) if self.rank in Rank.values else ""


class Membership(models.Model):
    """A role a person holds in an organisation. Ended by ``is_active=False``, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField("角色", max_length=32, choices=Role)
    is_active = models.BooleanField("有效", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "任职"
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"
