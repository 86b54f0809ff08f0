"""Make the virtual environment that the Makefile uses, once, from requirements.lock.

Only the standard library is used, and only syntax that older Pythons read, so that a Python that is
too old gets one clear line. The environment is taken as it is when `ready.json` inside it still tells
the truth about the lock, the interpreter, the folder and the packages that lie in it. Otherwise it is
brought in line, or made anew when an earlier attempt was cut off.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
# What `make run` never needs: a cluster, sensitivity analysis. Its pins contain those of the other file.
EXTRAS = ROOT / "requirements-extras.lock"
OLDEST = (3, 11)
# The one dependency that comes only as source. It goes in last, built by the tools that the lock names, so
# that nothing is fetched which no hash checks.
SOURCE_ONLY = ("antlr4-python3-runtime",)


def main(folder: str, extras: bool = False) -> int:
    """Make or repair the environment in `folder`, with the extras when asked; return the exit status."""
    if sys.version_info < OLDEST:
        return fail(
            "CreditCycle needs Python {}.{} or newer, and {} is {}.{}: name another one, as in "
            "`make run PYTHON=python3.12`.".format(*OLDEST, sys.executable, *sys.version_info[:2])
        )
    environment = ROOT / folder
    ready = environment / "ready.json"
    begun = environment / "set-up-begun"
    earlier = read(ready)
    extras = extras or (isinstance(earlier, dict) and bool(earlier.get("extras")))
    if earlier == state_of(environment, extras):
        return 0
    moved = isinstance(earlier, dict) and earlier.get("folder") != str(environment)
    if environment.exists() and (begun.exists() or moved or not works(environment)):
        if not (begun.exists() or (environment / "pyvenv.cfg").exists()):
            return fail(f"{environment} is in the way: it is not a virtual environment")
        shutil.rmtree(environment)
    uv = shutil.which("uv")
    started = time.monotonic()
    lock = EXTRAS if extras else LOCK
    say("Setting up {} from {} with {} (once, about a minute)".format(folder, lock.name, "uv" if uv else "pip"))
    try:
        if not environment.exists():
            make_empty(environment, uv)
        ready.unlink(missing_ok=True)
        begun.touch()
        install(environment, uv, lock)
    except subprocess.CalledProcessError as error:
        return fail("set-up stopped: {} (exit {})".format(" ".join(map(str, error.cmd)), error.returncode))
    say("Compiling the rules on all cores (once, about half a minute)")
    if not compile_rules(environment):
        say("The rules are not compiled: the first run does it")
    begun.unlink()
    ready.write_text(json.dumps(state_of(environment, extras), indent=1) + "\n", encoding="utf-8")
    say(f"Ready after {time.monotonic() - started:.0f} s")
    return 0


def state_of(environment: Path, extras: bool = False) -> dict:
    """Return what decides whether the environment may be used as it is."""
    packages = sorted(path.name for path in environment.glob("lib/python3*/site-packages/*.dist-info"))
    digest = hashlib.sha256()
    for path in (EXTRAS if extras else LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return {
        "sources": digest.hexdigest(),
        "extras": extras,
        "folder": str(environment),
        "python": "{}.{}.{}".format(*sys.version_info[:3]),
        "interpreter_exists": interpreter(environment).exists(),
        "packages": packages,
    }


def make_empty(environment: Path, uv: str) -> None:
    """Create an environment with nothing in it."""
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, environment])
        return
    run([sys.executable, "-m", "venv", environment])


def install(environment: Path, uv: str, lock: Path) -> None:
    """Install what a lock names, checked by hash, and the engine itself as an editable package."""
    wheels = environment / "wheels.lock"
    wheels.write_text(without_sources(lock.read_text(encoding="utf-8")), encoding="utf-8")
    python = interpreter(environment)
    if uv:
        pip = [uv, "pip", "install", "--quiet", "--python", python, "--compile-bytecode", "--no-deps"]
    else:
        if not any(environment.glob("lib/python3*/site-packages/pip")):
            run([python, "-m", "ensurepip", "--upgrade"])
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--progress-bar=off"]
        pip.append("--no-deps")
    run([*pip, "--require-hashes", "--only-binary=:all:", "-r", wheels])
    run([*pip, "--require-hashes", "--no-build-isolation", "-r", lock])
    run([*pip, "--no-build-isolation", "-e", ROOT])


def compile_rules(environment: Path) -> bool:
    """Compile the rules of the main study into the environment, and tell whether that went well."""
    command = [str(interpreter(environment)), "-m", "sim.config.beforehand"]
    caches = {**os.environ, "CREDITCYCLE_CACHE": str(environment / "share")}
    return subprocess.run(command, env=caches, cwd=str(ROOT), stderr=subprocess.DEVNULL).returncode == 0


def without_sources(lock: str) -> str:
    """Return the lock without the packages that must be built."""
    blocks = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9#]|\Z)", lock, flags=re.MULTILINE | re.DOTALL)
    return "".join(block for block in blocks if block.split("==")[0] not in SOURCE_ONLY)


def works(environment: Path) -> bool:
    """Tell whether the environment has a Python of the version in use that starts."""
    python = interpreter(environment)
    version = "{}.{}".format(*sys.version_info[:2])
    question = "import sys; print('{}.{}'.format(*sys.version_info[:2]))"
    try:
        answer = subprocess.run([python, "-c", question], stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.decode().strip() == version


def interpreter(environment: Path) -> Path:
    """Return the path of the environment's Python."""
    return environment / "bin" / "python"


def read(path: Path) -> object:
    """Return what a JSON file holds, or None when there is no such file or it was cut off."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def run(command: list) -> None:
    """Run one command and raise when it fails."""
    subprocess.run([str(part) for part in command], check=True)


def say(line: str) -> None:
    """Tell the user one thing, at once."""
    print(line, flush=True)


def fail(line: str) -> int:
    """Say what went wrong, in one line."""
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ".venv", extras="extras" in sys.argv[2:]))
