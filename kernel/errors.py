"""The four kinds of error. The class says what the caller should do.

=============  ================================  ====================================
kind           what the caller should do         over HTTP
=============  ================================  ====================================
`Missing`      stop asking for it                404
`Refused`      change the request                422 (or the subclass's own 4xx)
`Conflict`     read again, decide again          409, or 412 where a version was given
`Unavailable`  try the same again, later         503 with `Retry-After`
=============  ================================  ====================================

An app's errors inherit one of these and stand beside the code that raises them.
"""

from typing import Any, ClassVar


class HubError(Exception):
    """The root of every error that we raise on purpose; never raised itself.

    `code` is stable and machine-readable (RFC 9457 calls its page `type`); the message is for a
    person and holds no personal data, since it is logged.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().split("\n")[0])

    @property
    def message(self) -> str:
        return str(self.args[0])


class Missing(HubError):
    """It does not exist, or not for this caller."""

    code = "not_found"


class Refused(HubError):
    """The request breaks a rule; the same request will be refused again."""

    code = "refused"


class Conflict(HubError):
    """Somebody else was faster; `stored` is what stands there now, where it is known."""

    code = "conflict"

    def __init__(self, message: str = "", *, stored: Any = None) -> None:
        super().__init__(message)
        self.stored = stored


class Unavailable(HubError):
    """A dependency does not answer, or is over its limit: try again in `retry_after_s` seconds."""

    code = "unavailable"

    def __init__(self, message: str = "", *, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
