import { formatShortTime, formatSpan } from "../pages/format.ts";
import { Icon } from "../pages/icons.tsx";
import type { KeyReport, StatusReport } from "./status-report.ts";

/** The facts about the bucket, and about the application key by B2's answer. */
export function BucketFacts({ report: { bucket, key } }: { report: StatusReport }) {
  return (
    <dl class="facts">
      <dt>Bucket</dt>
      <dd>{bucket.name ?? "not known yet"}</dd>
      <dt>Served from it</dt>
      <dd>{bucket.fileNamePrefix === "" ? "every file" : <code>{`${bucket.fileNamePrefix}…`}</code>}</dd>
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
      <dt>It expires</dt>
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

/** Every setting with its value. Those that are not set are grey. */
export function SettingTable({ settings, unknownVariables }: Pick<StatusReport, "settings" | "unknownVariables">) {
  return (
    <>
      <Warnings
        texts={unknownVariables.map(({ name, nearest }) => `${name} is not a setting. Did you mean ${nearest}?`)}
      />
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
      <p class="quiet small">In grey: settings that are not set.</p>
    </>
  );
}
