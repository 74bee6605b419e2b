"""What the shop owns at AWS. The keys and the questions they answer are in docs/data-model.md."""

from aws.resources import Activity, Index, Table

PRODUCTS = Table(
    name="products",
    purpose="The catalogue: what is for sale, and for how much.",
    sort_key=None,
    indexes=(
        Index(
            name="by_category",
            answers="what is for sale in this category, by name?",
            partition_key="c",
            sort_key="n",
        ),
    ),
)
CARTS = Table(
    name="carts",
    purpose="Customers' carts, one item each; a check-out begins and ends here.",
    sort_key=None,
    indexes=(
        Index(
            name="open",
            answers="which check-outs have not ended, oldest first?",
            partition_key="o",
            sort_key="t",
        ),
    ),
    stream=True,
    ttl_attribute="e",
)
ORDERS = Table(
    name="orders",
    purpose="Orders, by the check-out that made them.",
    sort_key=None,
    stream=True,
)
STOCK = Table(
    name="stock",
    purpose="What is available of each product, on shards; and what check-outs have reserved.",
    sort_key=None,
    stream=True,
)
PAYMENTS = Table(
    name="payments",
    purpose="Payments, by the check-out that they are for.",
    sort_key=None,
    indexes=(
        Index(
            name="in_doubt",
            answers="which payments' outcomes are not known, oldest first?",
            partition_key="o",
            sort_key="d",
        ),
    ),
    stream=True,
)
VIEWS = Table(
    name="shop-views",
    purpose="What pages ask for, kept up from the streams: a customer's orders, what is in stock.",
    backed_up=False,  # rebuilt from the services' tables
)
SANDBOX = Table(
    name="payment-sandbox",
    purpose="The simulated payment provider's own books.",
    sort_key=None,
    backed_up=False,
)
# One for each service of the check-out: what it is to do, a task says.
CARTS_ACTIVITY = Activity(name="checkout-carts", purpose="Carts' part of orchestrated check-outs.")
ORDERS_ACTIVITY = Activity(name="checkout-orders", purpose="Orders' part of them.")
STOCK_ACTIVITY = Activity(name="checkout-stock", purpose="Stock's part of them.")
PAYMENTS_ACTIVITY = Activity(name="checkout-payments", purpose="Payments' part of them.")
