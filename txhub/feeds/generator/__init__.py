"""An invented bank: customers with habits, and the feed files that their bank would send.

`generate(plan, folder)` writes them. The manifest beside them, described in
`docs/howto-feed-profile.md`, says whose accounts are in them.
Nothing here is about a real person or firm.
"""

from txhub.feeds.generator.files import FEED, MANIFEST, Plan, generate

__all__ = ["FEED", "MANIFEST", "Plan", "generate"]
