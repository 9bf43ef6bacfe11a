"""A generator has no web server in memory; who asks for Locust's page still gets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.ports import free_port


def _told(code: str) -> str:
    """What a fresh process that has imported the generator says."""
    code = "import sys\nimport spikekit.engine.generator\n" + code
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_a_generator_has_no_web_server_in_memory() -> None:
    """Nor what the model of a file, or the reader of one, would bring."""
    assert _told(
        "print({'flask', 'werkzeug', 'jinja2', 'locust.web', 'pydantic', 'yaml', 'httpx'} & {*sys.modules})"
    ) == ("set()")


@pytest.mark.parametrize(
    "code",
    [
        "import locust.web; print(locust.web.WebUI.__mro__[-2].__module__, locust.web.Flask.__name__)",
        "from locust.web import WebUI, Flask; print(WebUI.__module__, Flask.__name__)",
        "from locust import web; print(web.WebUI.__module__, web.Flask.__name__)",
    ],
)
def test_a_user_s_own_code_imports_the_real_one(code: str) -> None:
    """However it is written."""
    assert _told(code) == "locust.web Flask"


def test_locust_s_page_is_opened_where_somebody_asks_for_it() -> None:
    """Through the environment, as a user's ``init`` listener might."""
    code = (
        "import urllib.request\nfrom locust.env import Environment\nenvironment = Environment()\n"
        f"environment.create_local_runner()\npage = environment.create_web_ui('127.0.0.1', {(port := free_port())})\n"
        "import locust.web\nassert type(page) is locust.web.WebUI\n"
        f"print(urllib.request.urlopen('http://127.0.0.1:{port}/', timeout=10).status)\npage.stop()\n"
    )
    assert _told(code) == "200"


def test_whoever_has_imported_locust_keeps_what_they_have() -> None:
    code = "import locust, sys\nweb = sys.modules['locust.web']\nimport spikekit.engine.generator\nimport locust.web\n"
    code += "assert locust.web is web\n"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
