"use client";

import { ChangesView } from "../../features/changes/changes-view.tsx";
import { MergeView } from "../../features/merges/merge-view.tsx";
import { SessionPage } from "../../features/sessions/session-page.tsx";
import type { GitViews } from "../../features/sessions/session-views.tsx";

const VIEWS: GitViews = {
  changes: (session) => <ChangesView key={session.id} session={session} />,
  merge: (session) => <MergeView key={session.id} session={session} />,
};

export function SessionScreen() {
  return <SessionPage views={VIEWS} />;
}
