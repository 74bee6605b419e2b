"""Where Django looks for admin pages: the batch's are beside the batch."""

from txhub.batch import admin

__all__ = ["admin"]
