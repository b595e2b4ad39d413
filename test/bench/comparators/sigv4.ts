/**
 * Signs each request for the S3 form of the bucket, with the work that the vendor's published Worker does: a client made
 * for the request, and the request's fields signed and sent on, but for those that Cloudflare changes on the way.
 */
import { AwsClient } from "aws4fetch";

const BUCKET = "http://127.0.0.1/bench-bucket";
const CHANGED_ON_THE_WAY = ["x-forwarded-proto", "x-real-ip", "accept-encoding", "if-match", "if-none-match"];

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const client = new AwsClient({
      accessKeyId: "0014c2b957661da0000000001",
      secretAccessKey: "K001benchbenchbenchbenchbenchbe",
      service: "s3",
      region: "us-west-001",
    });
    const signed = await client.sign(BUCKET + pathname, { method: "GET", headers: signableFields(request) });
    return fetch(signed);
  },
};

function signableFields(request: Request): Headers {
  const fields = [...request.headers].filter(
    ([name]) => !CHANGED_ON_THE_WAY.includes(name) && !name.startsWith("cf-") && name !== "host",
  );
  return new Headers(fields);
}
