"""What can be wrong with one row. Each becomes a `Bad` row; the reader of the file goes on.

`BadAmount` and `UnknownCurrency` of `kernel.money` belong to this family too.
"""

from kernel.errors import Refused


class FieldCount(Refused):
    """The row has more or fewer fields than the format says."""

    code = "field_count"


class BrokenQuotes(Refused):
    """The row's quotes do not pair up."""

    code = "broken_quotes"


class FieldMissing(Refused):
    """A field that every row needs is empty."""

    code = "field_missing"


class FieldTooLong(Refused):
    """A field is longer than any bank's."""

    code = "field_too_long"


class BadDate(Refused):
    """This is not a date in the format that the profile names, or no day of the calendar."""

    code = "bad_date"


class BadTime(Refused):
    """This is not a time in the format that the profile names, or a time that never was."""

    code = "bad_time"


class DateInFuture(Refused):
    """The date lies further ahead than a booking can."""

    code = "date_in_future"


class BadValue(Refused):
    """The field has a value that the format does not know."""

    code = "bad_value"


class BadEscape(Refused):
    """A backslash escapes nothing that may be escaped."""

    code = "bad_escape"


class BadReversal(Refused):
    """A REVERSE record must name the record it reverses, and a NEW one must not."""

    code = "bad_reversal"
