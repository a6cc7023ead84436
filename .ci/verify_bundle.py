"""Verifies a bundle as workflows/BUNDLE.md says, with nothing of ours: `verify_bundle.py BUNDLE [DOCUMENT...]`."""
import hashlib
import json
import sys


def digest(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def texts(value, path=()):
    if isinstance(value, dict) and list(value) == ["$text"]:
        yield ".".join(path), value["$text"]
    elif isinstance(value, (dict, list)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(part, (*path, str(key)))


def verify(bundle, files):
    assert bundle["samsyn_bundle"] == 1, "format"
    ends, sealed, attached, gone, at = {}, {}, {}, set(), (None, None)
    definitions = {definition["digest"]: digest(definition["text"].encode()) for definition in bundle["definitions"]}
    for row in bundle["entries"]:
        room, n, document = row["room"], row["n"], row["document"]
        entry = json.loads(document)
        (kind, record), = entry["records"].items()
        last, previous = ends.get(room, (0, digest()))
        assert digest(document.encode()) == row["hash"], f"{room} {n}: digest"
        assert (entry["case"], entry["room"], entry["n"], n) == (bundle["case"], room, n, last + 1), f"{room} {n}: place"
        assert entry["previous"] == previous and entry["definition"] in definitions, f"{room} {n}: chain"
        canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert canonical == document and entry["format"] == 1, f"{room} {n}: form"
        found = texts(record["data"] if kind == "particulars" else record.get("data", {}) if kind == "step" else record)
        sealed |= {(room, n, path): seal for path, seal in found}
        if kind == "document":
            attached[room, n] = record["content"]
        if kind == "removal":
            gone.add((room, record["entry"], record["path"], record["digest"]))
        if kind == "step":
            assert record.get("from") == at[0], f"{room} {n}: leaves another state"
            at = record["to"], record.get("outcome")
            assert n > 1 or record["opened"]["text"] in definitions.values(), "definition"
        ends[room] = n, row["hash"]
    assert at == (bundle["state"], bundle["outcome"]), "state"
    kept = {(row["room"], row["n"], row["path"]): row for row in bundle["texts"]}
    assert kept.keys() == sealed.keys() and len(kept) == len(bundle["texts"]), "texts"
    for place, row in kept.items():
        whole = row["text"] is not None and digest(bytes.fromhex(row["salt"]), row["text"].encode()) == sealed[place]
        assert whole or row["text"] is row["salt"] is None and (*place, sealed[place]) in gone, f"text {place}"
    salts = {(row["room"], row["n"]): row["salt"] for row in bundle["documents"]}
    assert salts.keys() == attached.keys() and len(salts) == len(bundle["documents"]), "documents"
    for place, salt in salts.items():
        assert salt or (*place, "content", attached[place]) in gone, f"document {place}"
    seals = [(bytes.fromhex(salt), attached[place]) for place, salt in salts.items() if salt]
    assert all(any(digest(salt, file) == seal for salt, seal in seals) for file in files), "file"


if __name__ == "__main__":
    verify(json.load(open(sys.argv[1], encoding="utf-8")), [open(name, "rb").read() for name in sys.argv[2:]])
