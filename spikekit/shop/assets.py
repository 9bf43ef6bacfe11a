"""Styles, script and images of the shop, small and made here."""

from __future__ import annotations

_CSS = """body{margin:0;font:17px/1.5 Georgia,serif;color:#222;background:#faf7f2}
header{display:flex;gap:1.5rem;align-items:center;padding:.8rem 1.5rem;background:#2f3e46;color:#fff}
header a{color:#fff}header form{margin-left:auto}main{max-width:60rem;margin:2rem auto;padding:0 1rem}
.shelf{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:1.5rem;list-style:none;padding:0}
.shelf a{color:inherit;text-decoration:none;font-size:.9rem}.shelf img,.shelf span,.shelf em{display:block}
.shelf em{color:#bc4b26}
article{display:flex;gap:2rem}button{background:#bc4b26;color:#fff;border:0;border-radius:.3rem;padding:.5rem 1rem}
footer{text-align:center;color:#777;padding:2rem}
"""
_JS = """document.querySelectorAll('form[action="/basket"]').forEach(function (form) {
  form.addEventListener('submit', function () { form.querySelector('button').disabled = true; });
});
"""
_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path fill="#e8c07d" d="M4 8q8-4 16 1 8-5 16-1v24'
    'q-8-4-16 1-8-5-16-1z"/><path stroke="#2f3e46" d="M20 9v24"/></svg>'
)
_COVERS = ("#8a5a44", "#3d5a80", "#52796f", "#9a6a9c")


def _cover(colour: str, number: int) -> str:
    lines = "".join(
        f'<path stroke="#fff" stroke-opacity=".5" stroke-width="3" d="M20 {y}h{80 - number * 9}"/>'
        for y in range(40, 40 + 14 * (number + 2), 14)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 180"><rect width="120" height="180" rx="4" '
        f'fill="{colour}"/><path fill="#000" fill-opacity=".2" d="M0 0h8v180H0z"/>{lines}</svg>'
    )


ASSETS: dict[str, tuple[str, str]] = {
    "/static/shop.css": ("text/css; charset=utf-8", _CSS),
    "/static/shop.js": ("text/javascript; charset=utf-8", _JS),
    "/static/logo.svg": ("image/svg+xml", _LOGO),
    **{f"/static/cover-{n}.svg": ("image/svg+xml", _cover(c, n)) for n, c in enumerate(_COVERS, 1)},
}
"""Every asset by its path: content type and text."""
