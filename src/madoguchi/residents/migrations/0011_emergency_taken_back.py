"""Whoever asked in an emergency takes it back or ends it: nothing that was taken back can be agreed to."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("residents", "0010_living_is_counted_last")]

    operations = [
        migrations.AddField(
            model_name="emergencyrow", name="ended_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="emergencyrow",
            constraint=models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(agreed__isnull=True)
                | Q(agreed=True, answered_at__lte=F("ended_at")),
                name="residents_emergency_taken_back",
            ),
        ),
    ]
