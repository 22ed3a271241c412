import type { AgentChoice } from "@harness/core";
import type { AgentDescriptor } from "./agent.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { gemini } from "./gemini.ts";
import { goose } from "./goose.ts";
import { opencode } from "./opencode.ts";
import { plain } from "./plain.ts";

const DESCRIPTORS: readonly AgentDescriptor[] = [claude, codex, gemini, goose, opencode];

/** What is known about a coding agent, by its name in session.json. Pure. */
export function chooseDescriptor({ name }: Pick<AgentChoice, "name">): AgentDescriptor {
  return DESCRIPTORS.find((descriptor) => descriptor.name === name) ?? plain;
}
