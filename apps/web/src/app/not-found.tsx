import Link from "next/link";
import { Notice } from "../components/ui/notice.tsx";

export default function NotFound() {
  return (
    <Notice title="There is no such page.">
      <Link className="underline underline-offset-4" href="/">
        All sessions
      </Link>
    </Notice>
  );
}
