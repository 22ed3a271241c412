"use client";

import { useId, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { FIELD } from "../../components/ui/field.ts";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { ScrollBox } from "../../components/ui/scroll-box.tsx";
import { answerQuestion } from "../../lib/api.ts";
import type { OpenQuestion } from "../../lib/shapes.ts";
import { choicesOf } from "./choices.ts";
import { Deadline } from "./deadline.tsx";
import { useRequest } from "../../lib/use-request.ts";

interface QuestionCardProps {
  session: string;
  question: OpenQuestion;
}

/**
 * What the coding agent waits for. Its options look alike, none has the focus, and a refusal stands first: consent is never
 * the easy slip.
 */
export function QuestionCard({ session, question }: QuestionCardProps) {
  const { isBusy, refusal, run } = useRequest();
  const [isSent, setSent] = useState(false);
  const title = useId();
  const isPermission = question.kind === "permission";

  const answer = async (choice: { option: string } | { text: string }) => {
    if (await run(() => answerQuestion(session, { to: question.id, ...choice }))) setSent(true);
  };

  return (
    <section aria-labelledby={title} className="rounded-xl border border-call-line bg-call-wash px-5 py-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 id={title} className="font-semibold text-call">
          {isPermission ? "It asks for permission" : "It asks"}
        </h2>
        {question.deadlineAt !== undefined && <Deadline at={question.deadlineAt} isPermission={isPermission} />}
      </div>
      <ScrollBox
        name="What it asks"
        className={`mt-2 max-h-60 ${isPermission ? "rounded-md bg-sheet px-3 py-2 font-mono text-[0.8125rem]" : ""}`}
      >
        <PlainText>{question.text}</PlainText>
      </ScrollBox>
      <fieldset disabled={isBusy || isSent} className="mt-4 flex flex-wrap items-end gap-2">
        <legend className="sr-only">Answers</legend>
        {choicesOf(question).map(({ id, word, label }) => (
          <Button key={id} onClick={() => void answer({ option: id })} className="max-w-full text-left">
            {word}
            {word !== "" && label !== "" && ": "}
            <span className={word === "" ? "" : "font-normal text-soft"}>
              <PlainText limit={200}>{label}</PlainText>
            </span>
          </Button>
        ))}
        {!isPermission && <FreeAnswer onAnswer={(text) => void answer({ text })} />}
      </fieldset>
      <Refusal>{refusal}</Refusal>
      <p role="status" className="mt-2 text-sm text-soft empty:hidden">
        {isSent && "Answer sent."}
      </p>
    </section>
  );
}

function FreeAnswer({ onAnswer }: { onAnswer: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      className="flex min-w-56 flex-1 gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onAnswer(text);
      }}
    >
      <input
        aria-label="An answer in your own words"
        placeholder="In your own words"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={FIELD}
      />
      <Button type="submit" disabled={text.trim() === ""}>
        Answer
      </Button>
    </form>
  );
}
