import { readFileSync, writeFileSync } from "node:fs";
import { sendMessage } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { answerQuestion } from "../sessions/answer.ts";
import { allowTokens } from "../sessions/allow-tokens.ts";
import { runDispatcher, temporaryRoot } from "../supervisor/testing/dispatchers.ts";
import { cloud, ended, says, spawnPi, startModel, withKey } from "./testing/cloud.ts";

test("sessions of one job wait together once its budget is spent, and one approval lets all of them go on", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."));
  const config = cloud(model.url, ", keyEnv: CLOUD_KEY, budget: { perJob: { tokens: 1, every: month } }");
  await using dispatcher = await runDispatcher(place.root, { config, environment: withKey });
  const { context } = dispatcher;
  const labels = { job: "nightly" };
  const first = await spawnPi(dispatcher, "hello", labels);
  expect(await ended(dispatcher, first.id)).toMatchObject({ badge: "idle", lastLine: "Here." });

  // What a session writes about itself moves it to no other job.
  const { spec } = place.root.session(first.id);
  writeFileSync(spec, readFileSync(spec, "utf8").replace('"nightly"', '"another"'));
  const second = await spawnPi(dispatcher, "hello", labels);
  const asks = async (id: string) => {
    const [question] = await until(() => {
      const { waiting } = context.supervisor.look(id);
      return waiting.length > 0 && waiting;
    });
    expect(question).toMatchObject({
      about: "budget",
      text: expect.stringMatching(/budget of the job nightly is spent: \d+ of 1 tokens this month/),
    });
    return question!.id;
  };
  await sendMessage(place.root.session(first.id), { kind: "prompt", body: { text: "more" } });
  await Promise.all([asks(first.id), asks(second.id)]);
  // One of none is held up by nobody.
  const other = await spawnPi(dispatcher);
  expect(await ended(dispatcher, other.id)).toMatchObject({ badge: "idle", lastLine: "Here." });

  expect(await allowTokens(context, second.id, 1_000_000)).toMatchObject({ id: second.id, job: "nightly" });
  expect(await ended(dispatcher, second.id)).toMatchObject({ badge: "idle", lastLine: "Here." });
  expect(await ended(dispatcher, first.id, 2)).toMatchObject({ badge: "idle", lastLine: "Here." });
});

test("approving in a session whose job has spent its budget lets the job spend as much again", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."));
  const config = cloud(model.url, ", keyEnv: CLOUD_KEY, budget: { tokens: 1000000, perJob: { tokens: 1 } }");
  await using dispatcher = await runDispatcher(place.root, { config, environment: withKey });
  const { context } = dispatcher;
  const { id } = await spawnPi(dispatcher, "hello", { job: "nightly" });
  await ended(dispatcher, id);
  await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "more" } });
  const [question] = await until(() => {
    const { waiting } = context.supervisor.look(id);
    return waiting.length > 0 && waiting;
  });
  expect(question!.text).toContain("tokens today");
  await answerQuestion(context, id, { to: question!.id, option: "allow" });
  expect(await ended(dispatcher, id, 2)).toMatchObject({ badge: "idle", lastLine: "Here." });
});

test("approving grants what is configured by now to an agent process that has lived through the change", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."));
  const withTokens = (tokens: number) =>
    cloud(model.url, `, keyEnv: CLOUD_KEY, budget: { perJob: { tokens: ${tokens} } }`);
  const first = await runDispatcher(place.root, { config: withTokens(1), environment: withKey });
  const { id, pid } = await spawnPi(first, "hello", { job: "nightly" });
  await ended(first, id);
  await first.close();
  await using second = await runDispatcher(place.root, { config: withTokens(1_000_000), environment: withKey });
  const { context } = second;
  await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "more" } });
  const [question] = await until(() => {
    const { waiting } = context.supervisor.look(id);
    return waiting.length > 0 && waiting;
  });
  await answerQuestion(context, id, { to: question!.id, option: "allow" });
  expect(await ended(second, id, 2)).toMatchObject({ badge: "idle", lastLine: "Here.", pid });
});
