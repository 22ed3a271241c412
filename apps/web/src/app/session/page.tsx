import { Suspense } from "react";
import { Gate } from "../../features/sign-in/gate.tsx";
import { SessionScreen } from "./session-screen.tsx";

// The id is in the query (`/session?id=…`), so that one exported file serves every session.
export default function Page() {
  return (
    <Gate>
      <Suspense>
        <SessionScreen />
      </Suspense>
    </Gate>
  );
}
