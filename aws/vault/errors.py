"""What the vault refuses with. No message names a subject's data, and none holds a key."""

from kernel.errors import Missing, Refused


class Tampered(Refused):
    """This is not what was sealed here: altered, moved, cut short, or sealed under another key."""

    code = "tampered"


class KeyMissing(Tampered):
    """No key of this subject exists, so nothing can have been sealed for it."""

    code = "key_missing"


class KeyDestroyed(Missing):
    """The key was destroyed on purpose; what it sealed cannot be read by anyone, ever."""

    code = "key_destroyed"
