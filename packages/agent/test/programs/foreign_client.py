"""A client that knows the directory format and nothing else: makes a session, runs it, reads its replies."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

session = pathlib.Path(sys.argv[1])
launcher = sys.argv[2]

for name in ("inbox", "outbox", "log"):
    (session / name).mkdir()
(session / "token").write_text("secret")
(session / "context.json").write_text(json.dumps({"goal": "goal: say hello", "plan": []}))

agent = subprocess.Popen(
    [launcher, "--session", session.name, "--branch", "hotfix/x", "--", "tr", "a-z", "A-Z"],
    cwd=session,
    env={"HARNESS_STATE": str(session)},
)


def wait_for_text(count):
    deadline = time.time() + 20
    while time.time() < deadline:
        found = [json.loads(path.read_text()) for path in (session / "outbox").glob("*.msg")]
        found.sort(key=lambda message: message["createdAt"])
        if len(found) >= count:
            return found[-1]["body"]["text"]
        time.sleep(0.05)
    sys.exit("no reply")


goal = wait_for_text(1)
(session / "inbox" / "my-note.msg").write_text("a plain text")
reply = wait_for_text(2)
os.kill(agent.pid, signal.SIGTERM)
print(json.dumps({"goal": goal, "reply": reply, "exit": agent.wait()}))
