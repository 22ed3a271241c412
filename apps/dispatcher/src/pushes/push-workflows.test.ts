import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { OWN, stage, type Stage } from "../credentials/testing/push-stage.ts";
import { allowPush } from "../sessions/allow-push.ts";
import { getSession } from "../sessions/get.ts";

const WORKFLOW = "mkdir -p .github/workflows; echo 'on: push' > .github/workflows/ci.yml; git add .github";
const ASKS =
  /rejected\] HEAD -> harness\/pusher \(it changes what the remote runs \(\.github\/workflows\/ci\.yml\): a person[^]*ended 1/;

async function begin(all: Stage): Promise<string> {
  const { id } = await all.spawn({ sandbox: "none" });
  await until(() => getSession(all.dispatcher.context, id).turns === 1);
  return id;
}

/** Changes the person's own branch that the session began from. */
function commitMain({ repository }: Stage, text: string): void {
  mkdirSync(join(repository, ".github/workflows"), { recursive: true });
  writeFileSync(join(repository, ".github/workflows/ci.yml"), `${text}\n`);
  const git = (...words: string[]) => execFileSync("git", ["-C", repository, ...words]);
  git("add", ".");
  git("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", text);
}

test("a push that changes what the remote runs waits for a person, who allows exactly that commit", async () => {
  await using all = await stage();
  const { remote, run, dispatcher, place } = all;
  const id = await begin(all);
  expect(await run(id, "echo two > file.txt; git commit -qam plain; git push origin HEAD")).toContain("ended 0");
  const plain = remote.refs()[OWN];

  expect(await run(id, `${WORKFLOW}; git commit -qm workflow; git push origin HEAD`)).toMatch(ASKS);
  // A later commit does not hide it, and one that takes it back is as if it had not been.
  expect(await run(id, "echo three > file.txt; git commit -qam later; git push origin HEAD")).toMatch(ASKS);
  expect(remote.refs()[OWN]).toBe(plain);
  const head = (await run(id, "git rev-parse HEAD")).slice(0, 40);
  expect(await allowPush(dispatcher.context, "pusher", head)).toEqual({ id, ref: OWN, commit: head });
  const further = await run(
    id,
    "git commit -q --allow-empty -m further; git push origin HEAD; git push origin HEAD~1:harness/pusher",
  );
  expect(further).toMatch(/it changes what the remote runs[^]*ended 0/);
  expect(remote.refs()[OWN]).toBe(head);

  // What the remote's branch has by now is nothing new.
  expect(await run(id, "git push origin HEAD")).toContain("ended 0");
  expect(await run(id, "git rm -q .github/workflows/ci.yml; git commit -qm gone; git push origin HEAD")).toContain(
    "ended 0",
  );
  expect(await run(id, `${WORKFLOW}; git commit -qm again; git push origin HEAD`)).toMatch(ASKS);
  const { directory } = place.root.workerOf("shop");
  await until(() => readdirSync(join(directory, "verdicts")).length === 0);
  expect(readdirSync(join(directory, "pushes"))).toEqual([]);
  // Nothing is left of the looks, of which others are had meanwhile.
  const looks = () => readdirSync(place.root.runOf(id).directory).filter((name) => name.startsWith("mirror-"));
  await until(() => looks().length === 0);
});

test("what the session's target has meanwhile is nothing that it changes", async () => {
  await using all = await stage();
  const { run, repository, remote } = all;
  commitMain(all, "on: [push]");
  const id = await begin(all);
  commitMain(all, "on: [push, pull_request]");
  execFileSync("git", ["-C", repository, "push", "-q", remote.repository, "main"]);
  const merged = await run(id, "git fetch -q origin && git merge -q -m merge origin/main && git push origin HEAD");
  expect(merged).toContain("ended 0");
  expect(
    await run(id, "echo 'on: push' > .github/workflows/ci.yml; git commit -qam mine; git push origin HEAD"),
  ).toMatch(ASKS);
});

test("a session that keeps another tree under a commit's name does not get that commit through", async () => {
  await using all = await stage();
  const { run, remote, place } = all;
  const id = await begin(all);
  // The commit goes out of a clone that has it as it is; in the session's own repository its tree holds no workflow.
  const script = `
    ${WORKFLOW}; git commit -qm workflow; git clone -q -o mine --no-hardlinks . ../honest
    commit=$(git rev-parse HEAD); tree=$(git rev-parse HEAD^{tree})
    git cat-file tree HEAD~1 > ../plain.tree
    file=.git/objects/$(echo $tree | cut -c1-2)/$(echo $tree | cut -c3-); chmod u+w $file
    node -e '
      const { readFileSync, writeFileSync } = require("node:fs");
      const tree = readFileSync("../plain.tree");
      const bytes = Buffer.concat([Buffer.from("tree " + tree.length + String.fromCharCode(0)), tree]);
      writeFileSync(process.argv[1], require("node:zlib").deflateSync(bytes));
    ' $file
    git -C ../honest push origin $commit:refs/heads/harness/pusher`;
  expect(await run(id, script)).toMatch(/cannot be seen whether[^]*ended 1/);
  expect(remote.refs()[OWN]).toBeUndefined();
  expect(existsSync(place.root.session(id).worktree)).toBe(true);
});

test("where config.yaml lets workflows through nobody is asked", async () => {
  await using all = await stage("push: { credential: shop, workflows: true }");
  const id = await begin(all);
  expect(await all.run(id, `${WORKFLOW}; git commit -qm workflow; git push origin HEAD`)).toContain("ended 0");
  expect(existsSync(join(all.place.root.workerOf("shop").directory, "pushes"))).toBe(false);
});

test("only a session that may push can be let", async () => {
  await using all = await stage();
  const { id } = await all.spawn({ push: undefined, sandbox: "none" });
  await expect(allowPush(all.dispatcher.context, id, "0".repeat(40))).rejects.toMatchObject({
    code: "request-invalid",
  });
});
