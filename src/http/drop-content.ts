/** Leaves the content of a response unread. That its connection breaks just then changes nothing. */
export async function dropContent(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
