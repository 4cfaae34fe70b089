"""Acts cannot be changed or removed, not even by SQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from apps.cases.models import Act
from tests.factories import AuthorityFactory, make_round

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_act SET reason = '改' WHERE id = %s",
        "UPDATE cases_act SET hash = 'x' WHERE id = %s",
        "DELETE FROM cases_act WHERE id = %s",
    ],
)
def test_sql_against_an_act_is_refused(statement):
    act = Act.objects.get(case=make_round(AuthorityFactory()).case)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [act.pk])
    again = Act.objects.get(pk=act.pk)
    assert (again.reason, again.hash) == (act.reason, act.hash)


def test_truncating_the_acts_is_refused():
    make_round(AuthorityFactory())
    statement = "DELETE FROM cases_act" if connection.vendor != "postgresql" else "TRUNCATE cases_act CASCADE"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert Act.objects.count() == 1
