"""A run as manifests of Locust's Kubernetes operator (``locust.io/v2``): the file it runs, and the test itself."""

from __future__ import annotations

import re
from textwrap import indent

from spikekit.errors import UsageError

MOST_BYTES = 1_000_000
"""A ConfigMap holds at most a mebibyte, its other keys included."""


LONGEST_NAME = 50
"""The operator makes names of pods from it, and those have 63 characters."""

_MANIFESTS = """\
# {what}
# Written by: {command}
#   kubectl apply -f FILE
#   kubectl get locusttest {name} -w
# Delete it before you apply it again: the operator ignores changes of a test. The image must have spikekit {version}.
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  labels: {{app.kubernetes.io/name: spikekit}}
data:
  locustfile.py: |
{text}
---
apiVersion: locust.io/v2
kind: LocustTest
metadata:
  name: {name}
  labels: {{app.kubernetes.io/name: spikekit}}
spec:
  image: {image}
  master:
    command: "--locustfile /lotest/src/locustfile.py"
    autostart: true
    autoquit: {{enabled: true, timeout: 60}}
  worker:
    command: "--locustfile /lotest/src/locustfile.py"
    replicas: {workers}
  testFiles:
    configMapRef: {name}
"""

_SECRETS = """\
  env:
    secretRefs:
      - name: {name}-secrets         # with the keys {keys}
"""


def operator_manifests(
    text: str,
    *,
    subject: str,
    what: str,
    command: str,
    image: str,
    workers: int,
    secrets: tuple[str, ...],
    version: str,
) -> str:
    """The manifests that run the Locust file ``text``; ``secrets`` are variables that the pods need.

    Raises ``UsageError`` for a file that no ConfigMap holds.
    """
    size = len(text.encode())
    if size > MOST_BYTES:
        raise UsageError(
            f"the Locust file has {size:,} bytes, and a ConfigMap holds {MOST_BYTES:,}",
            hint="fewer data rows in the journey, or an image with the file inside (spikekit locustfile)",
        )
    name = _name(subject)
    manifests = _MANIFESTS.format(
        what=_comment(what),
        command=_comment(command),
        name=name,
        version=version,
        text=indent(text.rstrip("\n"), "    "),
        image=_quoted(image),
        workers=workers,
    )
    return manifests + (_SECRETS.format(name=name, keys=", ".join(secrets)) if secrets else "")


def _name(subject: str) -> str:
    """A name that Kubernetes takes: lower case, digits and hyphens, a letter or digit at both ends."""
    return f"spikekit-{re.sub(r'[^a-z0-9]+', '-', subject.lower()).strip('-')}"[:LONGEST_NAME].strip("-")


def _comment(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*", text):
        raise UsageError(f"expected an image such as registry.example.com/spikekit:1.0, found {text!r:.80}")
    return f'"{text}"'
