/** Signs each request for the S3 form of the bucket, as the vendor's Worker does; its client is kept, which is kinder. */
import { AwsClient } from "aws4fetch";

const BUCKET = "http://127.0.0.1/bench-bucket";

const client = new AwsClient({
  accessKeyId: "0014c2b957661da0000000001",
  secretAccessKey: "K001benchbenchbenchbenchbenchbe",
  service: "s3",
  region: "us-west-001",
});

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const signed = await client.sign(BUCKET + pathname, { method: request.method });
    return fetch(signed);
  },
};
