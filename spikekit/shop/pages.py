"""The shop's HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape

from spikekit.shop.catalogue import CATALOGUE, Book

SHELF = 24
"""Books on a shelf page."""


@cache
def home() -> str:
    """The front page: what is new."""
    return _page("Bookshop", f"<h1>Books worth the queue</h1><p>New this week.</p>{_shelf(CATALOGUE[:8])}")


@cache
def shelf() -> str:
    """The first page of all books."""
    return _page("All books", f"<h1>All books</h1>{_shelf(CATALOGUE[:SHELF])}")


def found(text: str, books: Sequence[Book]) -> str:
    """What a search brought."""
    count = f"{len(books)} book{'s' * (len(books) != 1)} for “{escape(text)}”"
    return _page("Search", f"<h1>{count}</h1>{_shelf(books[:SHELF])}")


def detail(book: Book, csrf: str) -> str:
    """A book with the form that puts it into the basket."""
    return _page(
        book.title,
        f"""<article><img src="/static/cover-{book.cover}.svg" alt="" width="180" height="270">
<div><h1>{escape(book.title)}</h1><p>{escape(book.author)} · <b>{book.price_text}</b></p>
<p>A story about {escape(book.title.lower())}, and about everybody who came to see it in the same minute.</p>
<form method="post" action="/basket"><input type="hidden" name="id" value="{book.id}">
<input type="hidden" name="csrf" value="{csrf}"><button>Add to basket</button></form></div></article>""",
    )


def basket(books: Sequence[Book], csrf: str) -> str:
    """What a visitor has chosen so far."""
    rows = "".join(f"<li>{escape(b.title)} <b>{b.price_text}</b></li>" for b in books)
    total = sum(b.price for b in books)
    return _page(
        "Basket",
        f"""<h1>Your basket</h1><ul>{rows or "<li>Nothing yet.</li>"}</ul><p>Total £{total / 100:.2f}</p>
<form method="post" action="/checkout"><input type="hidden" name="csrf" value="{csrf}">
<button>Check out</button></form>""",
    )


def message(title: str, text: str) -> str:
    """A page that says one thing."""
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def _shelf(books: Iterable[Book]) -> str:
    cards = "".join(
        f'<li><a href="/books/{b.id}"><img src="/static/cover-{b.cover}.svg" alt="" width="120" height="180">'
        f"<span>{escape(b.title)}</span> {escape(b.author)} <b>{b.price_text}</b><em>Add to basket</em></a></li>"
        for b in books
    )
    return f'<ul class="shelf">{cards}</ul>'


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Bookshop</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/shop.css">
<link rel="icon" href="data:,"><script src="/static/shop.js" defer></script></head>
<body><header><a href="/"><img src="/static/logo.svg" alt="Bookshop" width="40" height="40"></a>
<nav><a href="/books">Books</a> <a href="/basket">Basket</a></nav>
<form action="/search"><input name="q" aria-label="Search"><button>Search</button></form></header>
<main>{body}</main><footer>A sample shop that comes with spikekit. Nothing here is for sale.</footer></body></html>
"""
