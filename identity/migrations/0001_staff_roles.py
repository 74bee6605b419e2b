"""The groups that staff roles are: viewer, operator, approver, auditor."""

from django.db import migrations

ROLES = ("viewer", "operator", "approver", "auditor")


def create_groups(apps, _schema_editor):
    group = apps.get_model("auth", "Group")
    for role in ROLES:
        group.objects.get_or_create(name=role)


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    # Backwards nothing goes: a group may have members.
    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop)]
