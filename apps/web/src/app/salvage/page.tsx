import { Suspense } from "react";
import { SalvagePage } from "../../features/salvage/salvage-page.tsx";
import { Gate } from "../../features/sign-in/gate.tsx";

export default function Page() {
  return (
    <Gate>
      <Suspense>
        <SalvagePage />
      </Suspense>
    </Gate>
  );
}
