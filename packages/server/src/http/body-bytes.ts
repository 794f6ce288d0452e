/** The bytes of a body, or null when there are more. What is too long by its own word is not read at all. */
export async function bytesOf(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  const told = request.headers.get("content-length");
  if (told !== null && Number(told) > bytesMax) return null;
  if (told !== null && /^\d+$/.test(told)) {
    const whole = new Uint8Array(await request.arrayBuffer());
    return whole.length > bytesMax ? null : whole;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream: AsyncIterable<Uint8Array> | null = request.body;
  for await (const part of stream ?? []) {
    length += part.length;
    if (length > bytesMax) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
