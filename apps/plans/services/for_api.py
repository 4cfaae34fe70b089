"""What the API says of records: its vocabulary, and rows as they are checked."""

from apps.plans.enums import EntryWay, IdentityKind, Outcome, SubjectKind
from apps.plans.services.records import RowsRefused, check_may_enter, enter_rows

IDENTITY_KINDS = tuple(IdentityKind.values)
SUBJECT_KINDS = tuple(SubjectKind.values)
OUTCOMES = tuple(Outcome.values)
FIELDS = ("name", "identity_kind", "identity_number", "employer", "subject_kind", "value", "outcome")
FIELD_OF = {
    "姓名": "name",
    "证件类型": "identity_kind",
    "证件号码": "identity_number",
    "工作单位": "employer",
    "科目": "subject_kind",
    "学时": "value",
    "学分": "value",
    "结果": "outcome",
}
BY_API = EntryWay.API

__all__ = [
    "BY_API",
    "FIELDS",
    "FIELD_OF",
    "IDENTITY_KINDS",
    "OUTCOMES",
    "SUBJECT_KINDS",
    "RowsRefused",
    "check_may_enter",
    "enter_rows",
]
