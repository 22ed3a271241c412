import { declareConsent } from "../declare-consent.ts";

export const declareDeny = declareConsent("deny");
