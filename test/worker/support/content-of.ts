/** The content as text. `Response.text` of an image would do, but workerd warns of each. */
export async function contentOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}

/** The SHA-256 of the content: large contents are compared by it. */
export async function hashOf(response: Response): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return new Uint8Array(hash).join();
}
