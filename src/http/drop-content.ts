/** Cancels the content of a response that is not read. Never throws, even if the connection breaks at that moment. */
export async function dropContent(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
