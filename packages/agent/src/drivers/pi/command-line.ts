import type { Environment } from "../../environment.ts";
import type { PiPlaces } from "./places.ts";

/**
 * What is added to the command that starts Pi. Of what Pi would find by itself nothing is read: not the settings,
 * extensions, skills and prompts of a repository, nor what earlier turns left in the session's home. Pure.
 */
export function piArguments(conversation: string, places: PiPlaces): string[] {
  return [
    "--mode",
    "rpc",
    // Without it a repository's .pi/settings.json decides where conversations are kept, trusted or not.
    "--session-dir",
    places.sessions,
    "--session-id",
    conversation,
    "--no-approve",
    "--no-extensions",
    "--no-skills",
    "--no-prompt-templates",
    "--no-themes",
    "--no-context-files",
    ...(places.instructions === null ? [] : ["--append-system-prompt", places.instructions]),
  ];
}

export function piVariables({ configuration }: PiPlaces): Environment {
  return {
    ...(configuration !== null && { PI_CODING_AGENT_DIR: configuration }),
    PI_OFFLINE: "1",
    PI_TELEMETRY: "0",
    PI_SKIP_VERSION_CHECK: "1",
  };
}

/** Pi takes a text that begins with a slash for one of its commands, which ends without ever being a turn. Pure. */
export function plainText(text: string): string {
  return text.startsWith("/") ? ` ${text}` : text;
}
