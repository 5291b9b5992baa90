# What the tests beside it share: counting facts, and asking the `calm` that was built.
import json
import os
import subprocess

CALM = os.path.join(os.environ["CALM_BIN"], "calm")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

passed = 0
failed = 0


def expect(what, is_so):
    global passed, failed
    if is_so:
        passed += 1
    else:
        failed += 1
        print("FAILED:", what)


def equal(what, got, wanted):
    expect(f"{what}: {got!r} is not {wanted!r}", got == wanted)


def end():
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def calm(*arguments, status=0):
    """Standard output of `calm ARGUMENTS`, which must end with this status."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    ran = subprocess.run([CALM, *arguments], capture_output=True, text=True, env=environment)
    expect(f"calm {' '.join(arguments)} ended with {ran.returncode}: {ran.stderr}", ran.returncode == status)
    return ran.stdout


def policy(config, *arguments, status=0):
    """What `calm host policy show` says, with the settings by name."""
    said = json.loads(calm("host", "policy", "show", "--config", config, "--json", *arguments, status=status))
    said["settings"] = {each["setting"]: each for each in said["settings"]}
    return said
