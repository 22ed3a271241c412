"""Writes three files the way programs do that know nothing of the protocol: with pauses, and no rename at the end."""

import pathlib
import sys
import time

inbox = pathlib.Path(sys.argv[1])
whole = '{"v": 1, "kind": "prompt", "body": {"text": "an envelope in two pieces"}}'

with open(inbox / "text.msg", "w") as text, open(inbox / "envelope.msg", "w") as envelope:
    text.write("first piece, ")
    text.flush()
    envelope.write(whole[:30])
    envelope.flush()
    time.sleep(5)
    text.write("second piece, ")
    text.flush()
    envelope.write(whole[30:])
    envelope.flush()
    time.sleep(1)
    text.write("third piece")

(inbox / "at-once.msg").write_text("written at once")
