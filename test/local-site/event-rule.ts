import type { LocalB2 } from "../local-b2/app.ts";

export interface EventRule {
  /** Where the Worker is reached, without a slash at the end. */
  workerUrl: string;
  /** What `B2_EVENT_SIGNING_SECRET` holds. */
  secret: string;
}

/** Lets the local B2 tell the Worker of every file that changes, as a rule of the real B2 does. */
export function addEventRule(b2: LocalB2, { workerUrl, secret }: EventRule): void {
  for (const name of b2.bucketNames) {
    b2.bucket(name).notificationRules = [
      {
        name: "image-worker",
        eventTypes: ["b2:ObjectCreated:*", "b2:ObjectDeleted:*", "b2:HideMarkerCreated:*"],
        isEnabled: true,
        isSuspended: false,
        suspensionReason: "",
        maxEventsPerBatch: 50,
        objectNamePrefix: "",
        targetConfiguration: {
          targetType: "webhook",
          url: `${workerUrl}/-/events`,
          customHeaders: null,
          hmacSha256SigningSecret: secret,
        },
      },
    ];
  }
}
