import { declareConsent } from "../declare-consent.ts";

export const declareApprove = declareConsent("approve");
