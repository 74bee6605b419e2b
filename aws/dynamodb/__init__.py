"""The repository layer's foundation. Apps import from here, never from boto3."""

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from aws.dynamodb.attributes import Item
from aws.dynamodb.cursors import BadCursor, decode_cursor, encode_cursor
from aws.dynamodb.expressions import Update
from aws.dynamodb.repository import Page, Repository
from aws.dynamodb.transactions import Change, Check, Delete, Put, transact

__all__ = [
    "Attr",
    "BadCursor",
    "Change",
    "Check",
    "ConditionBase",
    "Delete",
    "Item",
    "Key",
    "Page",
    "Put",
    "Repository",
    "Update",
    "decode_cursor",
    "encode_cursor",
    "transact",
]
