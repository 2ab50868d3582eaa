# Verifies letters with dkimpy: RECORDS (name, tab, TXT value) and a folder of letters; a line a signature.
import dkim
import os
import sys

with open(sys.argv[1]) as file:
    records = dict(line.rstrip("\n").split("\t") for line in file)


def lookup(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    return records[name.rstrip(".")].encode()


for name in sorted(os.listdir(sys.argv[2])):
    with open(os.path.join(sys.argv[2], name), "rb") as file:
        letter = file.read()
    for at in range(letter.count(b"DKIM-Signature:")):
        try:
            holds = dkim.DKIM(letter).verify(idx=at, dnsfunc=lookup)
        except dkim.DKIMException as why:
            holds = False
            print(name, at, why, file=sys.stderr)
        print(name, at, "pass" if holds else "fail")
