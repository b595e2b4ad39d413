/** The content as text. `Response.text` of an image would do, but workerd warns of each. */
export async function contentOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}
