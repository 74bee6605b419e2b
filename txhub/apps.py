from django.apps import AppConfig


class TxhubConfig(AppConfig):
    """The hub: accounts, transactions, feeds and batch."""

    name = "txhub"
    verbose_name = "Transaction hub"
