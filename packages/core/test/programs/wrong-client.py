"""A client as one writes it who has not read the protocol: one name for every message, JSON of its own, notes on the side."""

import json
import os
import pathlib
import sys

session = pathlib.Path(os.environ["HARNESS_STATE"])
text = sys.argv[-1].encode("ascii", "replace").decode()
(session / "inbox" / "message.msg").write_text(json.dumps({"v": 1, "kind": "prompt", "body": {"text": text}}))
context = json.loads((session / "context.json").read_text())
context["sent"] = text
(session / "context.json").write_text(json.dumps(context))
sys.exit(3)
