"""Every case of the demonstration as a file, before `samsyn verify` and a verifier of others, whole and broken.

    bundles.py BINARY FOLDER

FOLDER holds the demonstration's database. Each file must verify; each file in which one thing was changed, left out or swapped must
not, for either verifier. The salts of documents that are there prove themselves only beside the document: those are left alone.
"""
import copy
import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

from verify_bundle import verify

MUTANTS = 12


def leaves(value, path=()):
    if isinstance(value, (dict, list)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    elif path[0] != "documents" or path[-1] != "salt":
        yield path


def changed(bundle, rng):
    """The bundle with one byte changed, one item missing, or two entries swapped, and what was done."""
    bundle = copy.deepcopy(bundle)
    kind = rng.choice(["changed", "changed", "missing", "swapped"])
    entries = bundle["entries"]
    pairs = [at for at in range(len(entries) - 1) if entries[at]["room"] == entries[at + 1]["room"]]
    if kind == "swapped" and pairs:
        at = rng.choice(pairs)
        entries[at], entries[at + 1] = entries[at + 1], entries[at]
        return bundle, f"swapped entries {at} and {at + 1}"
    if kind == "missing":
        # The last of a room can only be missed by whoever has noted it.
        of = rng.choice([name for name in ("definitions", "texts") if bundle[name]] + ["entries"] * bool(pairs))
        at = rng.choice(pairs) if of == "entries" else rng.randrange(len(bundle[of]))
        del bundle[of][at]
        return bundle, f"missing {of} {at}"
    path = rng.choice(list(leaves(bundle)))
    holder = bundle
    for key in path[:-1]:
        holder = holder[key]
    old = holder[path[-1]]
    if isinstance(old, str) and old:
        at = rng.randrange(len(old))
        holder[path[-1]] = old[:at] + ("0" if old[at] != "0" else "1") + old[at + 1 :]
    else:
        holder[path[-1]] = old + 1 if isinstance(old, int) else "x"
    return bundle, f"changed {path}"


def main():
    binary, folder = str(Path(sys.argv[1]).resolve()), sys.argv[2]

    def samsyn(*args):
        return subprocess.run([binary, *args], cwd=folder, capture_output=True, text=True, env={"DATABASE_URL": "sqlite:samsyn.db"})

    def ours(text):
        Path(folder, "bundle.json").write_text(text, encoding="utf-8")
        return samsyn("verify", "bundle.json").returncode == 0

    def others(bundle):
        try:
            verify(bundle, [])
            return True
        except (AssertionError, KeyError, ValueError, TypeError):
            return False

    with sqlite3.connect(Path(folder, "samsyn.db")) as database:
        people = [person for person, in database.execute("select id from persons order by id")]
    cases = sorted({head["case"] for head in json.loads(samsyn("log", "head").stdout)})
    rng, mutants, readers, crossed = random.Random(20261122), 0, [], 0
    for case in cases:
        for person in readers + people:
            made = samsyn("case", "bundle", case, "--as", person, "--own")
            if made.returncode == 0:
                readers = [person, *(other for other in readers if other != person)]
                break
        else:
            sys.exit(f"nobody reads the whole of {case}")
        bundle = json.loads(made.stdout)
        crossed += len(bundle["definitions"]) > 1
        assert ours(made.stdout) and others(bundle), f"{case} does not verify"
        for _ in range(MUTANTS):
            mutant, what = changed(bundle, rng)
            assert not ours(json.dumps(mutant)), f"{case}, {what}: samsyn verify takes it"
            assert not others(mutant), f"{case}, {what}: the other verifier takes it"
            mutants += 1
    assert crossed, "no case has gone over to another version"
    print(f"{len(cases)} bundles verify, {crossed} of cases that went over to another version; {mutants} broken ones were refused by both verifiers")


main()
