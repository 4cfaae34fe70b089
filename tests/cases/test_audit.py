"""audit verify finds an edited, a removed and a cut-off act."""

import datetime as dt
import hashlib
import json

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from apps.accounts.enums import Role
from apps.cases import audit, triggers
from apps.cases.models import Act, Case
from apps.cases.workflow.engine import perform
from tests.factories import AuthorityFactory, make_round, member

pytestmark = pytest.mark.django_db
YESTERDAY = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 3)


@pytest.fixture(autouse=True)
def digests(settings, tmp_path):
    settings.DIGESTS_DIR = tmp_path / "digests"
    return settings.DIGESTS_DIR


@pytest.fixture
def case():
    with time_machine.travel(YESTERDAY):
        authority = AuthorityFactory()
        rnd = make_round(authority, state="draft")
        perform(rnd.case, "propose", member(authority, Role.AUTHORITY_OFFICER))
        perform(rnd.case, "publish", member(authority, Role.AUTHORITY_HEAD))
    return rnd.case


def tamper(statement, *values):
    """What somebody with the database owner's rights could do: drop the triggers first."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    triggers.install(connection)


def messages():
    return [finding.message for finding in audit.verify()]


def test_untouched_acts_verify(case, digests):
    audit.seal_until(TODAY)
    assert messages() == []
    sealed = json.loads((digests / "2026-03-02.json").read_text("utf-8"))
    assert sealed["cases"] == {case.number: {"seq": 3, "hash": case.tail_hash}}


def test_edited_act_is_found(case):
    tamper("UPDATE cases_act SET reason = %s WHERE case_id = %s AND seq = 2", "改过的理由", case.pk)
    assert messages() == ["第 2 条内容被改动"]


def test_removed_act_is_found(case):
    tamper("DELETE FROM cases_act WHERE case_id = %s AND seq = 2", case.pk)
    assert messages() == ["第 2 条办理记录缺失", "第 3 条与前一条的散列不相连"]


def test_cut_off_tail_is_found(case):
    tamper("DELETE FROM cases_act WHERE case_id = %s AND seq = 3", case.pk)
    assert messages() == ["末尾记录被截去：应有 3 条，实有 2 条"]


def test_cut_off_tail_with_the_case_mended_disagrees_with_the_digest(case):
    audit.seal_until(TODAY)
    tamper("DELETE FROM cases_act WHERE case_id = %s AND seq = 3", case.pk)
    tail = Act.objects.get(case=case, seq=2)
    Case.objects.filter(pk=case.pk).update(act_count=2, tail_hash=tail.hash, state=tail.to_state)
    assert messages() == ["封存于 2026-03-02 的第 3 条办理记录已不存在"]


def test_state_changed_past_the_acts_is_found(case):
    Case.objects.filter(pk=case.pk).update(state="finished")
    assert messages() == ["办件状态与最后一条办理记录不符"]


def test_rewritten_digest_breaks_the_chain_of_digests(case, digests):
    audit.seal_until(TODAY)
    with time_machine.travel(YESTERDAY + dt.timedelta(days=1)):
        make_round(AuthorityFactory(), state="draft")
    audit.seal_until(TODAY + dt.timedelta(days=1))
    first = digests / "2026-03-02.json"
    first.chmod(0o640)
    first.write_text(first.read_text("utf-8") + "\n", "utf-8")
    assert messages() == ["封存文件 2026-03-03.json 与前一日封存不相连"]
    assert hashlib.sha256(first.read_bytes()).hexdigest()


def test_command_says_what_is_wrong_and_exits_with_one(case, capsys):
    call_command("audit", "verify")
    assert capsys.readouterr().out == "办理记录完整，与封存一致。\n"
    tamper("UPDATE cases_act SET reason = %s WHERE case_id = %s AND seq = 1", "改", case.pk)
    with pytest.raises(SystemExit) as stopped:
        call_command("audit", "verify")
    assert stopped.value.code == 1
    assert f"{case.number}：第 1 条内容被改动" in capsys.readouterr().err
