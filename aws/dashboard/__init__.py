"""What every app stands on: the API, DynamoDB, streams, and the workers."""

from aws.dashboard.api import API
from aws.dashboard.dynamodb import DYNAMODB
from aws.dashboard.streams import STREAMS
from aws.dashboard.workers import WORKERS

DASHBOARDS = (API, DYNAMODB, STREAMS, WORKERS)
