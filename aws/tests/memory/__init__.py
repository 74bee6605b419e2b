"""DynamoDB's data plane in this process, for simulations: it answers as the service documents, for
the operations and expressions that our repositories use, and refuses all others by an assertion.

It stands where `aws.dynamodb.client.DataClient` stands, so that repositories run unchanged on it.
It lies with the tests of the door that it replaces: `aws` is the only home of botocore, whose
errors it raises, and nothing that runs in production may come to rely on it.
`aws/tests/test_memory_engine.py` compares it with the embedded engine on random traces.
"""

from aws.tests.memory.engine import MemoryEngine, in_memory
from aws.tests.memory.tables import Written

__all__ = ["MemoryEngine", "Written", "in_memory"]
