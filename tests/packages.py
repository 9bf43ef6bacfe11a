"""The Debian packages the tests need: installed when this user may, named in one line otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "nginx": "nginx-light",
    "chromium": "chromium",
    "openssl": "openssl",
    "ip": "iproute2",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "amtool": "prometheus-alertmanager",
}
"""Programs, and the package each comes from."""


def main() -> None:
    """Leave with 1 unless every program is there in the end."""
    missing = _missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"installing {' '.join(missing)} for the tests")
        quiet = {
            "check": False,
            "stdout": subprocess.DEVNULL,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        }
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], **quiet)
        missing = _missing()
    if missing:
        sys.exit(f"the tests need these packages: apt-get install {' '.join(missing)}")


def _missing() -> list[str]:
    # Servers live in sbin, which is not on every user's path.
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return [package for program, package in PACKAGES.items() if shutil.which(program, path=path) is None]


if __name__ == "__main__":
    main()
