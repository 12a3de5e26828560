from django.db import migrations

from cases.search import AddTrigramIndexes


class Migration(migrations.Migration):
    """Written by hand: what the search of cases needs on PostgreSQL."""

    dependencies = [("accounts", "0001_initial"), ("cases", "0001_initial")]
    operations = [AddTrigramIndexes()]
