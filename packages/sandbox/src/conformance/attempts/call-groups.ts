/** System calls that no coding agent needs, by what they lead to. A test holds this against the filter's list. */
export const CALL_GROUPS: Readonly<Record<string, { readonly title: string; readonly calls: readonly string[] }>> = {
  "use-io-uring": {
    title: "ask the kernel past every filter, over io_uring",
    calls: ["io_uring_setup", "io_uring_enter", "io_uring_register"],
  },
  "use-keyrings": {
    title: "read the kernel's keyrings, which cross namespaces",
    calls: ["add_key", "request_key", "keyctl"],
  },
  "load-kernel-code": {
    title: "put code into the kernel, or another kernel in its place",
    calls: ["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf"],
  },
  "watch-kernel": {
    title: "watch the whole machine's processor, and hold the kernel at a page fault",
    calls: ["perf_event_open", "userfaultfd"],
  },
  "open-by-number": {
    title: "open a file by its number, whatever is mounted",
    calls: ["name_to_handle_at", "open_by_handle_at"],
  },
  "change-mounts": {
    title: "take away or move what its wall is made of",
    calls: [
      "mount",
      "umount2",
      "pivot_root",
      "open_tree",
      "move_mount",
      "fsopen",
      "fsconfig",
      "fsmount",
      "fspick",
      "mount_setattr",
    ],
  },
  "join-namespace": { title: "go into a namespace of another process", calls: ["setns"] },
  "run-machine": {
    title: "restart the machine, or change its swap, its accounting and its quotas",
    calls: ["reboot", "swapon", "acct", "quotactl"],
  },
};
