"""The published schedule of a base's fees: every rate with the authority that allows it; no raise without a new one."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base, BaseStatus
from apps.bases.services import lock_base
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import rules_of
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.supervision import Fees
from apps.plans.models import FeeItem, TrainingProject

_OPENING, _CLOSING = str.maketrans("〔[【｛{〈<《", "(" * 8), str.maketrans("〕]】｝}〉>》", ")" * 8)
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
ENDED = (BaseStatus.REVOKED, BaseStatus.WITHDRAWN)


def rules_on_fees(base: Base) -> Fees:
    """What the text that governs the base today says about fees."""
    return rulebooks.rulebook(base.jurisdiction_id, timezone.localdate()).fees


def publish_rate(
    base: Base,
    actor: Actor,
    *,
    name: str,
    unit: str,
    amount_fen: int,
    authority_name: str,
    authority_document: str,
    effective_from: dt.date,
) -> FeeItem:
    """Publish a rate of ``base`` in fen per ``unit``; one of the same item ends the day before it takes effect.

    Raises NotPermitted for anybody but the institution's head; Blocked where the authority or its document is
    missing, where the amount is raised without a new document, or where the day is not after the present rate's.
    """
    _check_publisher(base, actor)
    given = {
        "name": _plain(name),
        "unit": _plain(unit),
        "authority_name": authority_name.strip(),
        "authority_document": authority_document.strip(),
    }
    with transaction.atomic():
        locked = lock_base(base.pk)
        earlier = [item for item in locked.fee_items.all() if same_text(item.name) == same_text(given["name"])]
        earlier.sort(key=lambda item: (item.effective_from, item.pk))
        problems = _rate_problems(rules_on_fees(locked), earlier, given, amount_fen, effective_from)
        if locked.status in ENDED:
            problems = [Problem("base_ended", f"该基地{locked.status_label}，不能再公布收费标准。")]
        if problems:
            raise Blocked(*problems)
        return _publish(locked, actor, earlier, given, amount_fen, effective_from)


def end_rate(item: FeeItem, actor: Actor, ends_on: dt.date) -> FeeItem:
    """Let ``item`` be charged to the end of ``ends_on`` and no longer.

    Raises NotPermitted for anybody but the institution's head; Blocked for a day before today or before the rate
    takes effect, and where it has been ended already.
    """
    _check_publisher(item.base, actor)
    with transaction.atomic():
        lock_base(item.base_id)
        item.refresh_from_db()
        if item.ends_on is not None:
            raise Blocked(Problem("ended", f"该标准已公布执行至 {item.ends_on:%Y-%m-%d}。", where="ends_on"))
        if ends_on < max(timezone.localdate(), item.effective_from):
            raise Blocked(Problem("ends_early", "停止执行日期不能早于今天或执行日期。", where="ends_on"))
        item.ends_on = ends_on
        item.save(update_fields=["ends_on"])
    return item


def schedule(base: Base) -> list[FeeItem]:
    """Every rate the base ever published, by item, the latest first. One query."""
    return list(FeeItem.objects.filter(base=base).select_related("replaces"))


def rates_on(base: Base, day: dt.date) -> list[FeeItem]:
    """The rates of ``base`` in force on ``day``, by name. One query."""
    until = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return list(FeeItem.objects.filter(until, base=base, effective_from__lte=day).order_by("name", "-effective_from"))


def in_force(item: FeeItem, day: dt.date) -> bool:
    """Whether ``item`` may be charged on ``day``; its last day counts."""
    return item.effective_from <= day and (item.ends_on is None or day <= item.ends_on)


def fee_problems(project: TrainingProject) -> list[Problem]:
    """Training is free or costs what the base's published schedule says for the day it opens."""
    rules, item = rules_of(project.case).fees, project.fee
    if item is None and not project.fee_fen:
        return []
    if item is None or item.base_id != project.base_id or item.amount_fen != project.fee_fen:
        text = "收费须是本基地已公布的收费标准；请先公布标准，或改为不收费。"
        return [Problem("fee_not_published", text, (rules.article,), "fee")]
    if not in_force(item, project.starts_on):
        text = f"“{item.name}”在开班日 {project.starts_on:%Y-%m-%d} 不在执行期内，请改选当日执行的标准。"
        return [Problem("fee_not_in_force", text, (rules.article,), "fee")]
    return []


def same_text(text: str) -> str:
    """A name or document number in the form in which two writings of it are equal.

    Full and half width, spaces, invisible characters, kinds of brackets and leading zeros make no difference.
    """
    narrow = unicodedata.normalize("NFKC", text)
    visible = "".join(char for char in narrow if unicodedata.category(char) not in ("Cf", "Cc", "Zs"))
    return _LEADING_ZEROS.sub("", visible.translate(_OPENING).translate(_CLOSING)).replace("第", "").casefold()


def _plain(text: str) -> str:
    return " ".join(text.split())


def _rate_problems(
    rules: Fees, earlier: list[FeeItem], given: dict[str, str], amount_fen: int, effective_from: dt.date
) -> list[Problem]:
    problems = []
    article = (rules.article,)
    if not given["name"]:
        problems.append(Problem("name_missing", "请填写收费项目。", where="name"))
    if not given["authority_name"] or not same_text(given["authority_document"]):
        text = "请填写批准或备案机关和依据文号。"
        if rules.no_new_items and not earlier:
            text = "不得自行设立收费项目：请填写批准设立该项目的机关和依据文号。"
        cited = article if rules.no_raise or rules.no_new_items else ()
        problems.append(Problem("authority_missing", text, cited, "authority_document"))
    if earlier:
        problems += _day_problems(earlier[-1], effective_from)
        problems += _raise_problems(rules, earlier, given, amount_fen)
    return problems


def _raise_problems(rules: Fees, earlier: list[FeeItem], given: dict[str, str], amount_fen: int) -> list[Problem]:
    """A raise, or a rate that another unit makes incomparable, needs a document no earlier rate of the item had."""
    current = earlier[-1]
    compared = same_text(current.unit) == same_text(given["unit"])
    if compared and amount_fen <= current.amount_fen:
        return []
    document = same_text(given["authority_document"])
    if not document or document not in {same_text(item.authority_document) for item in earlier}:
        return []
    what = "提高收费标准" if compared else "改变计费单位"
    text = f"{what}须有新的批准或备案文件；所填文号是原标准（{current.amount_fen / 100:.2f} 元）的依据，不能再用。"
    return [Problem("raise_without_authority", text, (rules.article,) if rules.no_raise else (), "authority_document")]


def _day_problems(current: FeeItem, effective_from: dt.date) -> list[Problem]:
    if effective_from <= current.effective_from:
        text = f"该项目已公布自 {current.effective_from:%Y-%m-%d} 起执行的标准，新标准的执行日期须在其后。"
        return [Problem("not_later", text, where="effective_from")]
    if effective_from < timezone.localdate():
        return [Problem("backdated", "替换现行标准不能追溯，执行日期不能早于今天。", where="effective_from")]
    return []


def _publish(
    base: Base,
    actor: Actor,
    earlier: list[FeeItem],
    given: dict[str, str],
    amount_fen: int,
    effective_from: dt.date,
) -> FeeItem:
    current = earlier[-1] if earlier else None
    if current is not None and (current.ends_on is None or current.ends_on >= effective_from):
        current.ends_on = effective_from - dt.timedelta(days=1)
        current.save(update_fields=["ends_on"])
    return FeeItem.objects.create(
        base=base,
        amount_fen=amount_fen,
        effective_from=effective_from,
        replaces=current,
        published_by=actor.user,
        **given,
    )


def _check_publisher(base: Base, actor: Actor) -> None:
    if actor.organisation.pk != base.institution_id or not actor.has(Role.INSTITUTION_HEAD):
        raise NotPermitted(Problem("not_permitted", "收费标准由本基地建设单位的负责人公布。"))
