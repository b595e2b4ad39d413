import * as clack from "@clack/prompts";
import { Cancelled, UsageError } from "../command.ts";

export interface TextQuestion {
  /** The command-line option that answers the question. It is named in the error when nobody can be asked. */
  flag: string;
  message: string;
  initial?: string;
  /** Why an answer is not accepted; undefined when it is. */
  faultOf?: (text: string) => string | undefined;
}

/** Asks the person at the terminal. Every method throws `Cancelled` after Ctrl-C. */
export interface Questions {
  /** True when there is nobody to ask. */
  asksNobody: boolean;
  text(question: TextQuestion): Promise<string>;
  /** Asks for text that is not shown while it is typed. */
  secret(question: TextQuestion): Promise<string>;
  choose(question: { flag: string; message: string; options: { value: string; label: string }[] }): Promise<string>;
  /** Asks for yes or no; yes is the default. */
  confirm(message: string): Promise<boolean>;
  /** Shows a line while `work` runs. `work` gets a function that changes the line. */
  during<T>(message: string, work: (show: (words: string) => void) => Promise<T>): Promise<T>;
}

export function askAtTerminal(): Questions {
  return {
    asksNobody: false,
    text: async ({ message, initial, faultOf }) =>
      answered(
        await clack.text({
          message,
          ...(initial !== undefined && { initialValue: initial }),
          validate: (text) => faultOf?.(text ?? ""),
        }),
      ),
    secret: async ({ message, faultOf }) =>
      answered(await clack.password({ message, validate: (text) => faultOf?.(text ?? "") })),
    choose: async ({ message, options }) => answered(await clack.select({ message, options })),
    confirm: async (message) => answered(await clack.confirm({ message })),
    async during(message, work) {
      const spinner = clack.spinner();
      spinner.start(message);
      try {
        return await work((words) => spinner.message(words));
      } finally {
        spinner.clear();
      }
    },
  };
}

/** Makes `Questions` that ask nobody: a question is an error that names its option, and every confirmation is a yes. */
export function askNobody(): Questions {
  const missing = async ({ flag, message }: { flag: string; message: string }): Promise<never> => {
    throw new UsageError(`${flag} is missing (${message.replace(/\?$/, "")}), and nobody can be asked here.`);
  };
  return {
    asksNobody: true,
    text: async (question) => question.initial ?? (await missing(question)),
    secret: missing,
    choose: missing,
    confirm: async () => true,
    async during(message, work) {
      console.log(message);
      return await work(() => undefined);
    },
  };
}

function answered<T>(answer: T | typeof clack.CANCEL_SYMBOL): T {
  if (clack.isCancel(answer)) throw new Cancelled("Stopped.");
  return answer;
}
