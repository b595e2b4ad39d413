/** A file that the origin of the bench has. */
export interface Size {
  label: string;
  fileName: string;
  bytes: number;
  /** Requests under way at once: fewer for large files, whose bodies fill the sockets. */
  concurrency: number;
}

export const SIZES: readonly Size[] = [
  { label: "0", fileName: "0.jpg", bytes: 0, concurrency: 8 },
  { label: "4k", fileName: "4k.jpg", bytes: 4 * 1024, concurrency: 8 },
  { label: "100k", fileName: "100k.jpg", bytes: 100 * 1024, concurrency: 8 },
  { label: "5m", fileName: "5m.jpg", bytes: 5 * 1024 * 1024, concurrency: 4 },
];

/** The one large file, for the memory that a stream takes. */
export const LARGE: Size = { label: "1g", fileName: "1g.bin", bytes: 1024 ** 3, concurrency: 1 };
