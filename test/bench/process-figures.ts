import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** CPU time that a process has used so far, in µs: the kernel's own sum over its threads. Linux only. */
export function cpuMicroseconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [onCpu = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    nanoseconds += Number(onCpu);
  }
  return nanoseconds / 1000;
}

/** The most memory that a process has held since it started or since `resetPeakMemory`, in bytes. Linux only. */
export function peakMemoryBytes(pid: number): number {
  return statusBytes(pid, "VmHWM");
}

/** The memory that a process holds now, in bytes. Linux only. */
export function memoryBytes(pid: number): number {
  return statusBytes(pid, "VmRSS");
}

/** Begins a new peak (proc(5), clear_refs: 5 resets it to what is held now). */
export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function statusBytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** CPU time of all tasks of the machine so far, in µs, without what the kernel does for devices (proc(5), stat). Linux only. */
export function machineCpuMicroseconds(): number {
  const [user = 0, nice = 0, system = 0] = (/^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "")
    .split(" ")
    .map(Number);
  // In hundredths of a second, on every Linux of today (USER_HZ).
  return (user + nice + system) * 10_000;
}
