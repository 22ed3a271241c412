import type { ReactNode } from "react";
import { Elapsed } from "../../components/ui/elapsed.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import type { SessionDetail } from "../../lib/shapes.ts";
import { factsOf } from "./facts.ts";
import { TurnState } from "./turn-state.tsx";

export function SessionFacts({ session }: { session: SessionDetail }) {
  const troubles = [...session.damaged, ...session.notes];
  return (
    <aside aria-label="Facts" className="min-w-0 text-sm">
      {troubles.length > 0 && (
        <ul className="mb-5 space-y-2 rounded-lg border border-call-line bg-call-wash px-4 py-3">
          {troubles.map((trouble) => (
            <li key={trouble}>
              <PlainText>{trouble}</PlainText>
            </li>
          ))}
        </ul>
      )}
      <dl className="divide-y divide-line border-y border-line">
        <Fact name="Turns">
          <TurnState session={session} />
        </Fact>
        <Fact name="Age">
          <Elapsed since={session.createdAt} />
        </Fact>
        {factsOf(session).map(({ name, value, isPath }) => (
          <Fact key={name} name={name} isPath={isPath}>
            <PlainText>{value}</PlainText>
          </Fact>
        ))}
      </dl>
    </aside>
  );
}

function Fact({ name, isPath = false, children }: { name: string; isPath?: boolean | undefined; children: ReactNode }) {
  return (
    <div className={isPath ? "py-2" : "flex justify-between gap-4 py-2"}>
      <dt className="text-soft">{name}</dt>
      <dd className={isPath ? "mt-0.5 font-mono text-[0.8125rem] wrap-anywhere" : "text-right wrap-anywhere"}>
        {children}
      </dd>
    </div>
  );
}
