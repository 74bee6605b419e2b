"""The admin's front page names the pages that are not Django's: an app adds its own."""

from dataclasses import dataclass

from django.urls import reverse

from identity.staff import Role, has_role


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    """A page under `/admin/`: its title, one line about it, its URL's name, and who may open it."""

    title: str
    about: str
    name: str
    role: Role

    @property
    def url(self) -> str:
        return reverse(self.name)


_pages: dict[str, StaffPage] = {}


def on_front_page(page: StaffPage) -> None:
    """Call it where the page's address is declared; again changes nothing."""
    _pages[page.name] = page


def pages_for(user: object) -> list[StaffPage]:
    """Those that this member of staff may open, by title."""
    allowed = (page for page in _pages.values() if has_role(user, page.role))
    return sorted(allowed, key=lambda page: page.title)
