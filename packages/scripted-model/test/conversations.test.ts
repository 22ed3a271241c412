import { expect, test } from "vitest";
import { ask, bash, wireNames, type Line } from "./clients.ts";
import { runModel } from "./running-model.ts";

const script = {
  scenarios: [
    {
      name: "feature",
      when: "feature",
      replies: [
        [{ run: "feature-1" }],
        [{ error: 529, times: 1 }, { run: "feature-2" }],
        [{ text: "The feature is done." }],
      ],
    },
    { name: "hotfix", when: "hotfix", replies: [[{ run: "hotfix-1" }], [{ text: "The hotfix is done." }]] },
    { name: "chat", replies: [[{ text: "First." }]] },
    { name: "more chat", replies: [[{ text: "Second." }]] },
  ],
};

const called: Line[] = [{ call: "bash" }, { result: "ok" }];

test.for(wireNames)("two conversations on %s, taking turns and one of them retrying, keep apart", async (wire) => {
  const { url, requests } = await runModel({ script });
  const say = async (key: string, lines: Line[]) => {
    const response = await ask({ url, wire, key }, { lines, tools: [bash] });
    return response.ok ? response.text() : `status ${response.status}`;
  };
  const feature: Line[] = [{ user: "Build the feature." }];
  const hotfix: Line[] = [{ user: "Make the hotfix." }];

  expect(await say("a", feature)).toContain("feature-1");
  expect(await say("b", hotfix)).toContain("hotfix-1");
  expect(await say("a", [...feature, ...called])).toBe("status 529");
  expect(await say("b", [...hotfix, ...called])).toContain("The hotfix is done.");
  // Somebody else at the same place of the same conversation has a failure of their own.
  expect(await say("c", [...feature, ...called])).toBe("status 529");
  expect(await say("a", [...feature, ...called])).toContain("feature-2");
  expect(await say("a", [...feature, ...called, ...called])).toContain("The feature is done.");
  expect(await say("a", [...feature, ...called, ...called, { assistant: "Done." }, { user: "hotfix?" }])).toContain(
    "hotfix-1",
  );
  expect(requests.map(({ scenario, position }) => `${scenario} ${position}`)).toEqual([
    "feature 0",
    "hotfix 0",
    "feature 1",
    "hotfix 1",
    "feature 1",
    "feature 1",
    "feature 2",
    "hotfix 0",
  ]);
});

test.for(wireNames)("turns without a marker on %s are answered in order", async (wire) => {
  const { url } = await runModel({ script });
  const say = async (lines: Line[]) => (await ask({ url, wire }, { lines, tools: [bash] })).text();
  expect(await say([{ user: "Hello." }])).toContain("First.");
  expect(await say([{ user: "Hello." }, { assistant: "First." }, { user: "And?" }])).toContain("Second.");
});

test("a script that does not fit is told to the agent as a bad request", async () => {
  const { url } = await runModel({ script: { scenarios: [{ name: "x", when: "x", replies: [[{ run: "ls" }]] }] } });
  const response = await ask({ url, wire: "anthropic" }, { lines: [{ user: "hello" }], tools: [bash] });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("No scenario fits");
});
