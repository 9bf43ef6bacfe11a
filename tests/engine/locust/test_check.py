"""A look at Locust classes in a process of its own: what can be a journey, and why not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FILE = """'''Prints where answers go.'''
print('{"host": "http://nowhere.example"}')
from locust import HttpUser, User, task
import sibling
heard = []
class Plain(HttpUser):
    @task
    def look(self): ...
class There(Plain):
    host = "http://127.0.0.1:8000"
class Visiting(User):
    def visit(self): ...
class Idle(HttpUser): ...
"""


def test_each_class_is_answered_for_on_a_line_of_its_own(tmp_path: Path) -> None:
    """Whatever the files print; a file's folder is on the path, as Locust has it."""
    (tmp_path / "users.py").write_text(FILE)
    (tmp_path / "sibling.py").write_text("")
    (tmp_path / "broken.py").write_text("'''Broken.'''\n\nimport nothing_of_that_name\n")
    (tmp_path / "leaving.py").write_text("raise SystemExit(0)\n")
    expected: dict[str, str | dict[str, None] | dict[str, str]] = {
        "users.py:Plain": {"host": None},
        "users.py:There": {"host": "http://127.0.0.1:8000"},
        "users.py:Visiting": {"host": None},
        "users.py:Plane": "users.py has no class Plane; did you mean Plain?",
        "users.py:Nothing": "users.py has no class Nothing; it has Plain, There, Visiting, Idle",
        "users.py:heard": "heard in users.py is not a Locust User class",
        "users.py:HttpUser": "class HttpUser in users.py is abstract",
        "users.py:Idle": "class Idle in users.py has no @task and no method visit",
        "broken.py:Plain": "broken.py cannot be imported: line 3: ModuleNotFoundError: No module named 'nothing_of_tha",
        "leaving.py:Plain": "leaving.py cannot be imported: line 1: SystemExit: 0",
        "none.py:Plain": "none.py",
    }
    answers = _looked_at(tmp_path, *expected)
    for (spec, said), answer in zip(expected.items(), answers, strict=True):
        if isinstance(said, dict):
            assert answer == said, spec
        else:
            assert said in str(answer["error"]), spec


def _looked_at(folder: Path, *specs: str) -> list[dict[str, str | None]]:
    words = [sys.executable, "-m", "spikekit.engine.locust.check", *specs]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_class_in_the_documentation_is_a_journey(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "locust.md").read_text(encoding="utf-8")
    block = text.split("```python\n")[1].split("```")[0]
    (tmp_path / "checkout.py").write_text(block)
    assert _looked_at(tmp_path, "checkout.py:CheckoutUser") == [{"host": None}]
