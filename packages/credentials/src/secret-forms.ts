/** A text shorter than this says nothing about a secret, and would be found everywhere. */
const SHORTEST = 8;

/** Every form in which a secret is looked for: plain, in hex, URL-encoded, and in base64 wherever in the encoded text it begins. Pure. */
export function secretForms(secret: string): Buffer[] {
  if (secret.length < SHORTEST) return [];
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const urls = [encodeURIComponent(secret), hex.replaceAll(/../g, "%$&"), hex.toUpperCase().replaceAll(/../g, "%$&")];
  const quoted = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    quoted,
    hex,
    hex.toUpperCase(),
    ...urls,
    ...[0, 1, 2].flatMap((offset) => base64(bytes, offset)),
  ];
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST).map((form) => Buffer.from(form));
}

/** The characters that the secret alone decides when it stands `offset` bytes into the encoded text, in both alphabets. */
function base64(bytes: Buffer, offset: number): string[] {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64url");
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + bytes.length) * 8) / 6);
  const own = text.slice(first, last);
  return [own, own.replaceAll("-", "+").replaceAll("_", "/")];
}
