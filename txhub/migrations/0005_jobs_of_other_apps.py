from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("txhub", "0004_staying_in_sync")]

    operations = [
        migrations.AlterField(
            model_name="jobinstance",
            name="kind",
            field=models.CharField(max_length=12),
        ),
    ]
