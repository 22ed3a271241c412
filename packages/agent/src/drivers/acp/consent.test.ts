import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { textOf, type PlaceOptions } from "../../testing/driver-conformance.ts";
import { GRACE_MS, type Answer } from "../driver.ts";
import { openFake, steps } from "./testing/open-fake.ts";

const permission = {
  toolCall: { toolCallId: "c1", title: "Run a command", rawInput: { command: "rm -rf build" } },
  options: [
    { optionId: "yes", name: "Allow", kind: "allow_once" },
    { optionId: "never", name: "Never", kind: "reject_always" },
    { optionId: "no", name: "Refuse", kind: "reject_once" },
  ],
};

const open = (list: object[], options: Partial<PlaceOptions> = {}) => openFake({ text: steps(...list), ...options });
const selected = (optionId: string) => JSON.stringify({ outcome: { outcome: "selected", optionId } });

describe("a permission", () => {
  it.each<[Answer, string]>([
    [{ outcome: "answered", option: "yes" }, "yes"],
    [{ outcome: "refused", option: "never" }, "never"],
    [{ outcome: "refused" }, "no"],
    [{ outcome: "expired" }, "no"],
  ])("that is answered %j selects %s", async (answer, optionId) => {
    await using place = await open([{ permission }], { answer });
    const events = await place.turn();
    expect(place.asked).toMatchObject([
      {
        kind: "permission",
        text: "Run a command\n\nrm -rf build",
        options: [
          { id: "yes", label: "Allow", kind: "allow_once" },
          { id: "never", kind: "reject_always" },
          { id: "no" },
        ],
      },
    ]);
    expect(textOf(events)).toBe(selected(optionId));
  });

  it("without a way to refuse is cancelled when it is refused", async () => {
    const options = permission.options.slice(0, 1);
    await using place = await open([{ permission: { ...permission, options } }], { answer: { outcome: "refused" } });
    expect(textOf(await place.turn())).toBe('{"outcome":{"outcome":"cancelled"}}');
  });

  it("of wrong types is refused by the protocol, and nobody is asked", async () => {
    await using place = await open([
      { permission: { toolCall: 7, options: "x" } },
      { permission: { ...permission, options: [] } },
    ]);
    expect(textOf(await place.turn())).toMatch(/-32602.*"outcome":"cancelled"/);
    expect(place.asked).toEqual([]);
  });

  it("that was refused makes a refusal of a turn that the agent then cancels", async () => {
    await using place = await open([{ permission }, { end: { stopReason: "cancelled" } }], {
      answer: { outcome: "refused" },
    });
    expect((await place.turn()).at(-1)).toMatchObject({ stopReason: "refusal" });
  });

  it("asked again in a later attempt is another question", async () => {
    await using place = await open([{ permission }, { permission }], {
      answer: { outcome: "answered", option: "yes" },
    });
    await place.turn();
    await place.turn({ attempt: 2, resumed: true });
    expect(new Set(place.asked.map(({ position }) => position)).size).toBe(4);
  });
});

describe("a question", () => {
  const elicit = (properties: object, required: string[] = []) => ({
    elicit: { mode: "form", message: "Tell me.", requestedSchema: { type: "object", properties, required } },
  });

  it("is asked field by field", async () => {
    const color = {
      type: "string",
      title: "Color",
      oneOf: [
        { const: "r", title: "Red" },
        { const: "g", title: "Green" },
      ],
    };
    const given: Answer[] = [
      { outcome: "answered", option: "g" },
      { outcome: "answered", text: "7" },
    ];
    const step = elicit({ color, count: { type: "integer" }, sure: { type: "boolean" } }, ["color"]);
    await using place = await open([step], { ask: async () => given.shift() ?? { outcome: "expired" } });
    expect(textOf(await place.turn())).toBe('{"action":"accept","content":{"color":"g","count":7}}');
    expect(place.asked).toMatchObject([
      {
        kind: "question",
        text: "Tell me.\n\nColor",
        options: [
          { id: "r", label: "Red" },
          { id: "g", label: "Green" },
        ],
      },
      { text: "Tell me.\n\ncount" },
      { options: [{ id: "yes" }, { id: "no" }] },
    ]);
  });

  it("is declined when what is required is not answered, or cannot be asked", async () => {
    const list = { type: "array", items: { type: "string", enum: ["a"] } };
    await using place = await open([elicit({ name: { type: "string" } }, ["name"]), elicit({ list })]);
    expect(textOf(await place.turn())).toBe('{"action":"decline"}{"action":"decline"}');
    expect(place.asked).toHaveLength(1);
  });
});

describe("a cancelled turn", () => {
  const cancel = async (list: object[], options: Partial<PlaceOptions> = {}) => {
    const place = await open(list, options);
    await place.turn({ turn: "before", text: "hello" });
    const [before] = [place.processes()];
    const abort = new AbortController();
    const turn = place.turn({}, abort.signal);
    await until(() => place.asked.length > 0 || place.processes().length > before.length || list.length === 1);
    const at = performance.now();
    abort.abort("cancel");
    const events = await turn;
    const tookMs = performance.now() - at;
    return { place, before, end: events.at(-1), tookMs, after: place.processes() };
  };

  it("leaves an agent alive that ends it in time", async () => {
    const { place, before, end, after } = await cancel([{ hang: true }]);
    await using _ = place;
    expect(end).toEqual({ type: "turn.ended", stopReason: "cancelled" });
    expect(after).toEqual(before);
  });

  it("waits for the commands that the agent ends", async () => {
    const { place, before, after } = await cancel([{ child: true }, { hang: true }]);
    await using _ = place;
    expect(after).toEqual(before);
  });

  it("takes the whole tree with it when a command stays, and the conversation goes on afterwards", async () => {
    const { place, end, tookMs, after } = await cancel([{ stray: true }, { hang: true }]);
    await using _ = place;
    expect(end).toMatchObject({ stopReason: "cancelled" });
    expect(after).toEqual([]);
    expect(tookMs).toBeLessThan(GRACE_MS * place.slowness);
    const events = await place.turn({ turn: "after", text: JSON.stringify([{ history: true }]) });
    expect(JSON.parse(textOf(events))[0]).toBe("hello\n");
  });

  it("answers the permission that waits: the agent may wait for that and not for the cancel", async () => {
    const never = () => new Promise<Answer>(() => {});
    const { place, before, end, after } = await cancel([{ permission }, { say: "x" }], { ask: never });
    await using _ = place;
    expect(end).toMatchObject({ stopReason: "cancelled" });
    expect(after).toEqual(before);
  });
});
