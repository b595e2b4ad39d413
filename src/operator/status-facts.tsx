import { formatShortTime, formatSpan } from "../pages/format.ts";
import { Icon } from "../pages/icons.tsx";
import type { KeyReport, StatusReport } from "./status-report.ts";

/** The bucket, and the application key as B2 tells of it. */
export function BucketFacts({ report: { bucket, key } }: { report: StatusReport }) {
  return (
    <dl class="facts">
      <dt>Bucket</dt>
      <dd>{bucket.name ?? "not known yet"}</dd>
      <dt>Served are</dt>
      <dd>{bucket.fileNamePrefix === "" ? "all of its files" : <code>{`${bucket.fileNamePrefix}…`}</code>}</dd>
      <KeyFacts report={key} />
    </dl>
  );
}

function KeyFacts({ report: key }: { report: KeyReport }) {
  if (key.kind === "unknown") {
    return (
      <>
        <dt>Application key</dt>
        <dd>
          <Warnings texts={[key.reason]} />
        </dd>
      </>
    );
  }
  return (
    <>
      <dt>Application key</dt>
      <dd>
        <code>{key.id}</code>
      </dd>
      <dt>It reaches</dt>
      <dd>{key.reach}</dd>
      <dt>It may</dt>
      <dd>
        <code>{key.capabilities.join(", ")}</code>
        <Warnings texts={key.warnings} />
      </dd>
      <dt>It ends</dt>
      <dd>{key.expiresAt === undefined ? "never" : formatShortTime(key.expiresAt)}</dd>
    </>
  );
}

function Warnings({ texts }: { texts: string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul class="warnings">
      {texts.map((text) => (
        <li>
          <Icon name="degraded" />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

/** Every setting with its value; those that nobody set in grey. */
export function SettingTable({ settings, unknownVariables }: Pick<StatusReport, "settings" | "unknownVariables">) {
  return (
    <>
      <Warnings texts={unknownVariables.map(({ name, nearest }) => `${name} is no setting. Is ${nearest} meant?`)} />
      <table class="settings">
        <thead>
          <tr>
            <th scope="col">Variable</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {settings.map(({ name, value, isDefault }) => (
            <tr class={isDefault ? "default" : undefined}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                {value === "" ? "not set" : <code>{value}</code>}
                {name.endsWith("_SECONDS") && <span class="quiet small"> ({formatSpan(Number(value) * 1000)})</span>}
                {isDefault && <span class="sr"> (default)</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet small">In grey: what nobody has set.</p>
    </>
  );
}
