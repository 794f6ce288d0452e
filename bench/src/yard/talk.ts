/** What a case asks of the yard, which runs in a process of its own; the answers, by the kind of question. */
export interface YardQuestions {
  /** Empties both systems and fills them again. */
  readonly seed: { readonly records: number; readonly isPaired: boolean };
  /** Empties the ERP. */
  readonly emptyErp: object;
  /** A person edits the first `count` records of the CRM. `mark` tells this edit from others. */
  readonly edit: { readonly count: number; readonly mark: string };
  readonly counts: object;
  /** Edits one record after the other, tells each by webhook, and waits until the ERP shows it. */
  readonly changes: {
    readonly count: number;
    readonly mark: string;
    readonly hook: string;
    readonly pauseMs: number;
  };
  readonly stop: object;
}

/** Answers of the yard. */
export interface YardAnswers {
  readonly seed: null;
  readonly emptyErp: null;
  readonly edit: null;
  readonly counts: YardCounts;
  /** Time from each edit until the ERP had it, ms. */
  readonly changes: readonly number[];
  readonly stop: null;
}

/** How both systems stand. */
export interface YardCounts {
  readonly crm: number;
  readonly erp: number;
  /** References that more than one record of the ERP carries. */
  readonly doubled: number;
  /** Records of the ERP that differ from their counterpart in the CRM. */
  readonly different: number;
  readonly requests: number;
}

/** First message of the yard: where its systems listen. */
export interface YardPlace {
  readonly crm: string;
  readonly erp: string;
}

/** Secret of the webhooks, which prove nothing here. */
export const hookToken = "yard-hook-token";
