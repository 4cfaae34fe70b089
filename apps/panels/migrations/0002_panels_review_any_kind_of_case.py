"""Panels review any kind of case: what they are called together for, and what they review, is a case.

Rounds and applications share the primary key of their case, so every value stays as it is. Going back is possible
while panels have reviewed applications only.
"""

import django.db.models.deletion
from django.db import migrations, models

SUBJECTS = (
    ("panelitem", "panel_items"),
    ("conflictfinding", "+"),
    ("declaration", "+"),
    ("scoresheet", "+"),
    ("sitevisit", "+"),
    ("resolution", "panel_resolutions"),
)
"""The models that name what is reviewed, with the name of the way back."""

CONSTRAINTS = (
    ("panelitem", "panel_item_once", ("panel", "{}")),
    ("conflictfinding", "conflict_found_once", ("member", "{}", "kind")),
    ("declaration", "declaration_once", ("member", "{}")),
    ("scoresheet", "sheet_once", ("member", "{}")),
    ("resolution", "resolution_once", ("panel", "{}")),
)


def once(name: str, fields: tuple[str, ...], subject: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=[field.format(subject) for field in fields], name=name)


def on_one_panel(subject: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=[subject], condition=models.Q(is_active=True), name=f"{subject}_on_one_panel"
    )


def case(related_name: str, **options: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to="cases.case", **options
    )


class Migration(migrations.Migration):
    dependencies = [("panels", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="panelitem", name="application_on_one_panel"),
        *(migrations.RemoveConstraint(model_name=model, name=name) for model, name, _ in CONSTRAINTS),
        migrations.RenameField(model_name="panel", old_name="round", new_name="occasion"),
        migrations.AlterField(
            model_name="panel", name="occasion", field=case("panels", verbose_name="评审事项")
        ),
        *(
            operation
            for model, related_name in SUBJECTS
            for operation in (
                migrations.RenameField(model_name=model, old_name="application", new_name="subject"),
                migrations.AlterField(model_name=model, name="subject", field=case(related_name)),
            )
        ),
        migrations.AddConstraint(model_name="panelitem", constraint=on_one_panel("subject")),
        *(
            migrations.AddConstraint(model_name=model, constraint=once(name, fields, "subject"))
            for model, name, fields in CONSTRAINTS
        ),
        migrations.AlterModelOptions(
            name="panelitem", options={"ordering": ["position", "id"], "verbose_name": "评审对象"}
        ),
        migrations.AlterField(
            model_name="conflictfinding",
            name="kind",
            field=models.CharField(
                choices=[
                    ("same_employer", "与被评审单位同一工作单位"),
                    ("recommender", "任职于推荐或审查部门"),
                    ("managing_unit", "任职于管理（指导）单位"),
                    ("teacher", "姓名见于被评审单位教师名单"),
                ],
                max_length=16,
                verbose_name="情形",
            ),
        ),
    ]
