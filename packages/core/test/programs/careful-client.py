"""A client in another language that knows only the directory format: sends a text, waits for the reply, prints it."""

import json
import os
import pathlib
import sys
import time
import uuid

session = pathlib.Path(os.environ["HARNESS_STATE"])
message_id = uuid.uuid4().hex
temporary = session / "inbox" / ".tmp" / message_id
temporary.parent.mkdir(exist_ok=True)
temporary.write_text(json.dumps({"v": 1, "kind": "prompt", "body": {"text": sys.argv[-1]}}))
os.rename(temporary, session / "inbox" / f"{message_id}.msg")

deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    for report in (session / "outbox").glob("*.msg"):
        try:
            envelope = json.loads(report.read_text())
        except (OSError, ValueError):
            continue
        if envelope.get("kind") == "reply" and envelope.get("replyTo") == message_id:
            print(envelope["body"]["text"])
            sys.exit(0)
    time.sleep(0.05)
sys.exit(1)
