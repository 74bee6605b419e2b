"""Django's sessions in the cache, with one difference: a cache that is away is not an empty one."""

from typing import Any

from django.contrib.sessions.backends import cache
from django.core.cache import caches


class SessionStore(cache.SessionStore):
    """Django's own swallows the error, takes the session for lost and deletes the browser's
    cookie: a moment without Redis would sign everybody out."""

    def load(self) -> dict[str, Any]:
        """Raises redis-py's errors where Redis does not answer."""
        found: dict[str, Any] | None = caches["default"].get(self.cache_key)
        if found is not None:
            return found
        self._session_key = None
        return {}
