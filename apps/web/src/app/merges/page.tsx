import { Suspense } from "react";
import { MergesPage } from "../../features/merges/merges-page.tsx";
import { Gate } from "../../features/sign-in/gate.tsx";

export default function Page() {
  return (
    <Gate>
      <Suspense>
        <MergesPage />
      </Suspense>
    </Gate>
  );
}
