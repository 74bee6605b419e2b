"""What the application measures about itself.

Every name is declared once, as a typed constant: the application's own in `aws/metrics/names.py`,
an app's in `<app>/metrics.py`. A typo in a name or a label is a type error. Recording is a few
hundred nanoseconds in the process; `/metrics` (Prometheus) and CloudWatch read what was gathered,
off the request path (docs/adr/0007-metrics.md).
"""

from aws.metrics.calls import current_use_case, record_call, use_case
from aws.metrics.instruments import Counter, Gauge, Histogram, Unit, timed

__all__ = [
    "Counter",
    "Gauge",
    "Histogram",
    "Unit",
    "current_use_case",
    "record_call",
    "timed",
    "use_case",
]
