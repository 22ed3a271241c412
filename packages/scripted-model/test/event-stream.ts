export interface StreamEvent {
  event?: string;
  data: unknown;
}

/** Reads a stream of server-sent events by its specification, without any code of the sender. */
export function readEvents(text: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  let fields: Record<string, string[]> = {};
  for (const line of text.split("\n")) {
    if (line === "") {
      const { event, data } = fields;
      if (data !== undefined)
        events.push({ ...(event ? { event: event.join() } : {}), data: readData(data.join("\n")) });
      fields = {};
      continue;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    if (colon < 1 || !["event", "data"].includes(name)) throw new Error(`Not a line of an event: ${line}`);
    (fields[name] ??= []).push(line.slice(colon + 1).replace(/^ /, ""));
  }
  return events;
}

function readData(data: string): unknown {
  return data === "[DONE]" ? data : JSON.parse(data);
}
