"""Two hundred books that nobody wrote, the same on every start."""

from __future__ import annotations

from dataclasses import dataclass

BOOKS = 200
_QUALITIES = ("Quiet", "Salt", "Second", "Paper", "Northern", "Glass", "Patient", "Borrowed", "Winter", "Unwritten")
_THINGS = (
    "Harbour",
    "Orchard",
    "Atlas",
    "Lighthouse",
    "Machine",
    "Garden",
    "Letter",
    "River",
    "Alphabet",
    "Ferry",
    "Gate",
)
_FIRST = ("Ada", "Ines", "Tomas", "Noor", "Hugo", "Wren", "Mateo", "Iris", "Callum", "Yuki", "Oda", "Femi")
_LAST = (
    "Marlow",
    "Okafor",
    "Lind",
    "Arden",
    "Castle",
    "Huang",
    "Reyes",
    "Novak",
    "Bright",
    "Ferrer",
    "Quill",
    "Sato",
    "Vane",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One book; the price is in pence."""

    id: int
    title: str
    author: str
    price: int
    cover: int

    @property
    def price_text(self) -> str:
        return f"£{self.price // 100}.{self.price % 100:02d}"


def _book(id_: int) -> Book:
    # Cycles of coprime lengths: titles repeat after 110 books, authors after 156, never both together.
    return Book(
        id=id_,
        title=f"The {_QUALITIES[id_ % len(_QUALITIES)]} {_THINGS[id_ % len(_THINGS)]}",
        author=f"{_FIRST[id_ % len(_FIRST)]} {_LAST[id_ % len(_LAST)]}",
        price=699 + 100 * (id_ * 7 % 13),
        cover=1 + id_ % 4,
    )


CATALOGUE: tuple[Book, ...] = tuple(_book(id_) for id_ in range(1, BOOKS + 1))


def book(id_: str) -> Book | None:
    """The book of that number as it stands in a path, or None."""
    return CATALOGUE[int(id_) - 1] if id_.isdecimal() and len(id_) <= 3 and 1 <= int(id_) <= BOOKS else None


def search(text: str) -> list[Book]:
    """Every book whose title or author has the text in it; all of them for an empty text."""
    wanted = text.casefold().strip()
    return [b for b in CATALOGUE if wanted in f"{b.title} {b.author}".casefold()]
