"""Verifies a bundle as workflows/BUNDLE.md says, with nothing of ours: `verify_bundle.py BUNDLE [DOCUMENT...]`."""
import hashlib, json, sys

def digest(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def texts(value, path=()):
    if isinstance(value, dict) and list(value) == ["$text"]:
        yield ".".join(path), value["$text"]
    elif isinstance(value, (dict, list)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(part, (*path, str(key)))


KEYS = {"definitions": "digest text", "entries": "room n hash document", "texts": "room n path salt text", "documents": "room n salt"}


def verify(bundle, files):
    assert bundle.keys() == {"samsyn_bundle", "case", "state", "outcome", *KEYS} and bundle["samsyn_bundle"] == 1, "format"
    assert all(row.keys() == set(keys.split()) for name, keys in KEYS.items() for row in bundle[name]), "keys"
    ends, sealed, attached, gone, named, at, under = {}, {}, {}, set(), set(), (None, None), None
    definitions = {definition["digest"]: digest(definition["text"].encode()) for definition in bundle["definitions"]}
    for row in bundle["entries"]:
        room, n, document = row["room"], row["n"], row["document"]
        entry = json.loads(document)
        (kind, record), = entry["records"].items()
        last, previous = ends.get(room, (0, digest()))
        assert digest(document.encode()) == row["hash"], f"{room} {n}: digest"
        assert (entry["case"], entry["room"], entry["n"], n) == (bundle["case"], room, n, last + 1), f"{room} {n}: place"
        assert entry["previous"] == previous and entry["definition"] in definitions, f"{room} {n}: chain"
        form = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert form == document and entry["format"] == 1, f"{room} {n}: form"
        wrote = record.get("data", {}) if kind in ("step", "particulars") else record
        sealed |= {(room, n, path): seal for path, seal in texts(wrote)}
        attached |= {(room, n): record["content"]} if kind == "document" else {}
        gone |= {(room, record["entry"], record["path"], record["digest"])} if kind == "removal" else set()
        if kind == "step":
            assert record.get("from") == at[0], f"{room} {n}: leaves another state"
            begun = record.get("opened") or record.get("migrated")
            assert begun["text"] == definitions[entry["definition"]] if begun else entry["definition"] == under, "definition"
            at, under = (record["to"], record.get("outcome")), entry["definition"]
        ends[room], named = (n, row["hash"]), named | {entry["definition"]}
    assert len(definitions) == len(bundle["definitions"]) and named == definitions.keys(), "definitions"
    assert at == (bundle["state"], bundle["outcome"]), "state"
    kept = {(row["room"], row["n"], row["path"]): row for row in bundle["texts"]}
    assert kept.keys() == sealed.keys() and len(kept) == len(bundle["texts"]), "texts"
    for place, row in kept.items():
        whole = row["text"] is not None and digest(bytes.fromhex(row["salt"]), row["text"].encode()) == sealed[place]
        assert whole or row["text"] is row["salt"] is None and (*place, sealed[place]) in gone, f"text {place}"
    salts = {(row["room"], row["n"]): row["salt"] for row in bundle["documents"]}
    assert salts.keys() == attached.keys() and len(salts) == len(bundle["documents"]), "documents"
    assert all(salt or (*place, "content", attached[place]) in gone for place, salt in salts.items()), "documents"
    seals = [(bytes.fromhex(salt or ""), attached[place]) for place, salt in salts.items()]
    assert all(any(digest(salt, file) == seal for salt, seal in seals) for file in files), "no document of the case"


if __name__ == "__main__":
    verify(json.load(open(sys.argv[1], encoding="utf-8")), [open(name, "rb").read() for name in sys.argv[2:]])
