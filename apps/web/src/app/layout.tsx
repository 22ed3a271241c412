import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import "./globals.css";

export const metadata: Metadata = {
  description: "Every session, live.",
  robots: { index: false, follow: false },
  formatDetection: { telephone: false, email: false, address: false, date: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f3f4f0" },
    { media: "(prefers-color-scheme: dark)", color: "#0f1513" },
  ],
};

// The inline scripts of the export (Next's own page data) are allowed by their hashes, which the dispatcher computes.
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body className="min-h-dvh font-sans antialiased">
        <noscript>This page shows live sessions and needs JavaScript. `harness ps` shows them in a terminal.</noscript>
        {children}
      </body>
    </html>
  );
}
