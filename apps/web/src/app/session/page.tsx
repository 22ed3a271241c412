import { Suspense } from "react";
import { SessionPage } from "../../features/sessions/session-page.tsx";
import { Gate } from "../../features/sign-in/gate.tsx";

// The id is in the query (`/session?id=…`), so that one exported file serves every session.
export default function Page() {
  return (
    <Gate>
      <Suspense>
        <SessionPage />
      </Suspense>
    </Gate>
  );
}
