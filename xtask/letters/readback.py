"""Reads letters back with Python's own parser, which shares no code with ours: a JSON object each, in order."""

import json
import sys
from email import policy
from email.parser import BytesParser
from hashlib import sha256

for name in sys.argv[1:]:
    with open(name, "rb") as file:
        letter = BytesParser(policy=policy.default).parse(file)
    parts = [part for part in letter.walk() if not part.is_multipart()]
    print(json.dumps({
        "subject": letter["subject"],
        "from": [[one.display_name, one.addr_spec] for one in letter["from"].addresses],
        "to": [[one.display_name, one.addr_spec] for one in letter["to"].addresses],
        "kind": letter.get_content_type(),
        "parts": [part.get_content_type() for part in parts],
        "attached": [[part.get_filename(), sha256(part.get_payload(decode=True)).hexdigest()]
                     for part in parts if part.is_attachment()],
        "names": [part.get_filename() for part in parts if part.get_filename()],
        "text": letter.get_body(("plain",)).get_content(),
        "html": letter.get_body(("html",)).get_content(),
        "defects": [str(defect) for part in letter.walk() for defect in part.defects]
        + [f"{key}: {defect}" for key, value in letter.items() for defect in getattr(value, "defects", ())],
    }))
