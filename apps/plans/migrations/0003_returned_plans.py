"""What a returned plan came back with, and when a plan was first before its authority."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_training_records")]

    operations = [
        migrations.AddField(
            model_name="annualplan",
            name="reported_on",
            field=models.DateField(null=True, verbose_name="首次报备案日期"),
        ),
        migrations.AddField(
            model_name="planreturnitem",
            name="answer",
            field=models.TextField(blank=True, verbose_name="答复"),
        ),
        migrations.AddField(
            model_name="planreturnitem",
            name="changed",
            field=models.BooleanField(null=True, verbose_name="已修改"),
        ),
    ]
