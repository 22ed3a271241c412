import { Suspense } from "react";
import { SessionsPage } from "../features/sessions/sessions-page.tsx";
import { Gate } from "../features/sign-in/gate.tsx";

export default function Page() {
  return (
    <Gate>
      <Suspense>
        <SessionsPage />
      </Suspense>
    </Gate>
  );
}
