import { isHarnessError, type SessionSpec } from "@harness/core";
import { parseListedHost } from "@harness/sandbox";
import { z } from "zod";

const MOST_HOSTS = 100;
const WORDS = ["none", "provider", "host"] as const;
const MISTAKE = "Choose none, provider, host, or hosts: registry.npmjs.org, github.com:443.";

const ListedHostSchema = z.string().superRefine((text, context) => {
  try {
    parseListedHost(text);
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    context.addIssue({ code: "custom", message: error.message });
  }
});

/** `none`, `provider`, `host`, or the hosts that a session may reach beside its model endpoint. */
export const NetworkWishSchema = z.union([z.enum(WORDS), z.array(ListedHostSchema).min(1).max(MOST_HOSTS)], {
  // What is wrong with a host says more than that it is none of the words.
  error: ({ errors }) =>
    (errors as z.core.$ZodIssue[][]).flat().find(({ code }) => code === "custom")?.message ?? MISTAKE,
});
export type NetworkWish = z.infer<typeof NetworkWishSchema>;

/** What session.json says. Throws `network-host-invalid`. */
export function networkOf(wish: NetworkWish | undefined): Pick<SessionSpec, "network" | "hosts"> {
  if (wish === undefined) return {};
  if (typeof wish === "string") return { network: wish };
  return { network: "list", hosts: [...new Set(wish.map((host) => parseListedHost(host).name))] };
}

/** What a person types: one of the words, or hosts with commas between them. Pure. */
export function readNetwork(text: string): string | string[] {
  return (WORDS as readonly string[]).includes(text) ? text : text.split(",").map((host) => host.trim());
}
