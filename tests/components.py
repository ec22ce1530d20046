"""Outside components that some tests need, how to find each and how to get it.

A test says ``@pytest.mark.needs("chromium")``. Without the component it is left out and listed as NOT RUN;
with ``--ci`` it fails instead. ``python3 tests/components.py --debian`` prints the Debian packages that the
markers under tests/ ask for; it runs before any environment exists, so only the standard library is used.
"""

from __future__ import annotations

import ast
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Component:
    """One thing outside the locks.

    Attributes:
        name: what the marker says.
        tests: what stays untested without it.
        get: how to get it, for a person.
        programs: any one of these on PATH (or as an absolute path) means that it is there.
        debian: Debian packages that bring it.
    """

    name: str
    tests: str
    get: str
    programs: tuple[str, ...] = ()
    debian: tuple[str, ...] = ()

    def find(self) -> str | None:
        """Return the path of the first program found, or None."""
        return next(filter(None, map(shutil.which, self.programs)), None)


CI = Component(
    name="ci",
    tests="the release checks (wheel in an empty environment)",
    get="./dev test --ci",
)

COMPONENTS = {
    component.name: component
    for component in (
        CI,  # not a program: there when pytest runs with --ci
        Component(
            name="chromium",
            tests="the console in a browser",
            get="apt-get install chromium",
            programs=("chromium", "/usr/bin/chromium"),
            debian=("chromium",),
        ),
        Component(
            name="mosquitto",
            tests="the MQTT listener against a real broker",
            get="apt-get install mosquitto",
            programs=("mosquitto", "/usr/sbin/mosquitto"),
            debian=("mosquitto",),
        ),
        Component(
            name="swaks",
            tests="mail from a real client",
            get="apt-get install swaks",
            programs=("swaks",),
            debian=("swaks",),
        ),
        Component(
            name="logger",
            tests="syslog from util-linux",
            get="apt-get install bsdutils",
            programs=("logger",),
            debian=("bsdutils",),
        ),
        Component(
            name="openssl",
            tests="TLS with a client that is not ours",
            get="apt-get install openssl",
            programs=("openssl",),
            debian=("openssl",),
        ),
    )
}


def missing(name: str, *, ci: bool) -> bool:
    """Whether a component is absent; raises KeyError for a name that is not in the table."""
    component = COMPONENTS[name]
    return not ci if component is CI else component.find() is None


def markers(path: Path) -> set[str]:
    """Return the components that the `needs` markers of a test file name."""
    return {
        argument.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.needs")
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def debian_packages(folder: Path) -> list[str]:
    """Return the Debian packages that the markers in test files under a folder ask for, sorted."""
    names = {
        name
        for path in folder.rglob("*.py")
        for name in markers(path)
        if name in COMPONENTS and missing(name, ci=True)
    }
    return sorted({package for name in names for package in COMPONENTS[name].debian})


if __name__ == "__main__" and "--debian" in sys.argv[1:]:
    sys.stdout.writelines(f"{package}\n" for package in debian_packages(Path(__file__).parent))
