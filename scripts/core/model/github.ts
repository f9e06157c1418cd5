export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly byBot: boolean;
  readonly body: string;
}

/** The comments of one pull request. */
export interface CommentPort {
  /** All of them, every page. */
  list(): Promise<readonly Comment[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}
