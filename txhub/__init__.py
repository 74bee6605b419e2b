"""The transaction hub: accounts, transactions, feeds and the batch that loads them."""
