import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { FileNames } from "../../components/ui/file-names.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { showSalvage } from "../../lib/api.ts";
import { plural } from "../../lib/format.ts";
import type { ToldSalvage } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";
import { isInGit } from "./words.ts";

/** The files that it changed, once somebody asks. */
export function KeptFiles({ kept }: { kept: ToldSalvage }) {
  const [files, setFiles] = useState<readonly string[]>();
  const { isBusy, refusal, run } = useRequest();
  const read = () =>
    run(async () => {
      const answer = await showSalvage(kept.session);
      setFiles(answer.files.map(({ path }) => path));
    });
  if (!isInGit(kept)) return null;
  return (
    <div className="mt-3">
      {files === undefined ? (
        <Button disabled={isBusy} onClick={() => void read()}>
          Show its files
        </Button>
      ) : (
        <>
          <h3 className="mb-1 text-sm text-soft">
            {plural(files.length, "file differs", "files differ")} from where it began
          </h3>
          <FileNames label="Files" files={files} />
        </>
      )}
      <Refusal>{refusal}</Refusal>
    </div>
  );
}
