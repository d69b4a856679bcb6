/** A mail as the service takes it. */
export interface Mail {
  readonly to: string;
  readonly template: string;
  /** What the template puts in; null for nothing. */
  readonly token: string | null;
}

const sent = new Map<string, Mail>();

/**
 * Stands for the service that sends the app's mail. It does what good ones do: the same key twice is one mail, and the second
 * answer is the first one's.
 */
export const mailService = {
  async send(key: string, mail: Mail): Promise<{ receipt: string }> {
    sent.set(key, sent.get(key) ?? mail);
    return { receipt: `receipt-${[...sent.keys()].indexOf(key) + 1}` };
  },
  /** Everything that was ever sent, oldest first. */
  sent: (): Mail[] => [...sent.values()],
};
