import { CommandLine } from "../../components/ui/command-line.tsx";

export function EmptyState() {
  return (
    <div className="flex max-w-xl flex-col gap-5">
      <h1 className="text-3xl font-semibold tracking-tight sm:text-4xl">No sessions yet.</h1>
      <p className="text-soft">
        A session is one piece of work for a coding agent, in a directory of its own. Start one in a git repository and
        it shows up here.
      </p>
      <CommandLine>harness spawn "fix the login redirect" --branch hotfix/login</CommandLine>
    </div>
  );
}
