import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";

const common: NextConfig = { images: { unoptimized: true }, reactStrictMode: true, poweredByHeader: false };

export default function config(phase: string): NextConfig {
  // Built: plain files in out/, which the dispatcher serves.
  if (phase !== PHASE_DEVELOPMENT_SERVER) return { ...common, output: "export" };

  // `next dev` on a port of its own, /api from a running dispatcher; no gzip, so that event streams are not held back.
  const api = process.env["DISPATCHER_URL"] ?? "http://127.0.0.1:4870";
  return {
    ...common,
    compress: false,
    allowedDevOrigins: ["127.0.0.1"],
    rewrites: () => Promise.resolve([{ source: "/api/:path*", destination: `${api}/api/:path*` }]),
  };
}
